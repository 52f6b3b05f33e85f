import { expect, type Page } from "@playwright/test";
import { pythonFloat } from "../src/values/numbers";
import {
  currentLine,
  expectAccessible,
  openTour,
  pressOn,
  realTour,
  stepsOf,
  tensorAt,
  test,
  variable,
} from "./lecture";

const tour = realTour();
const [weightsStep] = stepsOf(tour, "weights = scores.softmax");
const [gradientStep] = stepsOf(tour, "gradient = torch.tensor");

/** The bits of a number as the machine has them in float32. */
function float32Bits(x: number): [sign: string, exponent: string, mantissa: string] {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, x);
  const bits = view.getUint32(0).toString(2).padStart(32, "0");
  return [bits.slice(0, 1), bits.slice(1, 9), bits.slice(9)];
}

async function expectBits(page: Page, name: string, bits: string[]): Promise<void> {
  await expect(variable(page, name).locator(".bit-field code")).toHaveText(bits);
}

test("axes have their names, in one colour wherever they stand", async ({ page }) => {
  await openTour(page, weightsStep);
  const shape = variable(page, "weights").locator(".value-shape").first();
  await expect(shape).toHaveText("[batch 2, head 4, query 12, key 12]");
  const colorOf = (part: string) =>
    page
      .locator(`${part} .dim`, { hasText: /^head$/ })
      .first()
      .evaluate((name) => getComputedStyle(name).color);
  const color = await colorOf("[data-name=weights] .value-shape");
  expect(await colorOf("[data-name=scores] .value-shape")).toBe(color);
  expect(await colorOf("[data-name=weights] .slice-picker")).toBe(color);
  expect(await colorOf(".page .source")).toBe(color); // in the einops pattern
  const batch = shape.locator(".dim", { hasText: "batch" });
  expect(await batch.evaluate((name) => getComputedStyle(name).color)).not.toBe(color);
  await expectAccessible(page, ".side");
});

test("a slice is picked and its elements are read by keyboard", async ({ page }) => {
  await openTour(page, weightsStep);
  const { elements } = tensorAt(tour, weightsStep, "weights");
  const weights = variable(page, "weights");
  const head = weights.getByRole("slider", { name: "Which head is shown" });
  await expect(head).toHaveAttribute("aria-valuetext", "all");
  await pressOn(head, "ArrowRight", "ArrowRight", "ArrowRight");
  await expect(head).toHaveAttribute("aria-valuetext", "2");
  await pressOn(weights.getByRole("slider", { name: "Which batch is shown" }), "End");
  // The choice is about the axes, so the scores show the same.
  const headOfScores = variable(page, "scores").getByRole("slider", { name: "Which head is shown" });
  await expect(headOfScores).toHaveAttribute("aria-valuetext", "2");

  const map = weights.getByRole("application", { name: /^Heat map of 1,152 elements/ });
  const reading = weights.locator(".lens-moments");
  await pressOn(map, "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight");
  const element = elements![((1 * 4 + 2) * 12 + 2) * 12 + 1] as number;
  await expect(reading).toHaveText(`batch 1, head 2, query 2, key 1: ${pythonFloat(element).replaceAll("-", "−")}`);
  await map.press("Escape");
  await expect(reading).toContainText("mean");
  await expect(currentLine(page)).toHaveAttribute("data-line", String(tour.placeOf(weightsStep).line));
});

test("the element under the pointer is read with its index", async ({ page }) => {
  await openTour(page, weightsStep);
  const { elements } = tensorAt(tour, weightsStep, "weights");
  const weights = variable(page, "weights");
  await pressOn(weights.getByRole("slider", { name: "Which head is shown" }), "Home", "ArrowRight");
  await pressOn(weights.getByRole("slider", { name: "Which batch is shown" }), "Home", "ArrowRight");
  const map = weights.getByRole("application");
  const reading = weights.locator(".lens-moments");
  const { width, height } = (await map.boundingBox())!;
  await map.hover({ position: { x: 3, y: 3 } });
  await expect(reading).toHaveText("batch 0, head 0, query 0, key 0: 1.0");
  await map.hover({ position: { x: width - 3, y: height - 3 } });
  await expect(reading).toHaveText(`batch 0, head 0, query 11, key 11: ${pythonFloat(elements![143] as number)}`);
  await map.hover({ position: { x: width - 3, y: 3 } });
  await expect(reading).toHaveText("batch 0, head 0, query 0, key 11: 0.0");
});

test("the bits of a number show what underflows", async ({ page }) => {
  await openTour(page, gradientStep);
  const gradient = variable(page, "gradient");
  await gradient.getByRole("button", { name: "bits" }).press("Enter");
  await pressOn(gradient.getByRole("application"), "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
  await expect(gradient.locator(".bits-what")).toHaveText("[3] in float32");
  await expectBits(page, "gradient", float32Bits(1e-9));
  const row = (format: string) => gradient.locator(".bits-formats tbody tr", { hasText: format });
  await expect(row("float16").first()).toContainText("underflow");
  await expect(row("bfloat16")).not.toContainText("underflow");
  await expect(row("e4m3fn").locator("td").last()).toHaveText("3 → 0");
  await expectAccessible(page, ".side");

  await gradient.getByRole("button", { name: "float16", exact: true }).press("Enter");
  await expect(gradient.locator(".bits-what")).toHaveText("[3] in float16, if it were stored so");
  await expectBits(page, "gradient", ["0", "00000", "0000000000"]);
  await expect(gradient.locator(".bits-meaning")).toContainText("no bit is set");
});

test("an update that is too small leaves every bit as it was", async ({ page }) => {
  await openTour(page, stepsOf(tour, "moved = weights + update")[0]);
  for (const name of ["weights", "moved"]) {
    await variable(page, name).getByRole("button", { name: "bits" }).press("Enter");
    await pressOn(variable(page, name).getByRole("application"), "ArrowRight", "ArrowRight");
    await expectBits(page, name, ["0", "01111111", "0000001"]); // 1 + 2⁻⁷
  }
  await expect(variable(page, "weights").locator(".bits-meaning")).toContainText("the next number is 0.007813 away");
});

test("what is no finite number is flagged", async ({ page }) => {
  await openTour(page, stepsOf(tour, "overflow = ")[0]);
  await expect(variable(page, "ratio").locator(".chip.error")).toHaveText("1 NaN");
  await expect(variable(page, "ratio").locator("td.value-bad")).toHaveText("nan");
  await expect(variable(page, "overflow").locator(".chip.error")).toHaveText("2 inf");
  await expect(variable(page, "half").locator(".chip.error")).toHaveCount(0);
  await expectAccessible(page, ".side");
});

test("the histogram and the layout open by keyboard, and stay open from step to step", async ({ page }) => {
  const turns = stepsOf(tour, "        optimizer.step()");
  await openTour(page, turns[4]);
  const weight = variable(page, "weight");
  await weight.getByRole("button", { name: "histogram" }).press("Enter");
  await weight.getByRole("button", { name: "layout" }).press("Enter");
  const bars = weight.locator(".histogram");
  await expect(bars).toBeVisible();
  await expect(weight.getByRole("row", { name: /^axis 0/ })).toContainText("2 elements on, 8 B");
  await expectAccessible(page, ".side");
  await page.keyboard.press("}");
  await expect(weight.locator(".tensor-change")).toContainText("changed");
  await expect(bars).toBeVisible();
  await expect(weight.getByRole("row", { name: /^axis 0/ })).toBeVisible();
});

test("tokens are chips over their text", async ({ page }) => {
  await openTour(page, stepsOf(tour, "ids = tokenizer.encode")[0]);
  const ids = variable(page, "ids");
  const chips = ids.getByRole("listbox", { name: "13 tokens" });
  await expect(chips.getByRole("option")).toHaveCount(13);
  await expect(chips).toContainText("The theory of the tensor: then there were three.");
  await pressOn(chips, "ArrowRight", "End");
  const last = chips.getByRole("option").last();
  await expect(last).toHaveAttribute("aria-selected", "true");
  await expect(ids.locator(".token-told")).toHaveText("[12] id 46 '.'");
  await ids.getByRole("button", { name: "ids", exact: true }).press("Enter");
  await expect(last.locator(".token-id")).toHaveText("46");
  await expectAccessible(page, ".side");
});

test("a module shows its parameters, a tied one once", async ({ page }) => {
  await openTour(page, stepsOf(tour, "network[2].weight = network[0].weight")[0]);
  const network = variable(page, "network");
  await expect(network.locator(".value-head")).toContainText("16,448 parameters");
  const rows = network.locator(".parameters tbody tr");
  await expect(rows).toHaveCount(4);
  await expect(rows.first()).toContainText("[512, 32]16,384");
  await expect(rows.last()).toContainText("tied to 0.weight");
  await expectAccessible(page, ".side");
});

test("what changed is marked inside a value", async ({ page }) => {
  await openTour(page, stepsOf(tour, 'config["model"]["width"] = 64')[0]);
  const config = variable(page, "config");
  await expect(config).toHaveAttribute("data-changed");
  const changed = config.locator(".value-entry[data-change=changed]");
  await expect(changed).toHaveCount(1);
  await expect(changed.locator("mark")).toHaveText("64");
  await expectAccessible(page, ".side");
});
