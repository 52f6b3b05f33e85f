import path from "node:path";
import { expect, test, type Page } from "@playwright/test";
import {
  open,
  openTrace,
  pressOn,
  RANKS,
  realLecture,
  realRanks,
  realTour,
  stepsOf,
  themes,
  TOUR,
  TRACE,
  variable,
} from "../e2e/lecture";
import { record } from "../e2e/recorded";
import { runOf } from "../src/logic/ranks";
import type { Settings } from "../src/state/settings";

const images = path.resolve(import.meta.dirname, "../../docs/images");
const tour = realTour();
const lecture = realLecture();
const kernels = record("kernels");
const rankOne = runOf(realRanks().trace).open(1);
const [forward] = stepsOf(tour, "mixed = rearrange(");

interface Picture {
  name: string;
  /** Of the tour, where it is not said. */
  trace?: string;
  /** A trace that no server has. */
  recorded?: string;
  /** Of a run of several ranks: whose step it is. */
  rank?: number;
  step: number;
  settings?: Partial<Settings>;
  /** Light alone, where it is not said. */
  both?: boolean;
  prepare?: (page: Page) => Promise<void>;
}

const pictures: Picture[] = [
  {
    name: "lecture_01",
    trace: TRACE,
    step: stepsOf(lecture, "counts[pair] = counts.get(pair, 0) + 1")[14],
    both: true,
    prepare: (page) => expect(page.locator(".page .plot canvas, .page .plot svg").first()).toBeVisible(),
  },
  { name: "tour", step: forward, settings: { costs: true, costMeasure: "flops" }, both: true, prepare: costsLoaded },
  {
    name: "viewer-lens",
    step: stepsOf(tour, "weights = scores.softmax")[0],
    prepare: async (page) => {
      const weights = variable(page, "weights");
      await pressOn(weights.getByRole("slider", { name: "Which head is shown" }), "ArrowRight");
      await pressOn(weights.getByRole("application"), "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight");
      await toTop(page, "scores");
    },
  },
  {
    name: "viewer-bits",
    step: stepsOf(tour, "gradient = torch.tensor")[0],
    prepare: async (page) => {
      const gradient = variable(page, "gradient");
      await gradient.getByRole("button", { name: "bits" }).press("Enter");
      await pressOn(gradient.getByRole("application"), "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
      await toTop(page, "gradient");
    },
  },
  {
    name: "viewer-sharing",
    step: stepsOf(tour, "column.fill_(-1)")[0],
    prepare: async (page) => {
      await variable(page, "transposed").locator("summary").click();
      await toTop(page, "transposed");
    },
  },
  {
    name: "viewer-loop",
    step: stepsOf(tour, "loss = nn.functional.mse_loss")[5],
    settings: { turns: true },
    prepare: (page) => expect(page.getByRole("region", { name: "Turns of the loop" })).toBeVisible(),
  },
  {
    name: "viewer-costs",
    step: forward,
    settings: { costs: true, costMeasure: "flops", variables: false },
    prepare: async (page) => {
      await costsLoaded(page);
      await page.getByRole("heading", { name: "Roofline" }).evaluate((heading) => heading.scrollIntoView());
    },
  },
  {
    name: "viewer-memory",
    step: stepsOf(tour, "            optimizer.step()").slice(-3)[0],
    settings: { memory: true, variables: false },
    prepare: (page) => expect(page.locator(".timeline svg")).toBeVisible(),
  },
  {
    name: "viewer-kernel",
    recorded: kernels.text,
    step: stepsOf(kernels.lecture, "tl.store(c_ptr")[7],
    settings: { variables: false },
    prepare: async (page) => {
      await page.getByRole("button", { name: "all so far" }).click();
      await expect(page.locator(".kernel-now")).toBeVisible();
    },
  },
  {
    name: "viewer-ranks",
    trace: RANKS,
    step: stepsOf(rankOne, "dist.all_reduce(total)")[0],
    rank: 1,
    settings: { variables: false },
    prepare: (page) => expect(page.locator(".ranks-operation")).toBeVisible(),
  },
  {
    name: "viewer-search",
    step: stepsOf(tour, "loss = nn.functional.mse_loss")[0],
    prepare: async (page) => {
      await page.keyboard.press("/");
      await page.getByRole("dialog").getByRole("combobox").fill("loss");
      await expect(page.getByRole("dialog")).toContainText("10 results");
    },
  },
  {
    name: "viewer-compare",
    step: stepsOf(tour, "loss = nn.functional.mse_loss")[2],
    prepare: async (page) => {
      await page.keyboard.press("d");
      const dialog = page.getByRole("dialog", { name: "Compare" });
      await dialog.getByPlaceholder("1–40").fill("30");
      await dialog.getByRole("button", { name: "Compare", exact: true }).click();
      await expect(page.getByRole("region", { name: "Comparison", exact: true })).toContainText("First other value");
    },
  },
  {
    name: "viewer-calls",
    trace: TRACE,
    step: stepsOf(lecture, "word = merge_pair(word, best")[0],
    settings: { calls: true },
    prepare: async (page) => {
      await page.keyboard.press("Enter");
      await expect(page.locator(".page .called")).toBeVisible();
    },
  },
];

async function costsLoaded(page: Page): Promise<void> {
  await expect(page.getByRole("region", { name: "Costs", exact: true })).toBeVisible();
  await expect(page.locator(".page .cost").first()).toBeVisible();
}

async function toTop(page: Page, name: string): Promise<void> {
  await variable(page, name).evaluate((row) => row.scrollIntoView({ behavior: "instant" }));
}

for (const { name, trace = TOUR, recorded, rank = -1, step, settings, both = false, prepare } of pictures) {
  for (const colorScheme of both ? themes : themes.slice(0, 1)) {
    test(`${name}, ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const chosen = JSON.stringify(settings ?? {});
      await page.addInitScript((text) => localStorage.setItem("executable-lectures.settings", text), chosen);
      await page.route("**/api/sources/**", (route) => route.abort()); // whether files were edited since is no matter here
      const place = `${rank < 0 ? "" : `&rank=${rank}`}&step=${step}&phase=out`;
      if (recorded) await openTrace(page, recorded, place);
      else await open(page, `?trace=${trace}${place}`);
      await page.waitForLoadState("networkidle");
      await prepare?.(page);
      await page.mouse.move(0, 0);
      await page.screenshot({ path: path.join(images, `${name}${colorScheme === "dark" ? "-dark" : ""}.png`) });
    });
  }
}

test("viewer-start", async ({ page }) => {
  await page.setViewportSize({ width: 1100, height: 900 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const search = `?trace=${TRACE}&step=${stepsOf(lecture, "counts[pair] = counts.get(pair, 0) + 1")[14]}`;
  await open(page, search);
  await page.route("**/api/traces", async (route) => {
    const traces: object[] = await (await route.fetch()).json();
    await route.fulfill({ json: traces.map((trace) => ({ ...trace, changed: false })) }); // nor does it here
  });
  await page.getByRole("link", { name: "All lectures" }).click();
  await expect(page.getByRole("link", { name: /Go on where you were/ })).toBeVisible();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.join(images, "viewer-start.png"), fullPage: true });
});
