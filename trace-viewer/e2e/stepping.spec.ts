import { expect } from "@playwright/test";
import * as moves from "../src/logic/moves";
import { hiddenStatements } from "../src/logic/document";
import { currentLine, expectLine, open, realLecture, test, TRACE } from "./lecture";

const lecture = realLecture();
const { positions, trace } = lecture;
const hidden = hiddenStatements(lecture, false, false);
const isHidden = (position: number) => hidden[trace.steps.statement[positions.step[position]]] === 1;
const lineAt = (position: number) => lecture.placeOf(positions.step[position]).line;
const next = (move: moves.Move, position: number) => moves.visible(move, isHidden)(lecture, position);

/** The first position on the way into a call. */
const firstCall = Array.from(positions.step).findIndex(
  (step, position) => positions.exit[step] > position + 3 && lecture.placeOf(step).file === trace.entry,
);

test("the keys step as the recording went", async ({ page }) => {
  await open(page);
  await expectLine(page, lineAt(0));
  let position = 0;
  const press = async (key: string, move: moves.Move) => {
    position = next(move, position);
    await page.keyboard.press(key);
    await expectLine(page, lineAt(position));
  };
  for (let i = 0; i < 12; i++) await press(i % 2 ? "ArrowRight" : "l", moves.forward);
  await press("ArrowLeft", moves.back);
  await press("h", moves.back);
  for (const key of ["ArrowDown", "j", "Shift+ArrowRight"]) await press(key, moves.over);
  for (const key of ["ArrowUp", "k", "Shift+ArrowLeft"]) await press(key, moves.overBack);
  await press("u", moves.out);
  await press("Shift+U", moves.outBack);
  await press("Space", moves.forward);
  await page.keyboard.press("End");
  await expectLine(page, lineAt(positions.count - 1));
  await page.keyboard.press("Home");
  await expectLine(page, lineAt(0));
});

test("the buttons do what the keys do", async ({ page }) => {
  await open(page, `?trace=${TRACE}&step=${positions.step[firstCall]}`);
  await expectLine(page, lineAt(firstCall));
  let position = firstCall;
  for (const [id, move] of [
    ["forward", moves.forward],
    ["forward", moves.forward],
    ["back", moves.back],
    ["out", moves.out],
    ["overBack", moves.overBack],
    ["over", moves.over],
    ["outBack", moves.outBack],
  ] as const) {
    const target = next(move, position);
    await page.locator(`[data-command=${id}]`).click();
    if (target >= 0) position = target;
    await expectLine(page, lineAt(position));
  }
});

test("a click on a line goes to the next time it runs, and b comes back", async ({ page }) => {
  await open(page);
  const step = positions.step[firstCall];
  const { line } = lecture.placeOf(step);
  await page.locator(`.page:not([hidden]) .row[data-line="${line}"] .source`).first().click();
  await expectLine(page, line);
  await page.keyboard.press("b");
  await expectLine(page, lineAt(0));
});

test("the scrubber goes anywhere, by hand and by keyboard", async ({ page }) => {
  await open(page);
  const slider = page.getByRole("slider", { name: "Position in the lecture" });
  const box = (await slider.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(slider).not.toHaveValue("0");
  const middle = Number(await slider.inputValue());
  expect(Math.abs(middle - positions.count / 2)).toBeLessThan(positions.count / 20);
  await expectLine(page, lineAt(middle));
  await slider.focus();
  await page.keyboard.press("End");
  await expectLine(page, lineAt(positions.count - 1));
  await expect(slider).toHaveAttribute("aria-valuetext", new RegExp(`^Step \\d+ of ${positions.count}`));
});

test("the address holds the place, and the back button leads back", async ({ page }) => {
  const step = Math.floor(positions.entry.length / 3);
  await open(page, `?trace=${TRACE}&step=${step}`);
  const there = lineAt(positions.entry[step]);
  await expectLine(page, there);
  await page.keyboard.press("End");
  await expect(page).toHaveURL(new RegExp(`step=${positions.step[positions.count - 1]}`));
  await page.goBack();
  await expectLine(page, there);
  await page.keyboard.press("ArrowRight");
  const after = next(moves.forward, positions.entry[step]);
  await expect(page).toHaveURL(new RegExp(`step=${positions.step[after]}(&|$)`));
  await page.reload();
  await expectLine(page, lineAt(after));
});

test("stepping into another file shows that file, and the stack leads back", async ({ page }) => {
  const away = Array.from(positions.step).findIndex((step) => lecture.placeOf(step).file !== trace.entry);
  expect(away).toBeGreaterThan(0);
  await open(page, `?trace=${TRACE}&step=${positions.step[away]}`);
  const { file, line } = lecture.placeOf(positions.step[away]);
  await expect(page.locator(".page:not([hidden])")).toHaveAttribute("aria-label", trace.files[file].path);
  await expectLine(page, line);
  await expect(currentLine(page)).toBeInViewport();
  await page.getByRole("navigation", { name: "Call stack" }).getByRole("button").first().click();
  await expect(page.locator(".page:not([hidden])")).toHaveAttribute("aria-label", trace.files[trace.entry].path);
  await expect(currentLine(page)).toBeInViewport();
});

test("the values beside the lecture are those of the step", async ({ page }) => {
  const { bindings } = trace;
  const row = bindings.role.findLastIndex(
    (role, i) => role === 0 && typeof trace.values[bindings.value[i]] === "number",
  );
  const name = trace.strings[bindings.name[row]];
  await open(page, `?trace=${TRACE}&step=${bindings.step[row]}&phase=out`);
  const variable = page.locator(`.variable[data-name="${name}"]`).first();
  await expect(variable).toContainText(String(trace.values[bindings.value[row]]));
  await expect(variable).toHaveAttribute("data-changed");
  await expect(variable).toBeInViewport();
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(`.variable[data-name="${name}"][data-changed]`)).toHaveCount(0);
});

test("the current line stays in view all the way down", async ({ page }) => {
  await open(page);
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("ArrowDown");
    await expect(currentLine(page)).toBeInViewport();
  }
});

test("s goes from heading to heading, and back", async ({ page }) => {
  await open(page);
  const slider = page.getByRole("slider", { name: "Position in the lecture" });
  const places = [...new Set(lecture.headings.map(({ position }) => position))]
    .filter((position) => position > 0 && !isHidden(position))
    .toSorted((a, b) => a - b)
    .slice(0, 6);
  for (const place of places) {
    await page.keyboard.press("s");
    await expect(slider).toHaveValue(String(place));
    await expect(currentLine(page)).toBeInViewport();
  }
  for (const place of places.toReversed().slice(1)) {
    await page.keyboard.press("Shift+S");
    await expect(slider).toHaveValue(String(place));
  }
});

test("the lecture plays by itself, faster and slower, until the reader does something", async ({ page }) => {
  await open(page, `?trace=${TRACE}&step=${positions.step[firstCall]}`);
  const slider = page.getByRole("slider", { name: "Position in the lecture" });
  const at = async () => Number(await slider.inputValue());
  const start = await at();
  for (let i = 0; i < 4; i++) await page.keyboard.press(">");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect.poll(at).toBeGreaterThan(start + 3);
  await page.keyboard.press("p");
  await expect(page.locator(".passing-message")).toHaveText("Paused.");
  const paused = await at();
  await page.waitForTimeout(400);
  expect(await at()).toBe(paused);
  await page.keyboard.press("p");
  await expect.poll(at).toBeGreaterThan(paused);
  await page.keyboard.press("Space"); // only pauses
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
});

test("the depth of calls and the parts of the lecture are drawn on the scrubber", async ({ page }) => {
  await open(page);
  await expect(page.locator(".depth path")).toHaveCount(4);
  const parts = lecture.headings.filter(({ level, position }) => level <= 2 && position > 0);
  await expect(page.locator(".scrubber-mark")).toHaveCount(parts.length);
  const slider = page.getByRole("slider", { name: "Position in the lecture" });
  const box = (await slider.boundingBox())!;
  const [part] = parts.slice(-3);
  const thumb = 14.4;
  const share = part.position / (positions.count - 1);
  await page.mouse.move(box.x + thumb / 2 + share * (box.width - thumb), box.y + box.height / 2);
  await expect(page.locator(".scrubber-tip")).toContainText(part.text);
});

test("dragged from end to end, the scrubber keeps up with the pointer", async ({ page }) => {
  await open(page);
  const slider = page.getByRole("slider", { name: "Position in the lecture" });
  const { x, y, width, height } = (await slider.boundingBox())!;
  await page.mouse.move(x + 8, y + height / 2);
  await page.mouse.down();
  for (let i = 1; i <= 20; i++) {
    await page.mouse.move(x + 8 + (i / 20) * (width - 16), y + height / 2);
    const wanted = (i / 20) * (positions.count - 1);
    expect(Math.abs(Number(await slider.inputValue()) - wanted)).toBeLessThan(positions.count / 50);
  }
  await page.mouse.up();
  await expect(currentLine(page)).toBeInViewport();
  await page.keyboard.press("b"); // a drag is one jump
  await expectLine(page, lineAt(0));
});

test("on a telephone, back and forward are large and within reach of a thumb, and the rest is there", async ({
  browser,
}) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await open(page, `?trace=${TRACE}&step=${positions.step[firstCall]}`);
  await expectLine(page, lineAt(firstCall));
  const sizes = new Map<string, { width: number; height: number }>();
  for (const id of ["back", "forward", "over", "overBack", "out", "play", "jumpBack"]) {
    const button = page.locator(`.controls [data-command=${id}]`);
    const box = (await button.boundingBox())!;
    expect([id, box.y > 844 - 130, box.x >= 0, box.x + box.width <= 390]).toEqual([id, true, true, true]);
    expect([id, box.width >= 40, box.height >= 40]).toEqual([id, true, true]);
    sizes.set(id, box);
  }
  for (const id of ["back", "forward"]) expect(sizes.get(id)!.width).toBeGreaterThan(1.4 * sizes.get("over")!.width);
  await page.locator(".controls [data-command=forward]").tap();
  await expectLine(page, lineAt(next(moves.forward, firstCall)));
  await page.locator(".controls [data-command=back]").tap();
  await expectLine(page, lineAt(firstCall));
  await context.close();
});
