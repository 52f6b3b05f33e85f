import { expect, type Page } from "@playwright/test";
import { operationsOf } from "../src/logic/collectives";
import { runOf } from "../src/logic/ranks";
import { expectAccessible, expectLine, expectNoSidewaysScroll, openTrace, stepsOf, test } from "./lecture";
import { record } from "./recorded";

/** Four real processes, in which rank 2 comes late to every all-reduce. */
const { text, lecture } = record("ranks");
const run = runOf(lecture.trace);
const [zero, two] = [run.open(0), run.open(2)];
const reduces = stepsOf(zero, "dist.all_reduce");
const line = zero.placeOf(reduces[0]).line;

const pane = (page: Page) => page.getByRole("region", { name: "Ranks", exact: true });
const open = (page: Page, step: number, rank = 0) => openTrace(page, text, `&rank=${rank}&step=${step}`);
const turn = (page: Page) => page.locator(".controls");

test("a rank's line has run as often as it did there, and keys go to the same turn on the next", async ({ page }) => {
  expect(reduces).toHaveLength(3);
  await open(page, reduces[1]);
  await expectLine(page, line);
  await expect(turn(page)).toContainText("2 / 3");
  await expect(pane(page).locator(".ranks-place")).toHaveText("Rank 0 of 4");
  await page.keyboard.press(";");
  await expect(pane(page).locator(".ranks-place")).toHaveText("Rank 1 of 4");
  await expectLine(page, line);
  await expect(turn(page)).toContainText("2 / 3");
  await expect(page).toHaveURL(/rank=1/);
  await page.keyboard.press(",");
  await expect(pane(page).locator(".ranks-place")).toHaveText("Rank 0 of 4");
});

test("the straggler is told, by name and by shape, and a press leads to it", async ({ page }) => {
  await open(page, reduces[1]);
  const [operation] = operationsOf(run).of(zero.rank.steps[reduces[1]]);
  expect(operation.straggler).toBe(2);
  const now = pane(page).locator(".ranks-operation");
  await expect(now).toContainText("◆ Rank 2 came last");
  await expect(pane(page).locator(".ranks-link[data-now] path")).toHaveCount(1);
  await now.getByRole("button", { name: "Rank 2" }).click();
  await expect(pane(page).locator(".ranks-place")).toHaveText("Rank 2 of 4");
  await expectLine(page, line);
});

test("a line that only one rank ran says so on the others", async ({ page }) => {
  await open(page, stepsOf(two, "time.sleep")[1], 2);
  await expect(pane(page).locator(".ranks-where")).toContainText("never came here");
  await page.keyboard.press(",");
  await expect(page.getByRole("status")).toContainText("Rank 1 never came to this line");
});

test("values that change do not push it out of sight", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 600 });
  await open(page, reduces[0]);
  await expect(pane(page).locator(".ranks-place")).toBeInViewport();
  for (let press = 0; press < 6; press++) await page.keyboard.press("ArrowRight");
  await expect(page.locator(".variables")).toBeAttached();
  await expect(pane(page).locator(".ranks-place")).toBeInViewport();
});

test("it is accessible, and fits a telephone", async ({ page }) => {
  await open(page, reduces[1]);
  await expect(pane(page).locator(".ranks-operation")).toBeVisible();
  await expectAccessible(page, ".ranks");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
});
