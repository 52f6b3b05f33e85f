import { expect } from "@playwright/test";
import { expectAccessible, openTour, realTour, stepsOf, test, variable } from "./lecture";

const tour = realTour();

test("a view is said to be one, and drawn in the storage that it shares", async ({ page }) => {
  await openTour(page, stepsOf(tour, "transposed = x.T")[0]);
  const transposed = variable(page, "transposed");
  await expect(transposed.locator(".sharing-origin")).toHaveText("a view of x: nothing was copied");
  await expect(transposed.locator("summary")).toHaveText("shares memory with x (its transpose)");
  const map = transposed.getByRole("img", { name: "The storage as 4 rows of 6 cells" });
  await expect(map).toBeVisible();
  await expect(map.locator("g[class^=part-]")).toHaveCount(2);
  const parts = transposed.locator(".storage-parts li");
  await expect(parts.first()).toContainText("offset 0 B · strides (6, 1) · 96 B of 96 B");
  await expect(parts.last()).toContainText("offset 0 B · strides (1, 6) · 96 B of 96 B");
  await expectAccessible(page, ".side");
});

test("a slice says which part of the storage it sees", async ({ page }) => {
  await openTour(page, stepsOf(tour, "column = x[:, 2]")[0]);
  const column = variable(page, "column");
  await expect(column.locator("summary")).toContainText("x (this is column 2 of it)");
  await expect(column.locator(".storage-parts li", { hasText: "column" }).last()).toContainText(
    "offset 8 B · strides (6) · 16 B of 96 B",
  );
});

test("a write through one name marks what it changed of the others", async ({ page }) => {
  const [step] = stepsOf(tour, "column.fill_(-1)");
  await openTour(page, step);
  for (const [name, changed] of [
    ["x", 4],
    ["transposed", 4],
    ["rows", 2],
  ] as const) {
    const row = variable(page, name);
    await expect(row).toHaveAttribute("data-changed");
    await expect(row.locator(".sharing-write")).toHaveText("changed through column");
    await expect(row.locator(".tensor-change")).toContainText(`${changed} of `);
    await expect(row.locator("td.cell-changed")).toHaveText(Array.from({ length: changed }, () => "−1.0"));
  }
  const { line } = tour.placeOf(step);
  await expect(variable(page, "column").locator(".sharing-write")).toHaveText(`changed in place by line ${line}`);
  await expectAccessible(page, ".side");
});

test("a copy is said to be one, and does not follow", async ({ page }) => {
  await openTour(page, stepsOf(tour, "copied = transposed.contiguous()")[0]);
  const copied = variable(page, "copied");
  await expect(copied.locator(".sharing")).toHaveText(
    "its own memory: a copy or a new result, nothing shared with transposed",
  );
  await page.keyboard.press("ArrowRight"); // x.zero_()
  await expect(variable(page, "transposed").locator(".sharing-write")).toHaveText("changed through x");
  await expect(copied).not.toHaveAttribute("data-changed");
  await expect(copied.locator(".sharing-write")).toHaveCount(0);
});
