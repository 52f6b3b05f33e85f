import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import type { Trace } from "../src/format/generated";
import { runsOfLine } from "../src/logic/line-runs";
import {
  currentLine,
  expectAccessible,
  expectLine,
  expectNoSidewaysScroll,
  open,
  openTour,
  openTrace,
  realLecture,
  realTour,
  stepsOf,
  tensorAt,
  test,
  themes,
  TOUR,
  TRACE,
} from "./lecture";

const lecture = realLecture();
const tour = realTour();

const turns = stepsOf(tour, "loss = nn.functional.mse_loss");
const { line: lossLine, file } = tour.placeOf(turns[0]);
const losses = turns.map((step) => Number(tensorAt(tour, step, "loss").elements![0]));

const row = (page: Page, line: number) => page.locator(`.page:not([hidden]) .row[data-line="${line}"]`);
const message = (page: Page) => page.locator(".passing-message");
const turn = (page: Page, n: number) =>
  expect(page.getByRole("toolbar", { name: "Loop" })).toContainText(`${n} / ${turns.length}`);
const list = (page: Page) => page.getByRole("dialog", { name: "Breakpoints" });

/** What opens the menu is loaded behind the lecture: a click that comes before it is the browser's. */
async function askForMenu(page: Page, number: Locator): Promise<void> {
  await expect(async () => {
    await number.click({ button: "right" });
    await expect(page.locator(".line-menu")).toBeVisible({ timeout: 1000 });
  }).toPass();
}

test("a breakpoint by key: continue to it and back, find it again later, take it away", async ({ page }) => {
  await openTour(page, turns[4]);
  await page.keyboard.press("x");
  await expect(message(page)).toHaveText(`Breakpoint on line ${lossLine}.`);
  await expect(row(page, lossLine)).toHaveAttribute("data-breakpoint", "always");
  await page.keyboard.press("f");
  await turn(page, 6);
  await expect(message(page)).toHaveText(`Stopped at line ${lossLine}, turn 6 of 40.`);
  await page.keyboard.press("Shift+F");
  await turn(page, 5);
  await page.keyboard.press("End");
  await page.keyboard.press("f");
  await expect(message(page)).toHaveText("No stop follows.");
  await page.keyboard.press("Shift+F");
  await turn(page, 40);
  await page.reload();
  await expect(row(page, lossLine)).toHaveAttribute("data-breakpoint", "always");
  await page.keyboard.press("Shift+X");
  await expect(list(page)).toContainText(`line ${lossLine} of tour.py · 40 stops`);
  await list(page)
    .getByRole("button", { name: /^Remove/ })
    .press("Enter");
  await expect(list(page)).toContainText("No breakpoint yet.");
  await page.keyboard.press("Escape");
  await expect(row(page, lossLine)).not.toHaveAttribute("data-breakpoint");
});

test("a condition alone stops where it becomes true, among the recorded values", async ({ page }) => {
  const bound = 0.05;
  const becomes = losses.flatMap((loss, i) => (loss < bound && !(losses[i - 1] < bound) ? [i + 1] : []));
  await open(page, `?trace=${TOUR}`);
  await page.keyboard.press("Shift+X");
  const field = list(page).getByRole("textbox", { name: "Stop where this becomes true" });
  await expect(field).toBeFocused();
  await field.pressSequentially(`lss < ${bound}`);
  await expect(list(page)).toContainText("lss is no name recorded in this lecture; did you mean loss?");
  await field.fill(`loss < ${bound}`);
  await expect(list(page)).toContainText(`${becomes.length} ${becomes.length === 1 ? "stop" : "stops"}`);
  await field.press("Enter");
  await list(page).getByRole("button", { name: "Continue to the next stop" }).click();
  await expect(list(page)).toHaveCount(0);
  for (const [i, n] of becomes.entries()) {
    if (i > 0) await page.keyboard.press("f");
    await expectLine(page, lossLine);
    await turn(page, n);
    await expect(message(page)).toContainText(`loss < ${bound} became true, turn ${n} of 40.`);
  }
  await page.keyboard.press("f");
  await expect(message(page)).toHaveText("No stop follows.");
  await page.keyboard.press("b");
  await expect(message(page)).toHaveText("");
});

test("a condition on a line, over shapes and other names, is set in the menu of the line", async ({ page }) => {
  await openTour(page, turns[0]);
  await page.keyboard.press(".");
  await page.getByRole("menuitem", { name: "Condition…" }).press("Enter");
  const field = page.getByRole("textbox", { name: "Stop here where" });
  await field.fill("weight.shape == (16, 2) and 0.001 < loss < 0.002");
  const within = losses.flatMap((loss, i) => (loss > 0.001 && loss < 0.002 && i > 0 ? [i + 1] : []));
  await expect(page.locator(".line-menu")).toContainText(`${within.length} stop`);
  await field.press("Enter");
  await expect(row(page, lossLine)).toHaveAttribute("data-breakpoint", "condition");
  for (const n of within) {
    await page.keyboard.press("f");
    await turn(page, n);
  }
  await page.keyboard.press("f");
  await expect(message(page)).toHaveText("No stop follows.");
});

test("the menu of a line goes to its times; a click on the number still goes to the next", async ({ page }) => {
  const runs = runsOfLine(tour, file, lossLine);
  await openTour(page, turns[9]);
  const number = row(page, lossLine).locator(".number");
  await askForMenu(page, number);
  const menu = page.getByRole("menu", { name: `Line ${lossLine}` });
  await expect(menu.getByRole("menuitem")).toHaveCount(6);
  await expect(menu.getByRole("menuitem", { name: "Run to this line" })).toBeFocused();
  await menu.getByRole("menuitem", { name: "Last time" }).click();
  await turn(page, 40);
  await askForMenu(page, number);
  await menu.getByRole("menuitem", { name: "Run to this line" }).press("Enter");
  await expect(message(page)).toHaveText(`Line ${lossLine} does not run again.`);
  await askForMenu(page, number);
  await menu.getByRole("menuitem", { name: "Back to this line" }).press("Enter");
  await turn(page, 39);
  await number.click();
  await turn(page, 40);
  await number.click();
  await turn(page, 1);
  expect(runs.count).toBe(40);
});

test("the link to a line leads to its next time", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, `?trace=${TOUR}`);
  await askForMenu(page, row(page, lossLine).locator(".number"));
  await page.getByRole("menuitem", { name: "Copy link" }).click();
  await expect(message(page)).toHaveText("Link copied");
  await page.goto(await page.evaluate(() => navigator.clipboard.readText()));
  await expectLine(page, lossLine);
  await turn(page, 1);
});

test("a breakpoint stays on its line when the lecture is edited above it", async ({ page }) => {
  const raw = readFileSync(path.resolve(import.meta.dirname, "../..", TOUR), "utf8");
  await openTrace(page, raw, `&step=${turns[3]}`);
  await page.keyboard.press("x");
  await expect(row(page, lossLine)).toHaveAttribute("data-breakpoint", "always");
  await page.unroute("**/var/traces/made-up.json");
  await openTrace(page, pushedDown(raw, file, 3), `&step=${turns[3]}`);
  await expect(row(page, lossLine + 3)).toHaveAttribute("data-breakpoint", "always");
  await page.keyboard.press("f");
  await turn(page, 5);
});

/** The same lecture with some lines more at its beginning. */
function pushedDown(raw: string, at: number, by: number): string {
  const trace = JSON.parse(raw) as Trace;
  const { statements, functions, files } = trace;
  for (const table of [statements, functions]) {
    const columns = table as unknown as Record<string, number[]>;
    columns.file.forEach((of, i) => {
      if (of !== at) return;
      for (const name of ["line", "end_line", "loop_end"]) if (columns[name]?.[i] > 0) columns[name][i] += by;
    });
  }
  const source = files[at];
  source.text = `${"# new\n".repeat(by)}${source.text}`;
  source.hidden = source.hidden.map((line) => line + by);
  for (const directive of source.directives) directive.line += by;
  return JSON.stringify(trace);
}

test("on lecture 1, a line inside of a function of another file", async ({ page }) => {
  const { positions } = lecture;
  const away = Array.from(positions.step).findIndex((step) => lecture.placeOf(step).file !== lecture.trace.entry);
  const place = lecture.placeOf(positions.step[away]);
  const runs = runsOfLine(lecture, place.file, place.line);
  await open(page, `?trace=${TRACE}&step=${positions.step[away]}`);
  await page.keyboard.press("x");
  await page.keyboard.press("Home");
  await page.keyboard.press("f");
  await expect(page.getByRole("slider", { name: "Position in the lecture" })).toHaveValue(String(runs.first));
  await expectLine(page, place.line);
  await expect(currentLine(page)).toHaveAttribute("data-breakpoint", "always");
  await expect(currentLine(page)).toBeInViewport();
});

test("the menu of a line, and the mark beside it, are accessible", async ({ page }) => {
  await openTour(page, turns[4]);
  await page.keyboard.press("x");
  await page.keyboard.press(".");
  await expect(page.locator(".line-menu")).toBeVisible();
  await expectAccessible(page, ".line-menu");
  await page.keyboard.press("Escape");
  await expectAccessible(page, "[data-breakpoint]");
  await expect(currentLine(page).locator(".number")).toHaveAccessibleDescription("Breakpoint");
});

test("the list of breakpoints, with something wrong in its field, is accessible", async ({ page }) => {
  await openTour(page, turns[4]);
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+X");
  await expect(list(page)).toContainText("40 stops");
  await list(page).getByRole("textbox").fill("loss <> 2");
  await expect(list(page)).toContainText("does not belong here");
  await expectAccessible(page, "dialog");
});

for (const colorScheme of themes)
  test(`on a telephone, in ${colorScheme} colours: the margin asks for the menu, which fits`, async ({ browser }) => {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      colorScheme,
    });
    const page = await context.newPage();
    await openTour(page, turns[4]);
    await page.waitForLoadState("networkidle"); // what listens to fingers on lines loads behind the lecture
    const box = await stillBox(row(page, lossLine));
    const session = await context.newCDPSession(page);
    const point = { x: box.x + 8, y: box.y + 8 };
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    const menu = page.locator(".line-menu");
    await expect(menu).toBeVisible();
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    const { x, y, width, height } = (await menu.boundingBox())!;
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(390);
    expect(y + height).toBeLessThanOrEqual(844);
    await page.getByRole("menuitemcheckbox", { name: "Breakpoint here" }).tap();
    await expect(row(page, lossLine)).toHaveAttribute("data-breakpoint", "always");
    await turn(page, 5); // the finger that asked for the menu went nowhere
    await page.getByRole("button", { name: "More" }).tap();
    await page.getByRole("dialog").getByRole("button", { name: "Continue to the next stop" }).tap();
    await turn(page, 6);
    await expectNoSidewaysScroll(page);
    await context.close();
  });

/** Where something stands once what is drawn around it has come to rest: a finger does not aim at what moves. */
async function stillBox(locator: Locator) {
  let box = await locator.boundingBox();
  await expect(async () => {
    const before = box;
    await locator.page().waitForTimeout(300);
    box = await locator.boundingBox();
    expect(box).toEqual(before);
  }).toPass();
  return box!;
}
