import { expect } from "@playwright/test";
import { costsOf } from "../src/logic/costs";
import { roofsOf, standing } from "../src/logic/roofline";
import { plain, si } from "../src/logic/units";
import {
  currentLine,
  expectAccessible,
  expectLine,
  open,
  openTour,
  realTour,
  stepsOf,
  test,
  TOUR,
  TRACE,
} from "./lecture";

const tour = realTour();
const costs = costsOf(tour);
const [step] = stepsOf(tour, "qkv = self.qkv(x)");
const { file, line } = tour.placeOf(step);
const flops = 2 * 512 * 384 * 128; // 4 × 128 tokens, from 128 channels to 3 × 128

test("the gutter says what each line cost, and a card by which formula", async ({ page }) => {
  await openTour(page, step);
  await expect(page.locator(".page .cost")).toHaveCount(0);
  await page.keyboard.press("c");
  const cell = currentLine(page).locator(".cost");
  await expect(cell).toHaveAccessibleName(new RegExp(`^Line ${line} cost `));
  const card = page.getByRole("tooltip");
  await expect(async () => {
    await cell.blur();
    await cell.focus(); // opens nothing before the card's code is there
    await expect(card).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(card).toContainText(`Line ${line} ran once`);
  await expect(card.locator(".cost-formula").first()).toHaveText("2·M·N·K = 2·512·384·128");
  await expect(card.getByRole("row", { name: "FLOPs forward" }).getByRole("cell")).toHaveAttribute(
    "title",
    `${flops.toLocaleString("en-US")} FLOP`,
  );
  // What the backward pass did for this line is with this line: a product for each operand's gradient.
  await expect(card.getByRole("row", { name: "FLOPs backward" }).getByRole("cell")).toHaveText(si(2 * flops, "FLOP"));
  await expectAccessible(page, ".page:not([hidden]) .cost, .cost-card");
  await page.keyboard.press("Escape");
  await expect(card).toHaveCount(0);
  await page.keyboard.press("c");
  await expect(page.locator(".page .cost")).toHaveCount(0);
});

test("lines are weighed by what the reader asks for", async ({ page }) => {
  await openTour(page, step);
  await page.keyboard.press("c");
  const pane = page.getByRole("region", { name: "Costs", exact: true });
  await pane.getByRole("group", { name: "Weigh lines by" }).getByRole("button", { name: "FLOPs" }).press("Enter");
  const cell = currentLine(page).locator(".cost");
  await expect(cell).toHaveAccessibleName(new RegExp(`^Line ${line} cost .*FLOP`));
  await expect(cell).toHaveText(si(3 * flops, "FLOP", 2));
  // The line of `main` that calls has none of its own.
  const caller = tour.placeOf(stepsOf(tour, "    block_costs()")[0]).line;
  const calling = page.locator(`.page:not([hidden]) .row[data-line="${caller}"] .cost`);
  const without = pane.getByRole("switch", { name: "with calls" });
  await expect(without).toHaveAttribute("aria-checked", "true");
  await expect(calling).toHaveText(/ MFLOP$/);
  await without.press("Space");
  await expect(without).toHaveAttribute("aria-checked", "false");
  await expect(calling).not.toHaveText(/ MFLOP$/);
});

test("the table sorts by any column and leads to its lines", async ({ page }) => {
  await openTour(page, step);
  await page.keyboard.press("c");
  const table = page.getByRole("region", { name: "The costliest, a table" });
  await table.getByRole("button", { name: "FLOPs", exact: true }).press("Enter");
  await expect(table.getByRole("columnheader", { name: "FLOPs" })).toHaveAttribute("aria-sort", "descending");
  const total = ({ all }: (typeof costs.lines)[number]) => all.forwardFlops + all.backwardFlops;
  const top = costs.lines.reduce((top, each) => (total(each) > total(top) ? each : top));
  const first = table.getByRole("row").nth(1);
  await expect(first).toContainText(si(total(top), "", 2).trim());
  await expectAccessible(page, ".costs");
  await table.getByRole("button", { name: "Line", exact: true }).press("Enter");
  await expect(table.getByRole("columnheader", { name: "Line" })).toHaveAttribute("aria-sort", "ascending");
  const upmost = Math.min(...costs.lines.filter((each) => each.file === tour.trace.entry).map((each) => each.line));
  await expect(first.locator(".costs-name")).toHaveText(String(upmost));
  await first.getByRole("button").press("Enter");
  await expectLine(page, upmost);
  await page.getByRole("group", { name: "Rows" }).getByRole("button", { name: "functions" }).press("Enter");
  await expect(table.getByRole("button", { name: "Block.attend" })).toBeVisible();
});

test("the line is a dot under the roofline, of any machine", async ({ page }) => {
  const { point } = standing(costs.lineAt(file, line)!)!;
  const [own, ...published] = roofsOf(tour.trace);
  await openTour(page, step);
  await page.keyboard.press("c");
  const plot = page.getByRole("img", { name: /^Roofline\./ });
  await expect(plot).toHaveAccessibleName(new RegExp(`Line ${line}\\. .*${plain(point.intensity)} FLOP/byte`));
  await expect(plot.locator(".roofline-here text")).toHaveText(`line ${line}`);
  await expect(plot.locator(".roofline-here circle")).toBeVisible();
  await expect(page.getByText("Peaks of where the lecture ran: ")).toBeVisible();

  const machine = page.getByRole("combobox", { name: "Machine" });
  await expect(machine).toHaveValue("0");
  expect(own.ran).toBe(true);
  const h100 = published.findIndex(({ name }) => name.includes("H100")) + 1;
  await machine.focus();
  for (let i = 0; i < h100; i++) await page.keyboard.press("ArrowDown");
  await expect(machine).toHaveValue(String(h100));
  await expect(page.getByText("Published peaks: ")).toContainText("https://");
  await expect(page.getByText("The lecture did not run on this machine")).toBeVisible();
  await expect(plot.locator(".roofline-here circle")).toHaveCount(0); // no time of this machine
  await expect(plot.locator(".roofline-here path")).toBeVisible(); // but what is possible there
  await expectAccessible(page, ".costs");
});

test("a prediction that came true says so", async ({ page }) => {
  const [, shown] = stepsOf(tour, "with expect(flops=2 * batch * time * parameters + attention");
  await openTour(page, shown);
  const forward = page.locator(".expectation").first();
  await expect(forward).toContainText("forward");
  await expect(forward.locator("tbody tr")).toHaveAttribute("data-verdict", "met");
  await expect(forward.locator("tbody td").nth(1)).toHaveAttribute("title", "234,881,024 FLOP");
  await expect(forward).toContainText("exact");
  await expectAccessible(page, ".expectation");
});

test("a run without counted costs shows its time, and says how to count", async ({ page }) => {
  await open(page, `?trace=${TRACE}&step=40`);
  await page.keyboard.press("c");
  const pane = page.getByRole("region", { name: "Costs", exact: true });
  await expect(pane).toContainText("python execute.py -m lecture_01 --costs");
  await expect(currentLine(page).locator(".cost")).toHaveText(/s$/);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("a tap in the gutter opens the card", async ({ page }) => {
    await open(page, `?trace=${TOUR}&step=${step}&phase=out`);
    await page.keyboard.press("c");
    const card = page.getByRole("tooltip");
    await expect(async () => {
      if (!(await card.isVisible())) await currentLine(page).locator(".cost").tap(); // a second tap would close it
      await expect(card).toBeVisible({ timeout: 500 });
    }).toPass();
    await expect(card).toContainText("2·M·N·K");
    const box = (await card.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
  });
});
