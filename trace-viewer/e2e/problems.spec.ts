import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "@playwright/test";
import { VERSION } from "../src/format/generated";
import { traceFromText } from "../src/logic/trace-from-text";
import { currentLine, expectLine, expectNoSidewaysScroll, open, openTrace, test, TRACE } from "./lecture";

test.describe("a trace that cannot be shown is told in a sentence", () => {
  const good = JSON.stringify(traceFromText("1 x=1\n2"));

  for (const [what, body, sentence] of [
    ["not JSON", "hello", "It is not JSON."],
    ["cut off", good.slice(0, good.length / 2), "It ends in the middle"],
    [
      "newer",
      good.replace(`"version":${VERSION}`, '"version":99'),
      `this viewer reads up to ${VERSION}. Update the viewer.`,
    ],
    ["something else", '{"a": [1, 2]}', "not the record of a lecture"],
    ["damaged", good.replace('"call":[0,0]', '"call":[0,9]'), "steps.call[1] is 9"],
    ["empty", "", "There is nothing in it."],
  ]) {
    test(what, async ({ page }) => {
      await openTrace(page, body);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("main")).toContainText(sentence);
      await page.getByRole("link", { name: "All lectures" }).click();
      await expect(page).toHaveURL(/\/$/);
    });
  }

  test("not there", async ({ page }) => {
    await open(page, "?trace=var/traces/lecture_99.json");
    await expect(page.getByRole("main")).toContainText("python execute.py -m lecture_99");
  });

  test("on another site", async ({ page }) => {
    let asked = false;
    await page.route("https://example.org/**", (route) => {
      asked = true;
      return route.abort();
    });
    await open(page, "?trace=https://example.org/t.json");
    await expect(page.getByRole("main")).toContainText("of its own address only");
    expect(asked).toBe(false);
  });
});

for (const [query, sentence] of [
  ["step=-5", "There is no step -5"],
  ["step=NaN", "no proper step"],
  ["step=1e9", "There is no step 1000000000"],
  ["step=1&file=/etc/passwd", "/etc/passwd is not part of this trace."],
]) {
  test(`an address with ${query} leads to the nearest place and says so`, async ({ page }) => {
    await open(page, `?trace=${TRACE}&${query}`);
    await expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
    await expect(currentLine(page)).toBeVisible();
  });
}

test("a failed run shows where and how it failed", async ({ page }) => {
  const trace = traceFromText("1 x=1\n2\n3 !");
  trace.notices = [{ message: "@inspect y: there is no y here", file: 0, line: 2, step: 1 }];
  await openTrace(page, trace);
  await expect(page.locator(".banner")).toContainText("failed: ValueError: boom");
  await expect(page.locator(".failure")).toContainText("ValueError: boom");
  await expect(page.locator(".notice")).toHaveText("@inspect y: there is no y here");
  await page.getByRole("button", { name: "Go there" }).click();
  await expectLine(page, 3);
  await expect(page.getByRole("region", { name: "Variables" })).toContainText("raises ValueError: boom");
});

test("a run that ended before its first step is a page, too", async ({ page }) => {
  const trace = traceFromText("");
  trace.summary.outcome = { status: "lost" };
  await openTrace(page, trace);
  await expect(page.locator(".banner")).toContainText("the process ended without a word");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("End");
  await expect(page.locator(".page:not([hidden])")).toContainText("line_2()");
});

test("a loop shows the words of its own turn", async ({ page }) => {
  const trace = traceFromText('1\n2 "first turn"\n1\n2 "second turn"');
  trace.files[0].text = "for i in range(2):\n    text(f'{i}')\n";
  await openTrace(page, trace);
  const words = page.locator(".outputs");
  await expect(words).toHaveText("first turn");
  await page.keyboard.press("End");
  await expect(words).toHaveText("second turn");
  await expect(page.locator(".status")).toContainText("turn 2 of 2");
  await page.keyboard.press("[");
  await expect(words).toHaveText("first turn");
});

test("a trace of edtrace opens", async ({ page }) => {
  const recorded = path.join(import.meta.dirname, "../src/format/import/fixtures/edtrace-0.1.20.json");
  await openTrace(page, readFileSync(recorded, "utf8"));
  await expect(page.getByRole("article").getByRole("heading", { name: "A small lecture" })).toBeVisible();
  await page.keyboard.press("End");
  await expect(page.locator("[data-name=x]")).toBeVisible();
});

test("hostile content stays content", async ({ page }) => {
  const attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
  const trace = traceFromText('1 x=1\n2 "words"\n3 y=2\n4');
  trace.files[0].path = attack;
  trace.files[0].text = `def main():\n    ${attack}\n    y = 2  # ${attack}\n    ${"wide".repeat(500)}`;
  trace.strings = trace.strings.map((text) => (text === "x" ? attack : text));
  trace.summary.title = attack;
  trace.values = [attack, { kind: "tensor", shape: "no" } as never];
  trace.outputs = [{ kind: "text", text: `${attack} [link](javascript:window.hacked=1) <iframe srcdoc="x"></iframe>` }];
  trace.notices = [{ message: attack, file: 0, line: 1, step: -1 }];
  await openTrace(page, trace);
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("i");
  await page.keyboard.press("Escape");
  await expect(currentLine(page)).toBeVisible();
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  await expect(page.locator("iframe, .lecture script, .lecture img[src=x], a[href^=javascript]")).toHaveCount(0);
  await expectNoSidewaysScroll(page);
});
