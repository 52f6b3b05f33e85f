import { AxeBuilder } from "@axe-core/playwright";
import { expect, type CDPSession, type Locator, type Page } from "@playwright/test";
import { currentLine, expectNoSidewaysScroll, open, realLecture, realTour, test, TOUR, TRACE } from "./lecture";

const lecture = realLecture();
const lectures = [
  ["lecture_01", lecture, `?trace=${TRACE}`],
  ["tour", realTour(), `?trace=${TOUR}`],
] as const;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const outline = (page: Page) => page.getByRole("navigation", { name: "Contents" });
const inOutline = (page: Page) => outline(page).locator("[aria-current=location]");
const position = async (page: Page) => Number.parseInt(await page.locator(".status .count").innerText(), 10);

test("running text has a measure", async ({ page }) => {
  await open(page);
  await page.waitForLoadState("networkidle");
  await expect.poll(() => page.locator(".page .markdown > p").count()).toBeGreaterThan(60);
  const lengths = await page.locator(".page .markdown > p").evaluateAll((paragraphs) =>
    paragraphs.flatMap((paragraph) => {
      const range = document.createRange();
      range.selectNodeContents(paragraph);
      const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom / 12))).size;
      const letters = paragraph.textContent.length;
      return letters > 250 ? [letters / lines] : [];
    }),
  );
  lengths.sort((a, b) => a - b);
  expect(lengths.length).toBeGreaterThan(10);
  const middle = lengths[lengths.length >> 1];
  expect(middle).toBeGreaterThan(55);
  expect(middle).toBeLessThan(76);
});

/** What has moved on the page since it was opened, as browsers count it: 0 is nothing. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries() as Shift[]) shifts.push(value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  return () =>
    page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0));
}

for (const [name, , query] of lectures) {
  for (const [size, viewport] of [
    ["desktop", { width: 1440, height: 900 }],
    ["phone", PHONE.viewport],
  ] as const) {
    test(`nothing jumps while ${name} is read on a ${size}`, async ({ page }) => {
      await page.setViewportSize(viewport);
      const shifted = await watchShifts(page);
      await open(page, query);
      await page.waitForLoadState("networkidle");
      const opened = await shifted();
      await page.evaluate(async () => {
        const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
        for (let y = 0; y < document.documentElement.scrollHeight - innerHeight; y += 400) {
          window.scrollTo({ top: y, behavior: "instant" });
          await pause(60);
        }
      });
      const scrolled = await shifted();
      console.log(`${name}, ${size}: ${opened.toFixed(4)} opened, ${(scrolled - opened).toFixed(4)} scrolled`);
      expect(scrolled).toBeLessThan(0.02);
    });
  }
}

test.describe("the contents beside the lecture", () => {
  const { headings, positions } = lecture;

  test("follow the steps", async ({ page }) => {
    await open(page);
    await expect(inOutline(page)).toHaveText(headings[0].text);
    for (const at of [3, 20, headings.length - 1]) {
      await open(page, `?trace=${TRACE}&step=${headings[at].step}&phase=out`);
      await expect(inOutline(page)).toHaveCount(1);
      await expect(inOutline(page)).toHaveText(headings[at].text);
      await expect(inOutline(page)).toBeInViewport();
    }
    await page.keyboard.press("Home");
    await expect(inOutline(page)).toHaveText(headings[0].text);
    expect(positions.count).toBeGreaterThan(headings.length);
  });

  test("follow the eyes of a reader who scrolls, and then their steps again", async ({ page }) => {
    await open(page);
    await page.getByRole("heading", { name: headings[4].text }).scrollIntoViewIfNeeded();
    await page.mouse.move(600, 400);
    await page.getByRole("heading", { name: headings[5].text, exact: true }).evaluate((heading) => {
      window.scrollBy({ top: heading.getBoundingClientRect().top - 150, behavior: "instant" });
    });
    await expect(inOutline(page)).toHaveText(headings[5].text);
    await page.keyboard.press("ArrowRight");
    await expect(currentLine(page)).toBeInViewport();
    await expect(inOutline(page)).toHaveText(headings[0].text);
  });

  test("lead to a section", async ({ page }) => {
    await open(page);
    const target = headings.findLast(({ level }) => level === 2)!;
    await outline(page).getByRole("button", { name: target.text, exact: true }).click();
    await expect(page).toHaveURL(/step=/);
    await expect(inOutline(page)).toHaveText(target.text);
    await expect(page.getByRole("article").getByRole("heading", { name: target.text, exact: true })).toBeInViewport();
  });

  test("go away when asked to, and where there is no room", async ({ page }) => {
    await open(page);
    await expect(outline(page)).toBeVisible();
    await page.keyboard.press("Shift+C");
    await expect(outline(page)).toHaveCount(0);
    await page.reload();
    await expect(currentLine(page)).toBeVisible();
    await expect(outline(page)).toHaveCount(0);
    await page.keyboard.press("Shift+C");
    await expect(outline(page)).toBeVisible();
    await page.setViewportSize({ width: 1024, height: 768 });
    await expect(outline(page)).toHaveCount(0);
    await page.keyboard.press("g");
    await expect(page.getByRole("dialog")).toContainText(headings[1].text);
  });
});

test.describe("more contrast", () => {
  const ink = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).color);

  test("is chosen, and stays", async ({ page }) => {
    await open(page);
    const before = await ink(page);
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByRole("switch", { name: "High contrast" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-contrast", "more");
    expect(await ink(page)).not.toBe(before);
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("data-contrast", "more");
  });

  test("is given to those whose system asks for it", async ({ page }) => {
    await page.emulateMedia({ contrast: "more" });
    await open(page);
    await expect(page.locator("html")).toHaveAttribute("data-contrast", "more");
    await page.emulateMedia({ contrast: "no-preference" });
    await expect(page.locator("html")).not.toHaveAttribute("data-contrast");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`reaches 7:1 wherever there is text, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ contrast: "more", colorScheme });
      await open(page, `?trace=${TOUR}&step=200`);
      await currentLine(page).waitFor();
      await page.waitForLoadState("networkidle");
      const axe = new AxeBuilder({ page }).withRules(["color-contrast", "color-contrast-enhanced"]);
      const { violations } = await axe.analyze();
      expect(violations.flatMap(({ nodes }) => nodes.map(({ target }) => target.join(" ")))).toEqual([]);
    });
  }

  test("of the reader's own palette leaves marks and buttons to be seen", async ({ page }) => {
    await page.emulateMedia({ forcedColors: "active" });
    await open(page, `?trace=${TOUR}&step=200`);
    await expect(currentLine(page)).toBeVisible();
    const marked = await currentLine(page).evaluate((row) => {
      const [bar, ground] = [getComputedStyle(row, "::before"), getComputedStyle(document.documentElement)];
      return [bar.backgroundColor, bar.forcedColorAdjust, ground.backgroundColor];
    });
    expect(marked[0]).not.toBe(marked[2]);
    expect(marked[1]).toBe("none");
    for (const button of await page.locator(".controls .button, .top .icon-button").all()) {
      const [edge, width] = await button.evaluate((each) => {
        const style = getComputedStyle(each);
        return [style.borderTopColor, style.borderTopWidth];
      });
      expect(edge).not.toBe(marked[2]);
      expect(width).not.toBe("0px");
    }
  });
});

test.describe("where there is little room", () => {
  for (const [what, size] of [
    ["a window of 1280 × 720 at 200 %", { width: 640, height: 360 }],
    ["a narrow telephone", { width: 320, height: 568 }],
    ["a telephone on its side", { width: 844, height: 390 }],
  ] as const) {
    test(`${what}: all of it is there, and the text has most of the room`, async ({ page }) => {
      await page.setViewportSize(size);
      for (const step of [0, 150, 400]) {
        await open(page, `?trace=${TRACE}&step=${step}`);
        await expect(currentLine(page)).toBeInViewport();
        await expectNoSidewaysScroll(page);
      }
      const taken = await page.evaluate(() => {
        const height = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().height ?? 0;
        const bar = document.querySelector<HTMLElement>(".top")!;
        return (
          height(".controls") + height(".side") + (getComputedStyle(bar).position === "sticky" ? height(".top") : 0)
        );
      });
      expect(taken / size.height).toBeLessThan(0.4);
      for (const id of ["back", "forward", "over", "out"]) {
        const box = (await page.locator(`[data-command=${id}]`).first().boundingBox())!;
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(size.width);
        expect(box.y + box.height).toBeLessThanOrEqual(size.height);
      }
      await page.keyboard.press("?");
      await expectNoSidewaysScroll(page);
      const dialog = page.getByRole("dialog");
      expect(await dialog.evaluate((each) => each.scrollWidth - each.clientWidth)).toBeLessThanOrEqual(0);
    });
  }

  test("letters of twice the size leave nothing out of reach", async ({ page }) => {
    await open(page);
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await page.keyboard.press("ArrowRight");
    await expect(currentLine(page)).toBeInViewport();
    await expectNoSidewaysScroll(page);
    await expect(page.locator("[data-command=forward]")).toBeInViewport({ ratio: 1 });
    await expect(page.locator(".top [data-command=help]")).toBeInViewport({ ratio: 1 });
  });
});

test.describe("on a phone", () => {
  test.use(PHONE);

  async function drag(touch: CDPSession, from: [number, number], to: [number, number]): Promise<void> {
    const send = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) =>
      touch.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    await send("touchStart", [{ x: from[0], y: from[1] }]);
    for (let part = 1; part <= 4; part++) {
      const along = (axis: 0 | 1) => from[axis] + ((to[axis] - from[axis]) * part) / 4;
      await send("touchMove", [{ x: along(0), y: along(1) }]);
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
    await send("touchEnd", []);
  }

  /** Where it stands once it has stood there for half a second: until then blocks above it are drawn, or the browser scrolls. */
  async function settledBox(target: Locator) {
    let [last, since] = ["", 0];
    await expect(async () => {
      await target.evaluate((each) => each.scrollIntoView({ block: "center", behavior: "instant" }));
      const box = JSON.stringify(await target.boundingBox());
      if (box !== last) [last, since] = [box, Date.now()];
      expect(Date.now() - since).toBeGreaterThan(500);
    }).toPass({ intervals: [100], timeout: 10_000 });
    return (await target.boundingBox())!;
  }

  test("a swipe steps, a drag scrolls", async ({ page }) => {
    await open(page);
    const touch = await page.context().newCDPSession(page);
    expect(await position(page)).toBe(1);
    await drag(touch, [330, 300], [60, 310]);
    await expect(page.locator(".status")).toContainText("2 /");
    await drag(touch, [330, 300], [60, 300]);
    await expect(page.locator(".status")).toContainText("3 /");
    await drag(touch, [60, 300], [330, 290]);
    await expect(page.locator(".status")).toContainText("2 /");
    const before = await page.evaluate(() => window.scrollY);
    await drag(touch, [200, 600], [215, 200]);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(before + 200);
    expect(await position(page)).toBe(2);
  });

  test("a swipe over what scrolls sideways scrolls that", async ({ page }) => {
    await open(page);
    const wide = page.locator(".page .wide").first();
    await wide.scrollIntoViewIfNeeded();
    await wide.evaluate((each) => each.scrollIntoView({ block: "center", behavior: "instant" }));
    expect(await wide.evaluate((each) => each.scrollWidth > each.clientWidth)).toBe(true);
    const { x, y, width, height } = await settledBox(wide);
    const touch = await page.context().newCDPSession(page);
    await drag(touch, [x + width - 30, y + height / 2], [x + 30, y + height / 2]);
    await expect.poll(() => wide.evaluate((each) => each.scrollLeft)).toBeGreaterThan(50);
    expect(await position(page)).toBe(1);
  });

  for (const [name, { positions }, query] of lectures) {
    test(`no place of ${name}, a few steps apart, is wider than the screen, and its line is never covered`, async ({
      page,
    }) => {
      test.setTimeout(180_000);
      await open(page, query);
      await page.getByRole("button", { name: "Show the values" }).tap();
      // In one go: a call for every press would take minutes.
      const trouble = await page.evaluate(async (count) => {
        const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
        const look = () => {
          const { scrollWidth, clientWidth } = document.documentElement;
          const line = document.querySelector(".page:not([hidden]) [aria-current=step]")!.getBoundingClientRect();
          const sheet = document.querySelector(".side")?.getBoundingClientRect().top ?? innerHeight;
          return [scrollWidth > clientWidth && "wide", (line.top >= sheet - 8 || line.bottom < 0) && "covered"];
        };
        const found: unknown[] = [];
        for (let at = 0; at < count; at += 4) {
          await later(20);
          if (look().some(Boolean)) await later(400); // what has just come into view may still be drawn
          const now = look();
          if (now.some(Boolean)) found.push([at, ...now]);
          for (let press = 0; press < 4; press++) {
            window.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
            await later(0);
          }
        }
        return found;
      }, positions.count);
      const last = Math.min(4 * Math.ceil(positions.count / 4), positions.count - 1);
      await expect(page.locator(".status .count")).toContainText(`${last + 1} /`);
      expect(trouble).toEqual([]);
    });
  }

  test("everything pressed is large enough for a finger", async ({ page }) => {
    await open(page, `?trace=${TOUR}&step=200`);
    await expect(currentLine(page)).toBeVisible();
    const small = await page
      .locator(".top :is(a, button), .controls button, .side-handle, .side-tabs button")
      .evaluateAll((all) =>
        all
          .filter((each) => each.checkVisibility() && !each.closest(".callstack"))
          .map((each) => [each.getAttribute("aria-label"), each.getBoundingClientRect()] as const)
          .filter(([, { width, height }]) => Math.min(width, height) < 40)
          .map(([label, { width, height }]) => [label, width, height]),
      );
    expect(small).toEqual([]);
  });
});

test.describe("on paper", () => {
  test("the whole lecture is there", async ({ page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: "dark" });
    const { positions, trace, placeOf } = lecture;
    const half = Array.from(positions.step).find((step) => step > 200 && placeOf(step).file === trace.entry)!;
    await open(page, `?trace=${TRACE}&step=${half}`);
    await currentLine(page).waitFor();
    const words = await page
      .locator(".page .markdown > p")
      .evaluateAll((all) =>
        all.filter((each) => !each.querySelector(".katex")).map(({ textContent }) => textContent.slice(0, 30)),
      );
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>(".page .plot")].every(({ dataset }) => dataset.drawn === "paper"),
    );
    const { text, colors, marked } = await page.locator(".page:not([hidden])").evaluate((article) => ({
      text: (article as HTMLElement).innerText,
      colors: [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(article).color],
      marked: article.querySelectorAll("[aria-current]").length,
    }));
    expect(words.length).toBeGreaterThan(30);
    for (const heading of lecture.headings) expect(text).toContain(heading.text);
    for (const paragraph of words) expect(text.replaceAll("\n", " ")).toContain(paragraph.replaceAll("\n", " ").trim());
    expect(colors[0]).toBe("rgb(255, 255, 255)");
    expect(marked).toBe(0);
    expect(
      await page
        .locator(".page img")
        .evaluateAll((all) => all.every((each) => each.getBoundingClientRect().right <= innerWidth)),
    ).toBe(true);

    const pdf = await page.pdf({ format: "A4", tagged: true, outline: true });
    const raw = pdf.toString("latin1");
    expect(raw).toContain("/StructTreeRoot");
    expect(raw.match(/\/Type \/Page\b(?!s)/g)!.length).toBeGreaterThan(10);
    const titles = [...raw.matchAll(/\/Title \((.*?)(?<!\\)\)/g)].map(([, title]) => title.replace(/\\(.)/g, "$1"));
    for (const { text: title } of lecture.headings.filter(({ text: words }) => /^[\x20-\x7e]*$/.test(words)))
      expect(titles).toContain(title);
  });

  test("a reader in another file prints the lecture, and is back where they were", async ({ page }) => {
    const { positions, trace, placeOf } = lecture;
    const away = Array.from(positions.step).find((step) => placeOf(step).file !== trace.entry)!;
    await open(page, `?trace=${TRACE}&step=${away}`);
    const here = await page.locator(".page:not([hidden])").getAttribute("aria-label");
    await page.emulateMedia({ media: "print" });
    await expect(page.locator(".page:not([hidden])")).toHaveAttribute("aria-label", trace.files[trace.entry].path);
    await page.emulateMedia({ media: "screen" });
    await expect(page.locator(".page:not([hidden])")).toHaveAttribute("aria-label", here!);
    await expect(currentLine(page)).toBeVisible();
  });

  test("its command waits for all plots and pictures", async ({ page }) => {
    await page.addInitScript(() => {
      window.print = () => {
        const plots = [...document.querySelectorAll<HTMLElement>(".page .plot")];
        const pictures = [...document.querySelectorAll<HTMLImageElement>(".page img")];
        document.documentElement.dataset.printed = String(
          plots.length > 0 &&
            plots.every(({ dataset }) => dataset.drawn === "paper") &&
            pictures.every(({ complete, naturalWidth }) => complete && naturalWidth > 0),
        );
        window.dispatchEvent(new Event("afterprint"));
      };
    });
    await open(page);
    await page.keyboard.press("Control+p");
    await expect(page.locator("html")).toHaveAttribute("data-printed", "true");
    await expect(currentLine(page)).toBeVisible();
  });
});

test.describe("by keyboard and ear", () => {
  const said = (page: Page) => page.locator("p[aria-live=polite]").last();

  test("the first stop leads to the lecture", async ({ page }) => {
    await open(page);
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "Skip to the lecture" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("main")).toBeFocused();
    await page.keyboard.press("ArrowRight");
    await expect(page.locator(".status")).toContainText("2 /");
  });

  test("a step is told once it stays: the line, its code, what it changed", async ({ page }) => {
    const { bindings, strings } = lecture.trace;
    const step = bindings.step[0];
    const name = strings[bindings.name[0]];
    await open(page, `?trace=${TRACE}&step=${step}&phase=out`);
    await expect(said(page)).toContainText(/^Line \d+/);
    await expect(said(page)).toContainText(name);
    const heard = await page.evaluate(async () => {
      const live = document.querySelector("p[aria-live=polite]:last-of-type")!;
      const words: string[] = [];
      new MutationObserver(() => words.push(live.textContent)).observe(live, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      for (let press = 0; press < 12; press++) {
        window.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await new Promise((resolve) => setTimeout(resolve, 700));
      return words;
    });
    expect(heard.length).toBe(1);
    expect(heard[0].length).toBeLessThan(500);
  });

  test("words are told in place of the code that shows them, and what a key switches on or off", async ({ page }) => {
    await open(page, `?trace=${TOUR}`);
    await page.keyboard.press("ArrowRight");
    await expect(said(page)).toHaveText(/^Line \d+: This lecture shows what a recorded run lets you see\./);
    await page.keyboard.press("e");
    await expect(said(page)).toHaveText("Variables: off");
    await page.keyboard.press("e");
    await expect(said(page)).toHaveText("Variables: on");
  });

  test("the focus is kept when what had it goes away", async ({ page }) => {
    const { positions, trace, placeOf } = lecture;
    const away = Array.from(positions.step).find((step) => placeOf(step).file !== trace.entry)!;
    await open(page, `?trace=${TRACE}&step=${away}`);
    await page.getByRole("navigation", { name: "Call stack" }).getByRole("button").last().focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true);
    for (const key of ["?", "g", "i"]) {
      await page.locator(".top [data-command=contents]").focus();
      await page.keyboard.press(key);
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await page.evaluate(() => document.activeElement?.closest("dialog") !== null)).toBe(true);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await expect(page.locator(".top [data-command=contents]")).toBeFocused();
    }
  });
});
