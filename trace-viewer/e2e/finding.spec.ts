import { expect, type Page } from "@playwright/test";
import { command } from "../src/commands/registry";
import { functionsOf } from "../src/logic/search/functions";
import { examplesOf } from "../src/logic/search/examples";
import {
  currentLine,
  expectAccessible,
  expectLine,
  expectNoSidewaysScroll,
  open,
  realLecture,
  realTour,
  test,
  TOUR,
  TRACE,
} from "./lecture";

const lecture = realLecture();
const { positions, headings } = lecture;
const tour = realTour();

const field = (page: Page) => page.getByRole("combobox");
const options = (page: Page) => page.getByRole("option");
const marked = (page: Page) => page.locator("[role=option][aria-selected=true]");
const status = (page: Page) => page.locator("dialog [role=status]");

/** Open the search, look for something, and wait until all was looked through. */
async function search(page: Page, typed: string): Promise<void> {
  await page.keyboard.press("/");
  await field(page).fill(typed);
  await expect(page.locator(".search[data-done]")).toHaveAttribute("data-for", typed);
}

/** The position that the page says it is at, counted from 0. */
async function positionOn(page: Page): Promise<number> {
  const words = await page.getByRole("slider", { name: "Position in the lecture" }).inputValue();
  return Number(words);
}

test("what is typed at once is not lost, and leads to where it is said", async ({ page }) => {
  const heading = headings.at(-1)!;
  await open(page);
  await page.keyboard.press("/");
  await page.keyboard.type(`words: ${heading.text}`, { delay: 2 });
  await expect(field(page)).toHaveValue(`words: ${heading.text}`);
  await expect(marked(page).locator("mark")).toHaveText(heading.text);
  await expect(status(page)).toContainText("in ");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expectLine(page, lecture.placeOf(heading.step).line);
  await page.keyboard.press("b");
  await expectLine(page, lecture.placeOf(positions.step[0]).line);
});

test("the keys move the mark, look without closing, and give the focus back", async ({ page }) => {
  await open(page);
  const button = page.locator(".top [data-command=search]");
  await button.focus();
  await page.keyboard.press("Enter");
  await field(page).fill("token");
  await expect(page.locator(".search[data-done]")).toHaveAttribute("data-for", "token");
  const first = await marked(page).textContent();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await marked(page).textContent()).not.toBe(first);
  await expect(field(page)).toHaveAttribute("aria-activedescendant", (await marked(page).getAttribute("id"))!);
  await expect(marked(page)).toHaveAttribute("aria-posinset", "3");
  await page.keyboard.press("Shift+Enter");
  const looked = await positionOn(page);
  expect(looked).toBeGreaterThan(0);
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(button).toBeFocused();
  expect(await positionOn(page)).toBe(looked);
});

test("it is there again as it was left, and the next result is a key away", async ({ page }) => {
  await open(page);
  await search(page, "names: tokenizer");
  const texts = await options(page).allTextContents();
  expect(texts.length).toBeGreaterThan(2);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const before = await positionOn(page);
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.locator(".passing-message")).toContainText(`3 of ${texts.length}`);
  await page.keyboard.press("Alt+ArrowUp");
  await expect(page.locator(".passing-message")).toContainText(`2 of ${texts.length}`);
  expect(await positionOn(page)).toBe(before);
  await page.keyboard.press("/");
  await expect(field(page)).toHaveValue("names: tokenizer");
  await expect(marked(page)).toHaveText(texts[1]);
  await page.keyboard.type("characters"); // over what was there
  await expect(field(page)).toHaveValue("characters");
});

test("kinds are switched on alone", async ({ page }) => {
  await open(page);
  await search(page, "tokenizer");
  const all = await options(page).count();
  await page.getByRole("button", { name: /^names/ }).click();
  await expect(page.locator(".search-label:not([data-kind=names])")).toHaveCount(0);
  expect(await options(page).count()).toBeLessThan(all);
  await page.getByRole("button", { name: /^names/ }).click();
  await expect(options(page)).toHaveCount(all);
});

test("questions about values are answered by the moments at which they became true", async ({ page }) => {
  await open(page, `?trace=${TOUR}`);
  await search(page, "where was a tensor of shape 16×2 made?");
  await expect(page.locator(".pick-head").first()).toContainText("Where an array of shape 16 × 2 was made");
  await field(page).fill("loss < 0.01");
  await expect(page.locator(".pick-head").first()).toHaveText("Where loss fell below 0.01");
  await page.keyboard.press("Enter");
  const { bindings, strings, values } = tour.trace;
  const row = Array.from(bindings.step).findIndex((_, at) => {
    const value = values[bindings.value[at]];
    return (
      strings[bindings.name[at]] === "loss" &&
      typeof value === "object" &&
      value?.kind === "tensor" &&
      Number(value.elements?.[0]) < 0.01
    );
  });
  expect(row).toBeGreaterThan(0);
  await expect.poll(() => positionOn(page)).toBe(tour.bindings.known[row]);
});

test("the examples are of this lecture, and a click on one finds something", async ({ page }) => {
  for (const [query, examples] of [
    [`?trace=${TRACE}`, examplesOf(lecture)],
    [`?trace=${TOUR}`, examplesOf(tour)],
  ] as const) {
    await open(page, query);
    expect(examples.length).toBeGreaterThan(2);
    for (const example of examples) {
      await page.keyboard.press("/");
      await field(page).fill("");
      await options(page).filter({ hasText: example.words }).first().click();
      await expect(field(page)).toHaveValue(example.query);
      await expect(marked(page).locator(".search-hit")).toBeVisible();
      await page.keyboard.press("Escape");
    }
  }
});

test("a key pressed as soon as the search is closed reaches the page", async ({ page }) => {
  await open(page);
  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  await page.evaluate(async () => {
    const press = (key: string) =>
      document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    press("Escape");
    for (let turn = 0; turn < 10; turn++) await Promise.resolve(); // no task of the browser comes between
    press("/");
  });
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("tokenizer");
  await expect(field(page)).toHaveValue("tokenizer");
});

test("a pattern that is none, and a name that is none, are told in a sentence", async ({ page }) => {
  await open(page);
  await page.keyboard.press("/");
  await field(page).fill("/(a/");
  await expect(page.locator(".pick-empty")).toHaveText("The pattern has a ( that is not closed.");
  await field(page).fill("tokenizr == 3");
  await expect(page.locator(".pick-empty")).toHaveText(
    "tokenizr is no name recorded in this lecture; did you mean tokenizer?",
  );
  await field(page).fill("/(a+)+(a+)+(a+)+\\d$/");
  await expect(page.locator(".search[data-done]")).toHaveAttribute("data-for", "/(a+)+(a+)+(a+)+\\d$/");
});

test("the palette does what is chosen, and remembers it", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Control+k");
  await field(page).fill("raw");
  await expect(marked(page)).toContainText(command("raw").label);
  await page.keyboard.press("Enter");
  await expect(page.locator(".page[data-raw]").first()).toBeAttached();
  await page.keyboard.press("Shift+P");
  await expect(page.locator(".pick-head").first()).toHaveText("Last chosen");
  await expect(marked(page)).toContainText(command("raw").label);
  await field(page).fill("keys and");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: command("help").label })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("the palette goes to functions, headings, steps and lines", async ({ page }) => {
  const last = functionsOf(lecture).at(-1)!;
  await open(page);
  await page.keyboard.press("Control+k");
  await field(page).fill(`@${last.name}`);
  await page.keyboard.press("Enter");
  await expect.poll(() => positionOn(page)).toBe(last.position);
  await page.keyboard.press("Control+k");
  await field(page).fill(`#${headings[2].text}`);
  await page.keyboard.press("Enter");
  await expectLine(page, lecture.placeOf(headings[2].step).line);
  await page.keyboard.press(":");
  await expect(field(page)).toHaveValue(":");
  await page.keyboard.type("120");
  await page.keyboard.press("Enter");
  await expect.poll(() => positionOn(page)).toBe(119);
  const { line } = lecture.placeOf(0);
  await page.keyboard.press("Home");
  await page.keyboard.press(":");
  await page.keyboard.type(`l ${line}`);
  await page.keyboard.press("Enter");
  await expectLine(page, line);
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a command that needs a number asks for it", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Control+k");
  await field(page).fill("go to a step");
  await page.keyboard.press("Enter");
  await expect(field(page)).toHaveValue(":");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(field(page)).toHaveValue(":l ");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("contents follow the place, and lead to functions and other lectures", async ({ page }) => {
  const heading = headings[5];
  await open(page, `?trace=${TRACE}&step=${heading.step}`);
  await page.keyboard.press("g");
  await expect(marked(page)).toContainText(heading.text);
  await expect(marked(page)).toContainText("here");
  await expect(marked(page)).toBeInViewport();
  const most = functionsOf(lecture).toSorted((a, b) => b.calls - a.calls)[0];
  await field(page).fill(most.name);
  const option = options(page)
    .filter({ hasText: `called ${most.calls} times` })
    .first();
  await expect(option).toContainText(most.name);
  await option.click();
  await expect.poll(() => positionOn(page)).toBe(most.position);
  await page.keyboard.press("g");
  await page.getByRole("button", { name: /^Other lectures/ }).click();
  await options(page).filter({ hasText: "tour" }).first().click();
  await expect(page).toHaveURL(/tour\.json/);
});

test("help can be searched, and tells of the keys of the search", async ({ page }) => {
  await open(page);
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Look at it, and keep searching");
  await dialog.getByRole("searchbox").fill("heading");
  await expect(dialog.locator(".help-line", { hasText: "Next heading" })).toBeVisible();
  await expect(dialog.locator(".help-line", { hasText: "Step forward" })).toHaveCount(0);
  await dialog.getByRole("searchbox").fill("nothing like it");
  await expect(dialog).toContainText("No command is called that.");
});

test("the page behind a dialog stays where it is, and no key typed into it steps", async ({ page }) => {
  await open(page);
  const scrolled = () => page.evaluate(() => window.scrollY);
  const before = await scrolled();
  for (const key of ["/", "Control+k", "g", "?"]) {
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.mouse.move(20, 450);
    await page.mouse.wheel(0, 600);
    await page.mouse.move(1000, 400);
    await page.mouse.wheel(0, 100);
    if (key !== "?") await page.keyboard.type("jjl uk");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    expect([key, await scrolled(), await positionOn(page)]).toEqual([key, before, 0]);
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  }
  await expect(currentLine(page)).toBeInViewport();
});

for (const [name, key, typed] of [
  ["search", "/", "token"],
  ["palette", "Control+k", "step"],
  ["contents", "g", ""],
  ["help", "?", ""],
] as const) {
  test(`axe finds nothing wrong with the ${name}`, async ({ page }) => {
    await open(page);
    await page.keyboard.press(key);
    if (typed) await field(page).fill(typed);
    await expect(page.locator("dialog .pick-item, dialog .help-line").first()).toBeVisible();
    await expectAccessible(page, "dialog");
  });

  test(`on a telephone the ${name} fills the window, with rows for fingers`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(page);
    await page.keyboard.press(key);
    if (typed) await field(page).fill(typed);
    const row = page.locator("dialog .pick-item, dialog button.help-line").first();
    await expect(row).toBeVisible();
    const { height, width, x } = (await row.boundingBox())!;
    expect(height).toBeGreaterThanOrEqual(44);
    expect(x + width).toBeLessThanOrEqual(390);
    await expectNoSidewaysScroll(page);
    await page.getByRole("button", { name: "Close" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
}
