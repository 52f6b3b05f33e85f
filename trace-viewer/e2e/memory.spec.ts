import { expect } from "@playwright/test";
import { memoryOf, ROLES } from "../src/logic/memory";
import { bytes } from "../src/logic/units";
import { expectAccessible, openTour, realTour, stepsOf, test } from "./lecture";

const tour = realTour();
const [device] = memoryOf(tour);
const [step] = stepsOf(tour, "            optimizer.step()").slice(-3);
const position = tour.positions.exit[step];

const named = (count: number) => count.toLocaleString("en-US");

test("memory is summed by what it is for", async ({ page }) => {
  await openTour(page, step);
  await page.keyboard.press("m");
  const pane = page.getByRole("region", { name: "Memory", exact: true });
  const count = 256 * 512 + 512 + 512 * 256 + 256;
  const { live, total, peak } = device.at(position)!;
  // AdamW: two moments of four bytes a parameter, and for each of the four tensors the step, four bytes.
  expect(live.slice(0, 3)).toEqual([4 * count, 4 * count, 8 * count + 16]);
  const rows = pane.locator(".memory-roles tbody tr");
  await expect(rows).toHaveCount(ROLES.length);
  for (const [index, size] of live.entries())
    await expect(rows.nth(index).getByRole("cell").last()).toHaveText(named(size));
  await expect(pane.locator(".memory-total")).toContainText(bytes(total));
  await expect(pane.locator(".memory-peaks")).toContainText(`${named(peak!)} B`);
  await expectAccessible(page, ".memory");
  await page.keyboard.press("m");
  await expect(pane).toHaveCount(0);
});

test("the timeline leads through the changes, and to the highest moment", async ({ page }) => {
  await openTour(page, step);
  await page.keyboard.press("m");
  const pane = page.getByRole("region", { name: "Memory", exact: true });
  const timeline = pane.getByRole("slider", { name: /^Memory over the lecture/ });
  await expect(timeline).toHaveValue(String(position));
  await timeline.press("ArrowRight");
  const row = device.rowAt(position) + 1;
  await expect(timeline).toHaveValue(String(device.known[row]));
  await expect(pane.locator(".memory-total")).toContainText(bytes(device.total[row]));
  await timeline.press("ArrowLeft");
  await expect(timeline).toHaveValue(String(position));
  await pane.getByRole("button", { name: "Go to the highest moment" }).press("Enter");
  await expect(timeline).toHaveValue(String(device.known[device.top]));
  await expect(pane.locator(".memory-peaks")).toContainText(`${named(device.peak(device.top))} B`);
});

test("the same stands in a table, section by section", async ({ page }) => {
  await openTour(page, step);
  await page.keyboard.press("m");
  const pane = page.getByRole("region", { name: "Memory", exact: true });
  await pane.getByText("Section by section").click();
  const section = pane.getByRole("row", { name: /^Where the memory goes/ });
  await expect(section).toBeVisible();
  await expectAccessible(page, ".memory");
  await section.getByRole("button").press("Enter");
  await expect(page.locator(".status")).toContainText("Where the memory goes");
});
