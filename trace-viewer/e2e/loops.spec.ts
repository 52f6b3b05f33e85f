import { expect } from "@playwright/test";
import { brief } from "../src/values/numbers";
import { expectAccessible, expectLine, openTour, realTour, stepsOf, tensorAt, test, variable } from "./lecture";

const tour = realTour();
const code = "loss = nn.functional.mse_loss";
const turns = stepsOf(tour, code);
const { line } = tour.placeOf(turns[0]);
const losses = turns.map((step) => Number(tensorAt(tour, step, "loss").elements![0]));

test("a loss draws its own curve, and every point of it is a moment to go to", async ({ page }) => {
  await openTour(page, turns[5]);
  const loss = variable(page, "loss");
  await expect(loss.locator(".spark-labels")).toContainText(`last ${brief(losses.at(-1)!)}`);
  const curve = loss.getByRole("slider", { name: "Moments of loss" });
  await expect(curve).toHaveAttribute("aria-valuetext", `6 of 40: ${brief(losses[5])}`);
  await curve.press("End");
  await expectLine(page, line);
  await expect(page.getByRole("toolbar", { name: "Loop" })).toContainText("40 / 40");
  await expect(curve).toHaveAttribute("aria-valuetext", `40 of 40: ${brief(losses[39])}`);
  await curve.press("ArrowLeft");
  await expect(curve).toHaveAttribute("aria-valuetext", `39 of 40: ${brief(losses[38])}`);
  await expectAccessible(page, ".side");
});

test("the history lists every moment, and a click goes there", async ({ page }) => {
  await openTour(page, turns[0]);
  await variable(page, "loss").getByRole("button", { name: "History of loss: 40 moments" }).press("Enter");
  const history = page.getByRole("group", { name: "History of loss" });
  await expect(history.getByRole("button", { name: "log" })).toBeVisible();
  const moments = history.getByRole("region", { name: "Moments of loss" });
  await expectAccessible(page, ".side");
  await moments.getByRole("button", { name: "turn 3 ·" }).click();
  await expect(page.getByRole("toolbar", { name: "Loop" })).toContainText("3 / 40");
  await expectLine(page, line);
  await expect(moments.locator("[aria-current]")).toContainText("turn 3 ·");
});

test("one control moves by the turns of the loop", async ({ page }) => {
  await openTour(page, turns[9]);
  const control = page.getByRole("toolbar", { name: "Loop" });
  const at = (turn: number) =>
    expect(control.getByRole("button", { name: /^Loop on line/ })).toHaveAccessibleName(
      new RegExp(`: turn ${turn} of 40$`),
    );
  await at(10);
  await page.keyboard.press("}");
  await at(11);
  await expectLine(page, line);
  await expect(variable(page, "loss")).toContainText(String(losses[10]).slice(0, 6));
  await page.keyboard.press("{");
  await page.keyboard.press("{");
  await at(9);
  await control.getByRole("button", { name: /^Loop on line/ }).press("Enter");
  const entry = page.getByRole("textbox", { name: "turn" });
  await expectAccessible(page, ".controls");
  await entry.fill("33");
  await entry.press("Enter");
  await at(33);
});

test("the turns stand in a table, each a way to go there", async ({ page }) => {
  await openTour(page, turns[0]);
  await page.keyboard.press("Shift+T");
  const table = page.getByRole("region", { name: "Turns of the loop" });
  await expect(table.getByRole("columnheader")).toHaveText([/turn/, /loss/, /weight/, /time/]);
  await expect(table.getByRole("table")).toHaveAttribute("aria-rowcount", "41");
  await expectAccessible(page, ".side");
  await table.getByRole("button", { name: "Turn 7", exact: true }).press("Enter");
  await expect(page.getByRole("toolbar", { name: "Loop" })).toContainText("7 / 40");
  await expect(table.locator("tr[aria-current]")).toHaveAttribute("aria-rowindex", "8");
  await page.keyboard.press("Shift+T");
  await expect(table).toHaveCount(0);
});
