import { expect, type Page } from "@playwright/test";
import { accessWords } from "../src/logic/kernel-words";
import { programAt } from "../src/logic/kernel-grid";
import { timesRead, trafficOf } from "../src/logic/kernel-reuse";
import { kernelsOf } from "../src/logic/kernels";
import { bytes } from "../src/logic/units";
import { expectAccessible, expectLine, expectNoSidewaysScroll, openTrace, stepsOf, test } from "./lecture";
import { record } from "./recorded";

const { text, lecture } = record("kernels");
const { trace } = lecture;
const kernels = kernelsOf(lecture);
const line = (step: number) => lecture.placeOf(step).line;

/** The product is the second launch: a (80, 64) times b (64, 112) in tiles of 32 × 32. */
const PRODUCT = 1;
const stores = stepsOf(lecture, "tl.store(c_ptr");
const loads = stepsOf(lecture, "a = tl.load(a_ptr");

const pane = (page: Page) => page.getByRole("region", { name: "Kernel", exact: true });
const open = (page: Page, step: number) => openTrace(page, text, `&step=${step}&phase=out`);

test("the lens is there in a kernel, and goes with it", async ({ page }) => {
  await open(page, stepsOf(lecture, "x = torch.randn(6, 20)")[0]);
  await expect(page.locator(".variables")).toBeVisible();
  await expect(pane(page)).toHaveCount(0);
  const [launch] = trace.launches.step;
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expectLine(page, line(launch));
  await expect(pane(page)).toContainText("Launched here");
  await page.keyboard.press("ArrowRight");
  await expect(pane(page)).toContainText("Program 0");
  await page.keyboard.press("q");
  await expect(pane(page)).toHaveCount(0);
  await page.keyboard.press("q");
  await expect(pane(page)).toContainText("of 6 programs");
});

test("what a step did stands in words, as it was recorded", async ({ page }) => {
  for (const step of [loads[0], stores[3], stores.at(-1)!]) {
    await open(page, step);
    const access = trace.accesses.step.indexOf(step);
    await expect(pane(page).locator(".kernel-step")).toContainText(accessWords(trace, kernels.shapes, access));
  }
  // The last tile lies over both edges of c.
  await expect(pane(page).locator(".kernel-step")).toContainText("16 of 32 rows and 16 of 32 columns masked");
  await expect(pane(page).locator(".kernel-masked")).toHaveCount(1);
});

test("a press in the grid, and keys, lead to the same line and turn of another program", async ({ page }) => {
  const step = loads[1]; // the second turn of the first program
  await open(page, step);
  const turn = page.locator(".controls").getByText("2 / 2");
  await expect(turn).toBeVisible();
  await pane(page).getByRole("button", { name: "Program (2, 1), still to come" }).click();
  await expect(pane(page).locator(".kernel-place")).toHaveText("Program (2, 1)");
  await expectLine(page, line(step));
  await expect(turn).toBeVisible();
  await page.keyboard.press(")");
  await expect(pane(page).locator(".kernel-place")).toHaveText("Program (2, 2)");
  await page.keyboard.press("(");
  await page.keyboard.press("(");
  await expect(pane(page).locator(".kernel-place")).toHaveText("Program (2, 0)");
  await page.keyboard.press("b"); // a press is a jump, keys are steps
  await expect(pane(page).locator(".kernel-place")).toHaveText("Program (0, 0)");
  await page.keyboard.press("Shift+Q");
  const field = page.getByRole("dialog").getByRole("combobox");
  await field.pressSequentially("1,3");
  await field.press("Enter");
  await expect(pane(page).locator(".kernel-place")).toHaveText("Program (1, 3)");
  await expectLine(page, line(step));
});

test("the tables count what moved, and how often each byte was read", async ({ page }) => {
  const program = programAt(lecture, PRODUCT, [1, 1, 0]);
  const step = stores.find((each) => kernels.program[trace.accesses.step.indexOf(each)] === program)!;
  await open(page, step);
  const [loaded, stored] = kernels.total(PRODUCT);
  await expect(pane(page).locator(".kernel-moved")).toContainText(`${bytes(loaded.bytes + stored.bytes)} in all`);
  await pane(page).locator(".kernel-moved").press("Enter");
  const tables = pane(page).getByRole("table");
  const launch = tables.first().locator("tbody").last();
  await expect(launch.getByRole("row").nth(1)).toContainText(bytes(loaded.bytes));
  await expect(launch.getByRole("row").nth(2)).toContainText(bytes(stored.bytes));
  // Every program of a row of tiles reads the same rows of a: four of them; and three the same columns of b.
  expect(trafficOf(lecture, PRODUCT).map(timesRead)).toEqual([4, 3, null]);
  await expect(tables.last().getByRole("row", { name: /^a_ptr/ })).toContainText("4 ×");
  await page.keyboard.press("ArrowRight");
  await expect(tables).toHaveCount(2);
});

test("a forgotten mask is told as a mistake", async ({ page }) => {
  const wild = trace.accesses.beyond.findIndex((beyond) => beyond > 0);
  await open(page, trace.accesses.step[wild]);
  await expect(pane(page).locator("[data-wrong]")).toContainText("14 elements outside of x_ptr, with no mask");
  await expect(pane(page).locator(".kernel-beyond")).toHaveCount(1);
});

test("the slices of a grid and of an array are gone through", async ({ page }) => {
  await open(page, stepsOf(lecture, "tl.store(y_ptr + at, 2 * x)")[0]);
  await expect(pane(page).locator(".kernel-place")).toHaveText("Program (0, 0, 0)");
  await expect(pane(page).locator(".kernel-caption").first()).toContainText("slice [0]");
  await pane(page).getByRole("group", { name: "Slice of the grid" }).getByRole("button", { name: "2" }).click();
  await expect(pane(page).locator(".kernel-place")).toHaveText("Program (0, 0, 2)");
  await expect(pane(page).locator(".kernel-caption").last()).toContainText("slice [2]");
  const sheet = pane(page).getByRole("application", { name: /^x_ptr/ });
  await sheet.press("ArrowRight");
  await sheet.press("ArrowRight");
  await expect(pane(page).locator(".kernel-reading")).toHaveText("x_ptr[2, 0, 1] = 65.0");
});

test("it is accessible", async ({ page }) => {
  await open(page, stores[5]);
  await pane(page).getByRole("button", { name: "all so far" }).click();
  await expectAccessible(page, ".kernel");
  await page.emulateMedia({ contrast: "more" });
  await expectAccessible(page, ".kernel", ["dark"]);
});

test("it has room on a telephone", async ({ page }) => {
  await open(page, stores[5]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: /^Show the kernel/ }).click();
  await expect(pane(page).locator(".kernel-now")).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page, ".kernel", ["light"]);
});

test("values that change do not push it out of sight", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 600 });
  await open(page, stepsOf(lecture, "total = tl.dot(a, b, total)")[0]);
  await expect(pane(page).locator(".kernel-place")).toBeInViewport();
  for (let press = 0; press < 6; press++) await page.keyboard.press("ArrowRight");
  await expect(page.locator(".variables")).toBeAttached();
  await expect(pane(page).locator(".kernel-place")).toBeInViewport();
});
