import { expect, type Page } from "@playwright/test";
import { open, openTour, realTour, stepsOf, test, themes, TRACE, variable } from "./lecture";

/**
 * A few places where the layout matters, compared with pictures of how they should look. The pictures were taken in Debian's
 * Chromium with the fonts of `fonts-dejavu-core`, which `scripts/chromium.sh` installs. After an intended change:
 * `npx playwright test pictures --update-snapshots`, and look at what came out. Another browser, or other fonts, draw other
 * letters: there is nothing to compare there.
 */
const MADE_WITH = { version: "156", fonts: ["DejaVu Serif", "DejaVu Sans", "DejaVu Sans Mono"] };

const tour = realTour();

const sizes = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

/** Edges of letters differ a little from one machine to another; a line that moved differs by far more. */
const tolerance = { maxDiffPixelRatio: 0.01, threshold: 0.25, animations: "disabled" } as const;

const places: Record<string, (page: Page) => Promise<unknown>> = {
  "the top of a lecture": (page) => open(page, `?trace=${TRACE}`),
  "a heat map": async (page) => {
    await openTour(page, stepsOf(tour, "weights = scores.softmax")[0]);
    const shown = page.viewportSize()!.width > 900;
    if (!shown) await page.getByRole("button", { name: "Show the values" }).tap();
    await expect(variable(page, "weights").locator("canvas").first()).toBeVisible();
  },
};

const COURSE = {
  title: "Language modeling from scratch",
  description: "Every lecture is a program that builds what it explains.",
  lectures: ["From text to tokens", "Where memory and FLOPs go"].map((title, at) => ({
    id: `lecture_0${at + 1}`,
    order: at + 1,
    title,
    summary: "Characters, bytes, words and byte-pair encoding, trained step by step and then on a book of 1730.",
    needs: { gpu: at, ranks: 1, seconds: 90 },
    command: `python execute.py -m lecture_0${at + 1}`,
  })),
};

/** Whether a font is there: text in it is as wide whatever stands behind it in the list. */
const has = (page: Page, font: string) =>
  page.evaluate((name) => {
    const pen = document.createElement("canvas").getContext("2d")!;
    const widths = ["serif", "monospace"].map((other) => {
      pen.font = `40px "${name}", ${other}`;
      return pen.measureText("Executable lectures, wide and narrow: il WM").width;
    });
    return widths[0] === widths[1];
  }, font);

for (const [size, use] of Object.entries(sizes)) {
  test.describe(`on a ${size}`, () => {
    test.use(use);
    test.beforeEach(async ({ browser, page }) => {
      const fonts = await Promise.all(MADE_WITH.fonts.map((font) => has(page, font)));
      const same = browser.version().startsWith(`${MADE_WITH.version}.`) && fonts.every(Boolean);
      test.skip(!same, `the pictures are those of Chromium ${MADE_WITH.version} with the DejaVu fonts`);
    });
    for (const theme of themes) {
      for (const [name, go] of Object.entries(places)) {
        test(`${name}, ${theme}`, async ({ page }) => {
          await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
          await page.route("**/api/sources/**", (route) => route.abort()); // whether a file was edited since is no matter here
          await go(page);
          await page.waitForLoadState("networkidle");
          await page.mouse.move(0, 0);
          await expect(page).toHaveScreenshot(`${name}-${size}-${theme}.png`.replaceAll(/[ ,]+/g, "-"), tolerance);
        });
      }

      test(`the start page, ${theme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
        await page.route("**/api/traces", (route) =>
          route.fulfill({
            json: [
              ["lecture_01", "Lecture 1: From text to tokens", 740],
              ["draft", "A draft", 374],
            ].map(([name, title, steps]) => ({
              name,
              title,
              steps,
              url: `var/traces/${name}.json`,
              seconds: 5.9,
              bytes: 362_874,
              outcome: { status: "finished", message: "" },
              modified: "2001-01-01T12:00:00Z",
            })),
          }),
        );
        await page.route("**/api/course", (route) => route.fulfill({ json: { course: COURSE, problem: null } }));
        await open(page, "");
        await expect(page.getByRole("link")).toHaveCount(2);
        await expect(page).toHaveScreenshot(`start-${size}-${theme}.png`, tolerance);
      });
    }
  });
}
