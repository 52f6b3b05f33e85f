import { expect, type Page } from "@playwright/test";
import { callFacts } from "../src/logic/call-facts";
import type { Lecture } from "../src/logic/lecture";
import {
  expectAccessible,
  expectLine,
  expectNoSidewaysScroll,
  open,
  openTrace,
  realLecture,
  test,
  TRACE,
} from "./lecture";
import { record } from "./recorded";

const real = realLecture();
const { text, lecture } = record("calls");

const tree = (page: Page) => page.getByRole("tree", { name: "Calls" });
const row = (page: Page, name: string | RegExp) => tree(page).getByRole("treeitem").filter({ hasText: name });
const here = (page: Page) => tree(page).locator("[aria-current=true]");
const called = (page: Page) => page.locator(".page:not([hidden]) .called");
const stack = (page: Page) => page.getByRole("navigation", { name: "Call stack" });

/** The calls of a function. */
function callsOf({ trace, functionName }: Lecture, name: string): number[] {
  return Array.from(trace.calls.function, (_, call) => call).filter((call) => functionName(call) === name);
}

const firstStep = (of: Lecture, call: number) => callFacts(of).first[call];

test.describe("the tree of calls", () => {
  test("follows the steps, and goes where a call began", async ({ page }) => {
    const [first, second] = callsOf(real, "best_pair");
    await open(page, `?trace=${TRACE}&step=${firstStep(real, first)}`);
    await page.keyboard.press("w");
    await expect(here(page)).toContainText("best_pair(");
    await expect(here(page)).toBeInViewport();
    await expect(row(page, "merges_by_hand")).toHaveAttribute("aria-expanded", "true");
    await page.keyboard.press("u");
    await expect(here(page)).toContainText("merges_by_hand");
    await row(page, "merges_by_hand").locator(".calls-open").click();
    await row(page, "best_pair(").nth(1).click();
    await expectLine(page, real.placeOf(firstStep(real, second)).line);
    await page.keyboard.press("ArrowRight"); // the keys are the page's, still
    await expectLine(page, real.placeOf(firstStep(real, second) + 1).line);
    await page.keyboard.press("w");
    await expect(tree(page)).toHaveCount(0);
  });

  test("is gone through by keyboard", async ({ page }) => {
    await open(page);
    await page.keyboard.press("w");
    await tree(page).focus();
    const active = () => tree(page).locator("[aria-selected=true]");
    await expect(active()).toContainText("main");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(active()).toContainText("why_from_scratch");
    await expect(active()).toHaveAttribute("aria-level", "2");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await expect(active()).toContainText("forward_flops");
    await expect(tree(page)).toHaveAttribute("aria-activedescendant", (await active().getAttribute("id"))!);
    await page.keyboard.press("ArrowLeft");
    await expect(active()).toContainText("why_from_scratch");
    await page.keyboard.press("ArrowLeft");
    await expect(active()).toHaveAttribute("aria-expanded", "false");
    await page.keyboard.press("End");
    await expect(active()).toContainText("whats_next");
    await page.keyboard.press("Enter");
    const [call] = callsOf(real, "whats_next");
    await expectLine(page, real.placeOf(firstStep(real, call)).line);
    await expect(tree(page)).toBeFocused();
  });

  test("folds calls that are alike, and tells how deep a recursion is", async ({ page }) => {
    const calls = callsOf(lecture, "depth_of");
    await openTrace(page, text, `&step=${firstStep(lecture, calls[500])}`);
    await page.keyboard.press("w");
    await expect(here(page)).toContainText("depth_of(n=500)");
    await expect(here(page)).toContainText("depth 502");
    await expect(here(page)).toHaveAttribute("aria-level", "502");
    expect(await tree(page).getByRole("treeitem").count()).toBeLessThan(60);
    await expectNoSidewaysScroll(page);
    const more = row(page, "× 398 more in turns like these");
    await more.scrollIntoViewIfNeeded();
    await more.click();
    await expect(row(page, /square\(x=1\)/)).toBeVisible();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await expect(here(page)).toContainText("depth_of(n=499)");
    await expect(here(page)).toBeInViewport();
  });

  test("is filtered by function and by argument, and marks exceptions", async ({ page }) => {
    await openTrace(page, text);
    await page.keyboard.press("w");
    const filter = page.getByRole("searchbox", { name: "Filter the calls" });
    await filter.fill("x=37");
    await expect(row(page, "square(x=37)")).toBeVisible();
    await expect(page.locator(".calls-count")).toHaveText("1 of 1,409");
    await expect(row(page, "main")).toHaveAttribute("data-faint");
    await filter.fill("broken");
    await expect(row(page, "broken")).toHaveCount(4);
    await expect(row(page, "raised")).toHaveCount(4);
    await filter.fill("nobody");
    await expect(page.getByText("No call is like that.")).toBeVisible();
    await filter.press("Escape");
    await expect(row(page, "main")).toBeVisible();
  });

  test("is accessible", async ({ page }) => {
    await openTrace(page, text, `&step=${firstStep(lecture, callsOf(lecture, "add")[3])}`);
    await page.keyboard.press("w");
    await expect(here(page)).toBeVisible();
    await expectAccessible(page, ".calls-pane");
  });
});

test.describe("the call stack", () => {
  test("of a deep recursion is a list behind a count", async ({ page }) => {
    const calls = callsOf(lecture, "depth_of");
    await openTrace(page, text, `&step=${firstStep(lecture, calls[500])}`);
    await expect(stack(page).getByRole("listitem")).toHaveCount(6);
    await stack(page)
      .getByRole("button", { name: /497 more calls/ })
      .click();
    const list = page.getByRole("group", { name: "The call stack, 502 deep" });
    const last = list.getByRole("button", { name: /depth_of\(n=500\)/ });
    await expect(last).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await expect(list.getByRole("button", { name: /depth_of\(n=501\)/ })).toBeFocused();
    await page.keyboard.press("Home");
    await expect(list.getByRole("button", { name: /main\(/ })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(list).toHaveCount(0);
    await expect(stack(page).getByRole("button", { name: /more calls/ })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(last).toBeFocused();
    await page.keyboard.press("Home");
    await expect(list.getByRole("button", { name: /main\(/ })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(stack(page)).not.toContainText("depth_of");
    await expect(page.locator(".row[aria-current=step]")).toContainText("depth_of(1000)");
  });

  test("is accessible", async ({ page }) => {
    const calls = callsOf(lecture, "depth_of");
    await openTrace(page, text, `&step=${firstStep(lecture, calls[12])}`);
    await stack(page)
      .getByRole("button", { name: /more calls/ })
      .click();
    await expect(page.getByRole("group", { name: /The call stack/ })).toBeVisible();
    await expectAccessible(page, ".callstack-place");
  });

  test("on a phone has the function and its caller", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    const calls = callsOf(lecture, "depth_of");
    await openTrace(page, text, `&step=${firstStep(lecture, calls[500])}`);
    await expect(stack(page).locator("[aria-current=location]")).toBeInViewport();
    await stack(page)
      .getByRole("button", { name: /more calls/ })
      .click();
    await expect(page.getByRole("group", { name: /The call stack/ })).toBeInViewport();
    await expectNoSidewaysScroll(page);
  });
});

test.describe("calls in place", () => {
  const merge = callsOf(real, "merge_pair")[0];
  const caller = real.trace.calls.parent[merge];

  test("show the body of a callee as that call ran it, and step into it", async ({ page }) => {
    await open(page, `?trace=${TRACE}&step=${caller}`);
    await page.keyboard.press("Enter");
    await expect(called(page)).toBeFocused();
    await expect(called(page)).toContainText("merge_pair(word=('l', 'o', 'w'");
    await expect(called(page).locator(".called-foot")).toContainText("returned ('Z', 'w'");
    await expect(called(page).locator(".called-line").filter({ hasText: "merged.append(new)" })).toContainText(
      "3×merged = ['Z'",
    );
    await expectLine(page, real.placeOf(caller).line);
    await page.keyboard.press("Escape");
    await expect(called(page)).toHaveCount(0);
    await page.keyboard.press("Enter");
    await called(page).getByRole("button", { name: "Step into it" }).click();
    await expectLine(page, real.placeOf(firstStep(real, merge)).line);
    await page.keyboard.press("b");
    await expect(called(page)).toBeVisible();
  });

  test("lie inside each other, and close from the inside", async ({ page }) => {
    const [encode] = callsOf(real, "WordTokenizer.encode");
    const line = real.placeOf(real.trace.calls.parent[encode]).line;
    await open(page, `?trace=${TRACE}&step=${real.trace.calls.parent[encode]}`);
    const control = page.locator(`.page:not([hidden]) .row[data-line="${line}"] .call-control`);
    await control.click();
    await expect(control).toHaveAttribute("aria-expanded", "true");
    const inner = called(page).getByRole("button", { name: /What line \d+ called, in place/ });
    await inner.focus();
    await page.keyboard.press("Enter");
    await expect(called(page)).toHaveCount(2);
    await expect(called(page).nth(1)).toContainText("WordTokenizer.split(");
    await called(page).nth(1).getByRole("button", { name: "Put away" }).click();
    await expect(called(page)).toHaveCount(1);
    await expect(inner).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(called(page)).toHaveCount(0);
    await expect(control).toBeFocused();
  });

  test("of a line in a loop follow its turns, and others can be chosen", async ({ page }) => {
    const squares = callsOf(lecture, "square");
    await openTrace(page, text, `&step=${lecture.trace.calls.parent[squares[4]]}`);
    await page.keyboard.press("Enter");
    await expect(called(page)).toContainText("square(x=4)");
    await expect(called(page)).toContainText("9 of 400");
    await called(page).getByRole("button", { name: "The next call" }).click();
    await expect(called(page)).toContainText("add(a=14, b=16)");
    await page.keyboard.press("]");
    await expect(called(page)).toContainText("square(x=5)");
    await expect(called(page)).toContainText("11 of 400");
  });

  test("dim what was not reached, and say by what a call was left", async ({ page }) => {
    const [classify] = callsOf(lecture, "classify");
    await openTrace(page, text, `&step=${lecture.trace.calls.parent[classify]}`);
    await page.keyboard.press("Enter");
    const line = (code: string) => called(page).locator(".called-line").filter({ hasText: code });
    await expect(line('return "two"')).toHaveAttribute("data-unreached");
    await expect(line('return f"one {one}"')).not.toHaveAttribute("data-unreached");
    await expect(line("Told by its remainder.")).not.toHaveAttribute("data-unreached");
    await expect(line("rest = number % 6")).toContainText("rest = 1");
    const [broken] = callsOf(lecture, "broken");
    await openTrace(page, text, `&step=${lecture.trace.calls.parent[broken]}`);
    await page.keyboard.press("Enter");
    await expect(called(page)).toContainText("raised ValueError: at the bottom");
  });

  test("are accessible", async ({ page }) => {
    const [classify] = callsOf(lecture, "classify");
    await openTrace(page, text, `&step=${lecture.trace.calls.parent[classify]}`);
    await page.keyboard.press("Enter");
    await expect(called(page)).toContainText("returned");
    await expectAccessible(page, ".called");
  });

  test("leave the rest of the page where it is", async ({ page }) => {
    await open(page, `?trace=${TRACE}&step=${caller}`);
    const current = page.locator(".page:not([hidden]) .row[aria-current=step]");
    await expect(current).toBeInViewport();
    const before = (await current.boundingBox())!.y;
    await page.keyboard.press("Enter");
    await expect(called(page)).toBeInViewport();
    expect(Math.abs((await current.boundingBox())!.y - before)).toBeLessThanOrEqual(1);
    await page.keyboard.press("Enter");
    await expect(called(page)).toHaveCount(0);
    expect(Math.abs((await current.boundingBox())!.y - before)).toBeLessThanOrEqual(1);
  });

  test("fit a phone", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(page, `?trace=${TRACE}&step=${caller}`);
    await page.locator(".page:not([hidden]) .row[aria-current=step] .call-control").click();
    await expect(called(page)).toContainText("merge_pair(");
    await expectNoSidewaysScroll(page);
  });
});

test.describe("long functions", () => {
  const bodyOf = (page: Page, summary: string) =>
    page.locator(".page:not([hidden]) .folded").filter({ hasText: summary });
  const unused = (page: Page) => page.getByText('return "more"', { exact: true });

  test("are folded, opened by a press, and all at once", async ({ page }) => {
    await openTrace(page, text);
    await expect(bodyOf(page, "Never called.")).toContainText("… 14 lines");
    await expect(unused(page)).not.toBeVisible();
    await page.getByRole("button", { name: /Unfold lines 62 to/ }).click();
    await expect(unused(page)).toBeVisible();
    await page.getByRole("button", { name: /Fold lines 62 to/ }).click();
    await expect(unused(page)).not.toBeVisible();
    await page.keyboard.press("?");
    await page.locator("dialog [data-command=unfold]").click();
    await page.keyboard.press("Escape");
    await expect(unused(page)).toBeVisible();
    await expect(page.getByText('return "five"', { exact: true }).first()).toBeVisible();
  });

  test("open when someone steps into them, and stay open", async ({ page }) => {
    const [classify] = callsOf(lecture, "classify");
    const call = lecture.trace.calls.parent[classify];
    await openTrace(page, text, `&step=${call}`);
    const rest = page.getByText("rest = number % 6", { exact: true });
    await expect(rest).not.toBeVisible();
    const current = page.locator(".row[aria-current=step]");
    await page.keyboard.press("ArrowRight");
    await expect(rest).toBeVisible();
    await expect(current).toBeInViewport();
    await page.keyboard.press("u");
    await expect(rest).toBeVisible();
    await expect(current).toBeInViewport();
    await expect(unused(page)).not.toBeVisible();
  });

  test("are there in raw code, and for what is looked at", async ({ page }) => {
    await openTrace(page, text, `&file=${encodeURIComponent(lecture.trace.files[0].path)}&line=74`);
    await expect(unused(page)).toBeVisible();
    await openTrace(page, text);
    await page.keyboard.press("r");
    await expect(unused(page)).toBeVisible();
  });

  test("unfolded all at once, they leave the reader's line where it is", async ({ page }) => {
    const deepest = callsOf(lecture, "broken").at(-1)!;
    await openTrace(page, text, `&step=${firstStep(lecture, deepest)}`);
    const current = page.locator(".row[aria-current=step]");
    await expect(current).toBeInViewport();
    const top = async () => (await current.boundingBox())!.y;
    const before = await top();
    await page.keyboard.press("?");
    await page.locator("dialog [data-command=unfold]").click();
    await page.keyboard.press("Escape");
    await expect(unused(page)).toBeAttached();
    await expect(page.locator(".folded:not([data-open])")).toHaveCount(0);
    expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(2);
  });
});
