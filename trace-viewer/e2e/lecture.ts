import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test as base, type Page } from "@playwright/test";
import { readTrace } from "../src/format/load";
import { openLecture, type Lecture } from "../src/logic/lecture";
import type { Trace } from "../src/format/generated";

export const TRACE = "var/traces/lecture_01.json";

const file = path.resolve(import.meta.dirname, "../..", TRACE);

/** The real lecture, opened by the viewer's own logic: what the page must show is worked out from it. */
export function realLecture(): Lecture {
  if (!existsSync(file)) throw new Error(`There is no ${TRACE}: run \`python execute.py -m lecture_01\` first.`);
  return openLecture(readTrace(readFileSync(file, "utf8")));
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
export async function openTrace(page: Page, trace: Trace | string, query = ""): Promise<void> {
  const body = typeof trace === "string" ? trace : JSON.stringify(trace);
  await page.route("**/var/traces/made-up.json", (route) => route.fulfill({ contentType: "application/json", body }));
  await open(page, `?trace=var/traces/made-up.json${query}`);
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
