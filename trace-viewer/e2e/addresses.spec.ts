import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import { readPlace } from "../src/logic/place";
import type { Trace } from "../src/format/generated";
import { currentLine, expectLine, open, openTrace, realLecture, test, TRACE } from "./lecture";

const lecture = realLecture();
const { positions, trace } = lecture;
const lines = trace.files[trace.entry].text.split("\n");

/** A step of a loop of the lecture itself: not the first turn, and not on a line that others begin like. */
const step = (() => {
  const found = trace.steps.statement.findIndex((_, at) => {
    const { file, line } = lecture.placeOf(at);
    return file === trace.entry && lecture.executions.turnOf(at).turn > 1 && lines[line - 1].trim().length > 12;
  });
  if (found < 0) throw new Error("No line of the lecture ran twice.");
  return found;
})();
const { line } = lecture.placeOf(step);

/** The trace as it would be, had the lecture some lines more at its top. */
function edited(added: number): string {
  const changed = JSON.parse(readFileSync(path.resolve(import.meta.dirname, "../..", TRACE), "utf8")) as Trace;
  const file = changed.entry;
  changed.files[file].text = "# a line more\n".repeat(added) + changed.files[file].text;
  for (const directive of changed.files[file].directives) directive.line += added;
  changed.files[file].hidden = changed.files[file].hidden.map((at) => at + added);
  for (const table of [changed.statements, changed.functions]) {
    for (let row = 0; row < table.file.length; row++) {
      if (table.file[row] !== file) continue;
      table.line[row] += added;
      table.end_line[row] += added;
    }
  }
  for (let row = 0; row < changed.statements.file.length; row++) {
    if (changed.statements.file[row] === file && changed.statements.loop_end?.[row] > 0)
      changed.statements.loop_end[row] += added;
  }
  return JSON.stringify(changed);
}

/** What is told about the address, when it is told. */
const said = (page: Page) => page.locator(".passing-message");

/** The address of the step, as the page writes it. */
async function addressOf(page: Page): Promise<string> {
  await open(page, `?trace=${TRACE}&step=${step - 1}`);
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/[?&]at=/);
  return new URL(page.url()).search;
}

test("an address tells the step by its source, and stays short", async ({ page }) => {
  const search = await addressOf(page);
  expect(search.length).toBeLessThan(200);
  const { anchor } = readPlace(search);
  expect(anchor).toMatchObject({ file: "", line: lecture.placeOf(readPlace(search).step).line });
});

test("an address holds when the lecture was edited above the line", async ({ page }) => {
  await open(page, `?trace=${TRACE}&step=${step}`);
  await expectLine(page, line);
  await page.keyboard.press("]"); // a place of its own
  await page.keyboard.press("[");
  await expect(page).toHaveURL(/[?&]at=/);
  const place = new URL(page.url()).search.replace(/^\?trace=[^&]*/, "");
  await openTrace(page, edited(7), place);
  await expectLine(page, line + 7);
  await expect(said(page)).toHaveText("");
});

test("an address whose steps are others now leads to its line and turn, and says so", async ({ page }) => {
  await open(page, `?trace=${TRACE}&step=${step}`);
  await page.keyboard.press("]");
  await page.keyboard.press("[");
  await expect(page).toHaveURL(/[?&]at=/);
  const place = new URL(page.url()).search.replace(/^\?trace=[^&]*/, "").replace(/step=\d+/, `step=${step + 40}`);
  await openTrace(page, edited(3), place);
  await expectLine(page, line + 3);
  await expect(said(page)).toContainText("The lecture has changed since this link was made: its line is line");
});

test("an address from before still opens its step", async ({ page }) => {
  const out = trace.steps.statement.findIndex((_, at) => positions.entry[at] !== positions.exit[at]);
  await open(page, `?trace=${TRACE}&step=${out}&phase=out`);
  await expectLine(page, lecture.placeOf(out).line);
  await expect(currentLine(page)).toHaveAttribute("data-mark", /.*/);
});

test("back and forward walk the places that were jumped to and looked at", async ({ page }) => {
  await open(page, `?trace=${TRACE}`);
  await page.keyboard.press("End");
  const end = lecture.placeOf(positions.step[positions.count - 1]).line;
  await expectLine(page, end);
  await expect(page).toHaveURL(new RegExp(`step=${positions.step[positions.count - 1]}&`));
  await page.keyboard.press("Home");
  const start = lecture.placeOf(0).line;
  await expectLine(page, start);
  await expect(page).toHaveURL(/lecture_01\.json$/); // a jump is in the history once it is painted
  await page.goBack();
  await expectLine(page, end);
  await page.goBack();
  await expectLine(page, start);
  await page.goForward();
  await expectLine(page, end);
});

test("y copies a link to the place", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, `?trace=${TRACE}&step=${step}`);
  await page.keyboard.press("y");
  await expect(said(page)).toHaveText("Link copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(readPlace(new URL(link).search)).toMatchObject({ trace: TRACE, step, anchor: { line } });
  await page.goto(link);
  await expectLine(page, line);
});

test("where there is no clipboard, y copies from the page, or puts the link into the address", async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await open(page, `?trace=${TRACE}&step=${step}`);
  await page.keyboard.press("y");
  await expect(said(page)).toHaveText("Link copied");
  await page.evaluate(() => (document.execCommand = () => false));
  await page.keyboard.press("y");
  await expect(said(page)).toContainText("the link is in the address bar");
  await expect(page).toHaveURL(/[?&]at=/);
});
