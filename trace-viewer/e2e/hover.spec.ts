import { expect, type Page } from "@playwright/test";
import { expectAccessible, open, realTour, stepsOf, test, TOUR } from "./lecture";

const lecture = realTour();
const lineOf = (code: string) =>
  lecture.trace.files[lecture.trace.entry].text.split("\n").findIndex((line) => line.includes(code)) + 1;
const card = (page: Page) => page.locator(".hover-card");

/** Where a name stands on the page: the middle of its first letter, in the line that has this code in it. */
async function placeOf(page: Page, code: string, name: string, within = ".row"): Promise<{ x: number; y: number }> {
  const source = page.locator(`.page:not([hidden]) ${within} [data-source="${lineOf(code)}"]`).first();
  await source.evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
  return source.evaluate(
    (element, [code, name]) => {
      let column = element.textContent.indexOf(code) + code.indexOf(name);
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const { length } = text as Text;
        if (column < length) {
          const range = document.createRange();
          range.setStart(text, column);
          range.setEnd(text, column + 1);
          const { x, y, width, height } = range.getBoundingClientRect();
          return { x: x + width / 2, y: y + height / 2 };
        }
        column -= length;
      }
      throw new Error(`${name} is not in ${code}`);
    },
    [code, name] as const,
  );
}

async function pointAt(page: Page, code: string, name: string, within?: string): Promise<void> {
  const { x, y } = await placeOf(page, code, name, within);
  await page.mouse.move(x - 2, y);
  await page.mouse.move(x, y);
}

test.describe("a pointer that rests", () => {
  test("on a name is answered with its value, and where it comes from", async ({ page }) => {
    await open(page, `?trace=${TOUR}`);
    await page.keyboard.press("End");
    await pointAt(page, "moved = weights + update", "update");
    await expect(card(page)).toContainText("[4] bfloat16");
    await expect(card(page)).toContainText(`bound at line ${lineOf("update = torch.tensor")}`);
    await pointAt(page, "loss = nn.functional.mse_loss", "loss");
    await expect(card(page)).toContainText("float32");
    await page.keyboard.press("Escape");
    await expect(card(page)).toHaveCount(0);
  });

  test("on a call is answered with its arguments and its result, and leads into it", async ({ page }) => {
    await open(page, `?trace=${TOUR}`);
    await page.keyboard.press("End");
    await pointAt(page, "scores = attention_scores(x", "attention_scores");
    await expect(card(page)).toContainText("heads4");
    await expect(card(page)).toContainText(/returns.*query 12/);
    await card(page).getByRole("button", { name: "Step into it" }).click();
    await expect(page.locator(".callstack")).toContainText("attention_scores");
    await expect(card(page)).toHaveCount(0);
  });

  test("on the number of a line is answered with how often it ran and what that took", async ({ page }) => {
    await open(page, `?trace=${TOUR}`);
    await page.keyboard.press("End");
    const line = lineOf("loss = nn.functional.mse_loss");
    const row = page.locator(`.page:not([hidden]) [data-line="${line}"]`).first();
    await row.evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
    await row.locator(".number").hover();
    await row.locator(".number").hover({ position: { x: 12, y: 8 } });
    await expect(card(page)).toContainText(`Line ${line} ran 40 times`);
    await expect(card(page)).toContainText("FLOPs");
  });

  test("opens nothing while it moves on, and covers neither the line nor the current one", async ({ page }) => {
    await open(page, `?trace=${TOUR}`);
    await page.keyboard.press("End");
    await pointAt(page, "moved = weights + update", "weights");
    await expect(card(page)).toBeVisible();
    const box = (await card(page).boundingBox())!;
    const { y } = await placeOf(page, "moved = weights + update", "weights");
    expect(box.y + box.height < y || box.y > y).toBe(true);
    await page.mouse.move(700, 10);
    await expect(card(page)).toHaveCount(0);
  });

  test("in a call in place is answered with what that call saw", async ({ page }) => {
    const [step] = stepsOf(lecture, "numbers()");
    await open(page, `?trace=${TOUR}&step=${step}`);
    await page.keyboard.press("Enter");
    await pointAt(page, "moved = weights + update", "update", ".called-line");
    await expect(card(page)).toContainText("last runs in this call");
    await expect(card(page)).toContainText("[4] bfloat16");
    await card(page)
      .getByRole("button", { name: `line ${lineOf("update = torch.tensor")}` })
      .click();
    await expect(page.locator(".callstack")).toContainText("numbers");
  });

  test("a value that is not there yet says where it will be", async ({ page }) => {
    const line = lineOf("moved = weights + update");
    const step = Array.from(lecture.trace.steps.statement).findIndex(
      (statement) => lecture.trace.statements.line[statement] === line,
    );
    await open(page, `?trace=${TOUR}&step=${step}`);
    await page.keyboard.press("ArrowLeft");
    await pointAt(page, "moved = weights + update", "moved");
    await expect(card(page)).toContainText("when line");
  });
});

test("by the keyboard the names of the line are gone through, and the focus comes back", async ({ page }) => {
  const line = lineOf("scores = attention_scores(x");
  const step = Array.from(lecture.trace.steps.statement).findIndex(
    (statement) => lecture.trace.statements.line[statement] === line,
  );
  await open(page, `?trace=${TOUR}&step=${step}&phase=out`);
  const button = page.locator("[data-command=over]");
  await button.focus();
  await page.keyboard.press("v");
  await expect(card(page)).toBeFocused();
  const told = new Set<string>();
  for (let turn = 0; turn < 3; turn++) {
    told.add(await card(page).locator(".hover-title code").first().innerText());
    await page.keyboard.press("ArrowRight");
  }
  expect([...told]).toEqual(expect.arrayContaining(["scores", "attention_scores(…)", "x"]));
  await expectAccessible(page, ".hover-card");
  await page.keyboard.press("Escape");
  await expect(card(page)).toHaveCount(0);
  await expect(button).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("a tap on a name opens a sheet, and a tap beside it goes to the line", async ({ page }) => {
    await open(page, `?trace=${TOUR}`);
    const place = await placeOf(page, "moved = weights + update", "update");
    await page.touchscreen.tap(place.x, place.y);
    await expect(card(page)).toContainText("[4] bfloat16");
    const box = (await card(page).boundingBox())!;
    expect(box.width).toBeGreaterThan(380);
    await card(page).getByRole("button", { name: "Close" }).tap();
    await expect(card(page)).toHaveCount(0);
    await expect(page).toHaveURL(/tour\.json$/);
  });
});
