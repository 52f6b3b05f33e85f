import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import { readTrace } from "../src/format/whole";
import { openLecture, type Lecture } from "../src/logic/lecture";
import { expectAccessible, expectNoSidewaysScroll, open, stepsOf, test } from "./lecture";

const BEFORE = `"""Fits a line to points by gradient descent."""

import random

from tracer import text


def main() -> None:
    text("# Fitting a line")
    points = make_points(8)  # @inspect points
    slope = 0.0  # @inspect slope
    for turn in range(6):  # @inspect turn
        loss, gradient = evaluate(points, slope)  # @inspect loss gradient
        slope -= 0.1 * gradient  # @inspect slope
    report(slope)


def make_points(count: int) -> list[tuple[float, float]]:
    random.seed(SEED)
    return [(i / count, 2 * i / count + random.gauss(0, 0.1)) for i in range(count)]


def evaluate(points: list[tuple[float, float]], slope: float) -> tuple[float, float]:
    loss = sum((slope * x - y) ** 2 for x, y in points) / len(points)  # @inspect loss
    gradient = sum(2 * x * (slope * x - y) for x, y in points) / len(points)
    return loss, gradient


def report(slope: float) -> None:
    text(f"The slope is **{slope:.3f}**.")


SEED = 1
`;

/** Another seed, two turns more, a line put in, and a function above the others. */
const AFTER = BEFORE.replace("SEED = 1", "SEED = 2")
  .replace("range(6)", "range(8)")
  .replace(
    "    report(slope)\n",
    "    report(slope)\n\n\ndef clip(slope: float) -> float:\n    return min(slope, 9.0)\n",
  )
  .replace("* gradient  # @inspect slope\n", "* gradient  # @inspect slope\n        slope = clip(slope)\n");

const root = path.resolve(import.meta.dirname, "../..");
const own = path.join(root, ".venv/bin/python");
const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");

let folder = "";
const texts = new Map<string, string>();
let before: Lecture;
let after: Lecture;

// The recording is made once, so all tests run in one worker.
test.describe.configure({ mode: "default" });

test.beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "compared-"));
  const record = (name: string, source: string) => {
    writeFileSync(path.join(folder, `${name}.py`), source);
    const command = ["execute.py", "-m", path.join(folder, `${name}.py`), "-o", folder, "--quiet"];
    execFileSync(python, command, { cwd: root, stdio: "pipe" });
    texts.set(name, readFileSync(path.join(folder, `${name}.json`), "utf8"));
    return openLecture(readTrace(texts.get(name)!));
  };
  before = record("fit_before", BEFORE);
  after = record("fit_after", AFTER);
});

test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The recorded pair is served beside the traces that there are. */
test.beforeEach(async ({ page }) => {
  for (const [name, body] of texts) {
    await page.route(`**/var/traces/${name}.json`, (route) => route.fulfill({ contentType: "application/json", body }));
  }
  await page.route("**/api/traces", async (route) => {
    const response = await route.fetch();
    const listed = [...texts.keys()].map((name) => ({ name, title: "Fitting a line", url: `var/traces/${name}.json` }));
    await route.fulfill({ response, json: [...((await response.json()) as object[]), ...listed] });
  });
});

const A = "var/traces/fit_before.json";
const B = "var/traces/fit_after.json";

const comparison = (page: Page) => page.getByRole("region", { name: "Comparison", exact: true });
const here = (page: Page, side: "a" | "b") => comparison(page).locator(`.source-row[data-here~="${side}"]`);
const pair = (page: Page, name: string) =>
  comparison(page)
    .locator(".compare-values")
    .getByRole("row", { name: new RegExp(`^${name} `) })
    .first();

const lineIn = (source: string, code: string) => source.split("\n").findIndex((line) => line.includes(code)) + 1;

test("another trace is chosen, the address holds it, and a reload restores it", async ({ page }) => {
  await open(page, `?trace=${A}`);
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "Compare" });
  await dialog.getByRole("button", { name: /^fit_after/ }).click();
  await expect(dialog).toHaveCount(0);
  await expect(comparison(page)).toBeVisible();
  await expect(page).toHaveURL(/[?&]with=var\/traces\/fit_after\.json/);
  await page.reload();
  await expect(comparison(page).getByText("fit_after", { exact: true }).first()).toBeVisible();
  await expect(comparison(page)).toContainText("source fit_before.py / edited");
  await page.keyboard.press("Escape");
  await expect(comparison(page)).toHaveCount(0);
  await expect(page).not.toHaveURL(/with=/);
  await expect(page.locator("article.page").first()).toBeVisible();
});

test("the first other value and the first other path are found, and gone to", async ({ page }) => {
  await open(page, `?trace=${A}&with=${B}`);
  await comparison(page)
    .getByRole("button", { name: /^First other value/ })
    .click();
  const [returned] = stepsOf(before, "    return [(i / count");
  await expect(page).toHaveURL(new RegExp(`step=${returned}&`));
  await expect(here(page, "a")).toHaveAttribute("data-a", String(lineIn(BEFORE, "return [(i / count")));
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(AFTER, "return [(i / count")));
  await comparison(page)
    .getByRole("button", { name: /^First other path/ })
    .click();
  await expect(here(page, "a")).toHaveAttribute("data-a", String(lineIn(BEFORE, "slope -=")));
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(AFTER, "slope -=")));
});

test("a step moves both, and values, differences and costs stand beside each other", async ({ page }) => {
  const [step] = stepsOf(before, "slope -=").slice(2);
  const [other] = stepsOf(after, "slope -=").slice(2);
  await open(page, `?trace=${A}&step=${step}&with=${B}`);
  const slopeOf = (lecture: Lecture, at: number) => {
    const { trace, positions, bindings } = lecture;
    const found = bindings.variables(trace.steps.call[at], positions.exit[at]).find(({ name }) => name === "slope")!;
    return trace.values[found.value] as number;
  };
  const [x, y] = [slopeOf(before, step), slopeOf(after, other)];
  await expect(pair(page, "slope")).toHaveAttribute("data-differs", "true");
  await expect(pair(page, "slope").getByRole("cell").first()).toHaveText(String(Number(x.toPrecision(6))));
  await expect(pair(page, "slope").getByRole("cell").last()).toContainText(y > x ? "+" : "−");
  await expect(pair(page, "turn")).not.toHaveAttribute("data-differs");
  const costs = comparison(page).getByRole("region", { name: "Costs of both" });
  await expect(costs.getByRole("row", { name: /^Steps/ })).toContainText(String(after.trace.steps.call.length));
  await page.keyboard.press("ArrowRight");
  await expect(here(page, "a")).toHaveAttribute("data-a", String(lineIn(BEFORE, "for turn")));
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(AFTER, "for turn")));
  await expect(pair(page, "turn").getByRole("cell").first()).toHaveText("3");
});

test("a line that one run does not have says so, and each side may move alone", async ({ page }) => {
  const [inserted] = stepsOf(after, "slope = clip(slope)");
  await open(page, `?trace=${B}&step=${inserted}&with=${A}`);
  await expect(comparison(page)).toContainText("no counterpart; last at line " + lineIn(BEFORE, "slope -="));
  const together = comparison(page).getByRole("button", { name: "Together" });
  await expect(together).toHaveAttribute("aria-pressed", "true");
  await comparison(page).getByRole("button", { name: "Step B forward" }).click();
  await expect(together).toHaveAttribute("aria-pressed", "false");
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(BEFORE, "for turn")));
  await page.keyboard.press("ArrowRight");
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(BEFORE, "for turn")));
  await expect(page).toHaveURL(/wstep=\d+/);
  await page.reload();
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(BEFORE, "for turn")));
  await expect(together).toHaveAttribute("aria-pressed", "false");
  await together.click();
  await expect(together).toHaveAttribute("aria-pressed", "true");
});

test("a turn of a loop is compared with another, and both go on by turns", async ({ page }) => {
  const steps = stepsOf(before, "loss, gradient = evaluate");
  await open(page, `?trace=${A}&step=${steps[1]}&phase=out`);
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "Compare" });
  await expect(dialog).toContainText("ran 6 times; this is turn 2");
  await dialog.getByLabel("turn").fill("5");
  await dialog.getByLabel("turn").press("Enter");
  await expect(pair(page, "turn").getByRole("cell").nth(0)).toHaveText("1");
  await expect(pair(page, "turn").getByRole("cell").nth(1)).toHaveText("4");
  await expect(page).toHaveURL(new RegExp(`with=.*&wstep=${steps[4]}&wphase=out`));
  await expect(comparison(page).getByText("The same path")).toBeVisible();
  await page.keyboard.press("]");
  await expect(pair(page, "turn").getByRole("cell").nth(0)).toHaveText("2");
  await expect(pair(page, "turn").getByRole("cell").nth(1)).toHaveText("5");
  await comparison(page).getByRole("button", { name: "Swap" }).click();
  await expect(pair(page, "turn").getByRole("cell").nth(0)).toHaveText("5");
  await expect(pair(page, "turn").getByRole("cell").nth(1)).toHaveText("2");
  await page.keyboard.press("[");
  await expect(pair(page, "turn").getByRole("cell").nth(1)).toHaveText("1");
  await page.keyboard.press("d");
  await expect(comparison(page)).toHaveCount(0);
});

test("the two are swapped, and still belong together", async ({ page }) => {
  const [step] = stepsOf(before, "report(slope)");
  await open(page, `?trace=${A}&step=${step}&with=${B}`);
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(AFTER, "report(slope)")));
  await comparison(page).getByRole("button", { name: "Swap" }).click();
  await expect(here(page, "a")).toHaveAttribute("data-a", String(lineIn(AFTER, "report(slope)")));
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(BEFORE, "report(slope)")));
  await expect(page).toHaveURL(/trace=var\/traces\/fit_after\.json.*with=var\/traces\/fit_before\.json/);
});

test("outputs stand side by side where they differ", async ({ page }) => {
  const [step] = stepsOf(before, 'text(f"The slope');
  await open(page, `?trace=${A}&step=${step}&with=${B}`);
  const outputs = comparison(page).getByRole("region", { name: "Outputs of both" });
  await expect(outputs).toContainText("Shown, and not alike");
  await expect(outputs.getByText(/^The slope is/)).toHaveCount(2);
});

test("a trace from a file is compared, and one that is none says why", async ({ page }) => {
  await open(page, `?trace=${A}`);
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "Compare" });
  const input = dialog.locator("input[type=file]");
  await input.setInputFiles({ name: "none.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await expect(dialog.getByRole("alert")).toContainText("Traces are made by");
  await input.setInputFiles({
    name: "mine.json",
    mimeType: "application/json",
    buffer: Buffer.from(texts.get("fit_after")!),
  });
  await expect(comparison(page).getByText("mine", { exact: true }).first()).toBeVisible();
  await expect(page).not.toHaveURL(/with=/);
});

test("a trace that does not open says so, and the comparison can be ended", async ({ page }) => {
  await open(page, `?trace=${A}&with=var/traces/nothing-here.json`);
  await expect(page.getByRole("alert")).toContainText("There is no such trace");
  await page.getByRole("button", { name: "End the comparison" }).click();
  await expect(page.locator("article.page").first()).toBeVisible();
});

test("on a phone one source at a time, values in pairs", async ({ page }) => {
  test.slow(); // axe reads all of the source
  await page.setViewportSize({ width: 390, height: 844 });
  const [step] = stepsOf(before, "slope -=").slice(1);
  await open(page, `?trace=${A}&step=${step}&with=${B}`);
  await expect(here(page, "a")).toHaveCount(1);
  await expect(here(page, "b")).toHaveCount(0);
  await page.getByRole("button", { name: "Source of B" }).click();
  await expect(here(page, "b")).toHaveAttribute("data-b", String(lineIn(AFTER, "slope -=")));
  await expect(here(page, "a")).toHaveCount(0);
  await expect(pair(page, "slope").getByRole("cell")).toHaveCount(3);
  await expectNoSidewaysScroll(page);
  await expectAccessible(page, ".compare");
});

test("axe finds nothing, side by side and in the choice", async ({ page }) => {
  test.slow();
  const [step] = stepsOf(before, "slope -=").slice(1);
  await open(page, `?trace=${A}&step=${step}&with=${B}`);
  await expect(comparison(page).getByRole("button", { name: /^First other value/ })).toBeVisible();
  await expectAccessible(page, ".compare");
  await comparison(page).getByRole("button", { name: "Another …" }).click();
  await expect(page.getByRole("dialog", { name: "Compare" }).getByText("of this lecture")).toBeVisible();
  await expectAccessible(page, "dialog");
});
