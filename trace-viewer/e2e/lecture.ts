import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type Locator, type Page } from "@playwright/test";
import type { Lists } from "../src/format/column";
import { readTrace } from "../src/format/whole";
import { openLecture, type Lecture } from "../src/logic/lecture";
import type { Tensor, Trace } from "../src/format/generated";

export const TRACE = "var/traces/lecture_01.json";
export const TOUR = "var/traces/tour.json";
export const RANKS = "var/traces/lecture_07.json";

/** The real lecture, opened by the viewer's own logic: what the page must show is worked out from it. */
export function realLecture(): Lecture {
  return recorded(TRACE, "python execute.py -m lecture_01");
}

/** The real tour, recorded with its costs. */
export function realTour(): Lecture {
  const command = "python execute.py -m tour --costs";
  const lecture = recorded(TOUR, command);
  if (!lecture.trace.provenance.arguments.includes("--costs"))
    throw new Error(`${TOUR} was recorded without costs: run \`${command}\`.`);
  return lecture;
}

/** The real lecture of four ranks: all of them, and the process that started them. */
export function realRanks(): Lecture {
  return recorded(RANKS, "python execute.py -m lecture_07");
}

function recorded(trace: string, command: string): Lecture {
  const file = path.resolve(import.meta.dirname, "../..", trace);
  if (!existsSync(file)) throw new Error(`There is no ${trace}: run \`${command}\` first.`);
  return openLecture(readTrace(readFileSync(file, "utf8")));
}

/** The steps that executed the line of the lecture that has this code in it. */
export function stepsOf({ trace, placeOf }: Lecture, code: string): number[] {
  const lines = trace.files[trace.entry].text.split("\n");
  const steps = Array.from(trace.steps.statement, (_, step) => step).filter((step) => {
    const { file, line } = placeOf(step);
    return file === trace.entry && lines[line - 1].includes(code);
  });
  if (steps.length === 0) throw new Error(`No line that ran has ${code} in it.`);
  return steps;
}

/** The array that `name` was inspected to be by a step. */
export function tensorAt({ trace: { bindings, strings, values } }: Lecture, step: number, name: string): Tensor {
  const row = bindings.step.findIndex((of, at) => of === step && strings[bindings.name[at]] === name);
  const value = values[bindings.value[row]];
  if (typeof value !== "object" || value?.kind !== "tensor") throw new Error(`${name} is no array at step ${step}.`);
  return value;
}

/** A test that fails on any error in the page's console: the security policy reports its refusals there, too. */
export const test = base.extend<{ page: Page; quiet: void }>({
  quiet: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("Failed to load resource"))
          errors.push(message.text());
      });
      page.on("pageerror", (error) => errors.push(error.message));
      await use();
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

/** Open the viewer and wait until it listens to keys: one pressed before that is lost. */
export async function open(page: Page, query = `?trace=${TRACE}`): Promise<void> {
  await page.goto(`/${query}`);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
}

/** Open a trace that the server does not have. */
export async function openTrace(page: Page, trace: Lists<Trace> | string, query = ""): Promise<void> {
  const body = typeof trace === "string" ? trace : JSON.stringify(trace);
  await page.route("**/var/traces/made-up.json", (route) => route.fulfill({ contentType: "application/json", body }));
  await open(page, `?trace=var/traces/made-up.json${query}`);
}

/** Open the tour behind a step: with what it left. */
export async function openTour(page: Page, step: number): Promise<void> {
  await open(page, `?trace=${TOUR}&step=${step}&phase=out`);
}

/** A variable beside the lecture. */
export const variable = (page: Page, name: string) => page.locator(`.variables .variable[data-name="${name}"]`).first();

/** Press keys where the focus is put first. */
export async function pressOn(target: Locator, ...keys: string[]): Promise<void> {
  for (const key of keys) await target.press(key);
}

export const themes = ["light", "dark"] as const;

/**
 * What axe finds wrong with a part of the page: nothing; in another theme only contrasts are looked at again. Of long tables
 * the first rows stand for all.
 */
export async function expectAccessible(
  page: Page,
  part: string,
  inThemes: readonly (typeof themes)[number][] = themes,
) {
  await page.locator(part).first().waitFor(); // what opens may have to load first
  for (const [at, theme] of inThemes.entries()) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const axe = new AxeBuilder({ page }).include(part).exclude("tbody tr:nth-child(n + 6)");
    if (at > 0) axe.withRules("color-contrast");
    const { violations } = await axe.analyze();
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" "))]);
    expect(found, `in ${theme} colours`).toEqual([]);
  }
}

/** The line that is marked as current. */
export const currentLine = (page: Page) => page.locator(".page:not([hidden]) .row[aria-current=step]").first();

export async function expectLine(page: Page, line: number): Promise<void> {
  await expect(currentLine(page)).toHaveAttribute("data-line", String(line));
}

/** No part of the page is wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBeLessThanOrEqual(window);
}
