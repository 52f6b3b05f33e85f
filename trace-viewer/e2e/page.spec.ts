import { expect } from "@playwright/test";
import { commands } from "../src/commands/registry";
import {
  currentLine,
  expectAccessible,
  expectNoSidewaysScroll,
  open,
  realLecture,
  test,
  themes,
  TRACE,
} from "./lecture";

const lecture = realLecture();

test("the page reads as a document", async ({ page }) => {
  await open(page);
  await expect(page).toHaveTitle(lecture.title);
  await expect(page.getByRole("article").getByRole("heading", { level: 1, name: lecture.title })).toBeVisible();
  await expect(page.locator(".page:not([hidden])")).not.toContainText("def main()");
  await expect(page.locator(".page .source").filter({ hasText: "@inspect" })).toHaveCount(0);
  await expect(page.locator(".page .source").filter({ hasText: /^\s*text\(/ })).toHaveCount(0);
  await page.keyboard.press("r");
  await expect(page.locator(".page .source").filter({ hasText: "def main()" })).toHaveCount(1);
  await expect(page.locator(".page .source").filter({ hasText: "@inspect" }).first()).toBeAttached();
});

test("a table shows its numbers without being pointed at", async ({ page }) => {
  await open(page);
  const numbers = page.locator(".output-table td.number");
  test.skip((await numbers.count()) === 0, "the lecture has no table with numbers");
  await expect(numbers.first()).toHaveCSS("opacity", "1");
});

test("a page scrolled by other means than hands stays where it was put", async ({ page }) => {
  await open(page);
  const down = await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let put = 0;
    for (let turn = 0; turn < 20; turn++) {
      window.scrollBy({ top: 700, behavior: "instant" });
      put = window.scrollY;
      await frame();
      await frame();
    }
    return [put, window.scrollY];
  });
  expect(down[0]).toBeGreaterThan(3000);
  expect(Math.abs(down[1] - down[0])).toBeLessThan(700);
  await page.keyboard.press("ArrowRight");
  await expect(currentLine(page)).toBeInViewport();
});

test("a look at a source marks its line, and leads back to where it was read", async ({ page }) => {
  await open(page);
  const link = page.locator(".page:not([hidden]) .source-link").last();
  test.skip((await link.count()) === 0, "the lecture links to no source");
  await link.scrollIntoViewIfNeeded();
  await link.click();
  await expect(page.locator(".page:not([hidden]) .row[data-mark=looked]")).toBeInViewport();
  await page.keyboard.press("Escape");
  await expect(page.locator("[data-mark=looked]")).toHaveCount(0);
  await expect(link).toBeInViewport();
});

test("notes are shown only when asked for", async ({ page }) => {
  const note = lecture.trace.outputs.find((output) => output.kind === "note");
  test.skip(note === undefined, "the lecture has no notes");
  await open(page);
  const words = (note?.kind === "note" ? note.text : "").slice(0, 20);
  await expect(page.getByText(words)).toHaveCount(0);
  await page.keyboard.press("n");
  await expect(page.getByText(words).first()).toBeVisible();
});

test("with reveal as you go, outputs wait until they are reached", async ({ page }) => {
  await open(page);
  await page.keyboard.press("a");
  await expect(page.locator(".outputs").first()).toBeVisible();
  await expect(page.locator(".outputs[data-waiting]").first()).toBeHidden();
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  await page.keyboard.press("a");
  await expect(page.locator(".outputs[data-waiting]")).toHaveCount(0);
});

test("help lists every command, and its lines do what they say", async ({ page }) => {
  await open(page);
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  for (const { label } of commands)
    await expect(dialog.locator(".help-label", { hasText: label }).first()).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".status")).toContainText("1 /");
  await page.locator("[data-command=help]").click();
  await dialog.getByText("Step forward").click();
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".status")).toContainText("2 /");
});

test("contents lead to a heading and to a file", async ({ page }) => {
  const heading = lecture.headings.at(-1)!;
  await open(page);
  await page.keyboard.press("g");
  await page.getByRole("combobox").fill(heading.text.slice(0, 12));
  await page.getByRole("option", { name: heading.text }).first().click();
  await expect(page).toHaveURL(new RegExp(`step=${heading.step}`));
  await expect(currentLine(page)).toBeInViewport();
  const other = lecture.trace.files.find((_, index) => index !== lecture.trace.entry)!.path;
  await page.keyboard.press("g");
  await page.getByRole("combobox").fill(other);
  await page.getByRole("option", { name: other }).last().click();
  await expect(page.locator(".page:not([hidden])")).toHaveAttribute("aria-label", other);
  await page.keyboard.press("Escape");
  await expect(currentLine(page)).toBeInViewport();
});

test("what ran is told", async ({ page }) => {
  await open(page);
  await page.keyboard.press("i");
  await expect(page.getByRole("dialog")).toContainText(lecture.trace.provenance.python);
  await page.keyboard.press("i");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("the theme stays chosen", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.keyboard.press("t");
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  expect(await ground()).toBe(dark);
});

test("the start page lists the lecture and opens it", async ({ page }) => {
  await open(page, "");
  await page.getByRole("link", { name: new RegExp(lecture.trace.summary.title) }).click();
  await expect(page).toHaveURL(/trace=var\/traces\/lecture_01/);
  await expect(currentLine(page)).toBeVisible();
  await page.getByRole("link", { name: "All lectures" }).click();
  await expect(page).toHaveURL(/\/$/);
});

for (const theme of themes) {
  test(`nothing stands in the way of anyone, ${theme}`, async ({ page }) => {
    const step = Math.floor(lecture.positions.entry.length / 4);
    await open(page, `?trace=${TRACE}&step=${step}`);
    await currentLine(page).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessible(page, "html", [theme]);
    await page.keyboard.press("?");
    await expectAccessible(page, "dialog", [theme]);
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("everything is within reach and nothing is too wide", async ({ page }) => {
    const { positions, trace } = lecture;
    const away = Array.from(positions.step).findIndex((step) => lecture.placeOf(step).file !== trace.entry);
    for (const step of [0, Math.floor(positions.entry.length / 2), positions.step[away], positions.entry.length - 1]) {
      await open(page, `?trace=${TRACE}&step=${step}`);
      await currentLine(page).waitFor();
      await expectNoSidewaysScroll(page);
      await expect(currentLine(page)).toBeInViewport();
    }
    for (const id of ["back", "forward", "over", "out"]) {
      const box = (await page.locator(`[data-command=${id}]`).boundingBox())!;
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
      expect(box.y + box.height).toBeLessThanOrEqual(844);
    }
  });

  test("the values open as a sheet", async ({ page }) => {
    await open(page);
    await page.locator("[data-command=forward]").tap();
    await expect(page.locator(".status")).toContainText("2 /");
    await page.getByRole("button", { name: "Show the values" }).tap();
    await expect(page.getByRole("region", { name: "Variables" })).toBeVisible();
    const sheet = (await page.locator(".side").boundingBox())!;
    const line = (await currentLine(page).boundingBox())!;
    expect(line.y + line.height).toBeLessThanOrEqual(sheet.y);
    await page.getByRole("button", { name: "Hide the values" }).tap();
    await expect(page.getByRole("region", { name: "Variables" })).toBeHidden();
  });
});

test("on paper there is the lecture alone", async ({ page }) => {
  await open(page);
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".controls")).toBeHidden();
  await expect(page.locator(".top")).toBeHidden();
  await expect(page.getByRole("article").getByRole("heading", { level: 1 }).first()).toBeVisible();
});
