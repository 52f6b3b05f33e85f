import { expect, type Page } from "@playwright/test";
import { openLecture } from "../src/logic/lecture";
import { readTrace } from "../src/format/whole";
import type { Lists } from "../src/format/column";
import type { Trace } from "../src/format/generated";
import { currentLine, open, test, variable } from "./lecture";
import { Running } from "./running";

/** A real run, which goes on while the page is open. Nothing here waits for a time, only for what must come. */
test.describe.configure({ timeout: 180_000 });

let run: Running;

test.beforeEach(() => {
  run = new Running();
});

test.afterEach(async () => {
  await run.end();
});

const COMES = { timeout: 60_000 };
const count = (page: Page) => page.locator(".controls .count");
const lastOf = (trace: Lists<Trace>) => openLecture(readTrace(JSON.stringify(trace))).positions.count;

/** Where the reader is, of how many places: as the instrument says it. */
async function expectPlace(page: Page, place: number, of: number): Promise<void> {
  await expect(count(page)).toHaveText(new RegExp(`^\\s*${place}\\s*/\\s*${of}\\s*$`), COMES);
}

test("a trace grows under the reader, who stays; at its end goes on with it; and the outcome comes last", async ({
  page,
}) => {
  run.tell(0);
  const first = lastOf(await run.shows("The square of 0 is 0."));
  await open(page, `?trace=${run.address}&step=0`);
  await expect(page.locator(".banner[data-status=running]")).toContainText("goes on");

  // In the middle of what has run.
  for (let press = 0; press < 3; press++) await page.keyboard.press("ArrowRight");
  await expectPlace(page, 4, first);
  const line = await currentLine(page).getAttribute("data-line");
  run.tell(1);
  const second = lastOf(await run.shows("The square of 1 is 1."));
  expect(second).toBeGreaterThan(first);
  await expectPlace(page, 4, second);
  await expect(currentLine(page)).toHaveAttribute("data-line", line!);

  // At its end.
  await page.keyboard.press("End");
  await expectPlace(page, second, second);
  run.tell(2);
  const third = lastOf(await run.shows("The square of 2 is 4."));
  await expectPlace(page, third, third);
  await expect(variable(page, "square")).toContainText("4", COMES);

  run.tell(3);
  const whole = await run.showsAll();
  expect(whole.summary.outcome.status).toBe("finished");
  await expect(page.locator(".banner")).toHaveCount(0, COMES);
  const all = lastOf(whole);
  await expectPlace(page, all, all);
  await expect(currentLine(page)).toContainText("That was all.");
});

test("a run that fails says so under the reader, and leads to where it did", async ({ page }) => {
  run.tell(0);
  await run.shows("The square of 0 is 0.");
  await open(page, `?trace=${run.address}&step=0`);
  await expect(page.locator(".banner[data-status=running]")).toBeVisible();
  run.tell(1, "fail");
  const all = lastOf(await run.showsAll());
  const banner = page.locator(".banner[data-status=failed]");
  await expect(banner).toContainText("It was told to.", COMES);
  await expectPlace(page, 1, all);
  await banner.getByRole("button", { name: "Go there" }).click();
  await expect(currentLine(page)).toContainText("raise RuntimeError");
});
