import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page, userEvent } from "vitest/browser";
import { LecturePage } from "../../app/LecturePage";
import { countedTrace } from "../../logic/counted-trace";
import { openLecture } from "../../logic/lecture";
import { setSettings, stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";

async function open() {
  store.setState({
    ...initialState(),
    settings: { ...defaults, variables: false },
    opened: { status: "ready", path: "var/traces/t.json", lecture: openLecture(countedTrace()) },
    position: 0,
  });
  return (await render(<LecturePage />)).container;
}

const cell = (root: Element, line: number) => root.querySelector<HTMLElement>(`[data-line="${line}"] > .cost`);
const figures = (root: Element) => [2, 3, 10, 11].map((line) => cell(root, line)?.textContent ?? "no cell").join(" | ");
const card = () => document.querySelector<HTMLElement>(".cost-card");

beforeEach(async () => {
  localStorage.clear();
  await page.viewport(1440, 900);
});

describe("the cost gutter", () => {
  it("says what each line cost, by what the reader weighs lines by", async () => {
    const root = await open();
    expect(root.querySelector(".cost")).toBeNull();
    setSettings({ costs: true });
    await expect.poll(() => figures(root)).toBe("200 ms | 1 ms | 192 ms | no cell");
    setSettings({ costCalls: false });
    await expect.poll(() => figures(root)).toBe("8 ms | 1 ms | 192 ms | no cell");
    setSettings({ costMeasure: "flops" });
    await expect.poll(() => figures(root)).toBe(" |  | 6 GFLOP | no cell");
    setSettings({ costMeasure: "memory" });
    await expect.poll(() => figures(root)).toBe(" |  | 8 KiB | no cell");
    expect(cell(root, 10)!.getAttribute("aria-label")).toBe("Line 10 cost at most 8 KiB");
    setSettings({ costs: false });
    await expect.poll(() => root.querySelector(".cost")).toBeNull();
  });

  it("is the warmer, the more a line cost", async () => {
    const root = await open();
    setSettings({ costs: true });
    await expect.poll(() => cell(root, 2)?.style.getPropertyValue("--share")).toBe("1.000");
    expect(Number(cell(root, 3)!.style.getPropertyValue("--share"))).toBeCloseTo(Math.sqrt(1 / 200), 3);
    const ground = (line: number) => getComputedStyle(cell(root, line)!).backgroundColor;
    expect(new Set([ground(2), ground(3), ground(10)]).size).toBe(3);
  });

  it("moves the lines by no more than its own width, and none of them down", async () => {
    const root = await open();
    const source = () => root.querySelector('[data-line="2"] .source')!.getBoundingClientRect();
    setSettings({ costs: true });
    await expect.poll(() => cell(root, 2)).not.toBeNull();
    const on = source();
    const width = parseFloat(
      getComputedStyle(root.querySelector(".lecture [data-line]")!).gridTemplateColumns.split(" ")[1],
    );
    store.setState({ settings: { ...store.getState().settings, costs: false, variables: true } }); // the panel stays
    await expect.poll(() => cell(root, 2)).toBeNull();
    expect(Math.abs(source().left - on.left)).toBeLessThanOrEqual(width);
    expect(source().top).toBe(on.top);
  });

  it("on a phone is a strip without figures, and a tap opens the card", async () => {
    await page.viewport(390, 844);
    const root = await open();
    setSettings({ costs: true });
    await expect.poll(() => cell(root, 2)).not.toBeNull();
    expect(getComputedStyle(cell(root, 2)!.querySelector("span")!).display).toBe("none");
    cell(root, 10)!.click();
    await expect.poll(() => card()?.textContent).toContain("Line 10 ran 2 times");
    const { left, right } = card()!.getBoundingClientRect();
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(390);
  });

  it("leaves the lines alone that a step does not touch", async () => {
    const root = await open();
    setSettings({ costs: true });
    await expect.poll(() => cell(root, 10)).not.toBeNull();
    let changes = 0;
    const observer = new MutationObserver((records) => (changes += records.length));
    const untouched = root.querySelector('[data-line="10"]')!;
    observer.observe(untouched, { attributes: true, childList: true, subtree: true, characterData: true });
    stepTo(1);
    await expect.poll(() => root.querySelector("[aria-current=step]")?.getAttribute("data-line")).toBe("2");
    expect(changes).toBe(0);
    observer.disconnect();
  });
});

describe("the card of a line", () => {
  const opened = async () => {
    const root = await open();
    setSettings({ costs: true });
    await expect.poll(() => cell(root, 10)).not.toBeNull();
    return root;
  };

  it("has the figures, with the formula and its sizes, and goes when the pointer does", async () => {
    const root = await opened();
    await userEvent.hover(cell(root, 10)!);
    await expect.poll(() => card()?.textContent).toContain("Line 10 ran 2 times");
    const text = card()!.textContent;
    expect(text).toContain("FLOPs forward2 GFLOP");
    expect(text).toContain("FLOPs backward4 GFLOP");
    expect(text).toContain("Bytes forward, unfused2 MiB");
    expect(text).toContain("2·M·N·K = 2·500·1000·1000 ×2");
    expect(text).toContain("Intensity954 FLOP/B");
    expect(text).toContain("Rate10.4 GFLOP/s");
    expect(text).toContain("of float32 peak21 %");
    expect(text).toContain("Peak memory8 KiB");
    expect(text).toContain("view ×2views, free");
    await userEvent.hover(root.querySelector(".top-title")!);
    await expect.poll(card).toBeNull();
  });

  it("says what a line cost itself and with what it called", async () => {
    const root = await opened();
    await userEvent.hover(cell(root, 2)!);
    await expect.poll(() => card()?.textContent).toContain("Line 2 ran 2 times");
    expect(card()!.textContent).toContain("Time8 ms200 ms");
    expect(card()!.textContent).toContain("FLOPs forward02 GFLOP");
  });

  it("opens for the keyboard at the current line, and Escape closes it", async () => {
    const root = await opened();
    stepTo(1);
    await expect.poll(() => cell(root, 2)!.tabIndex).toBe(0);
    expect(cell(root, 3)!.tabIndex).toBe(-1);
    await userEvent.keyboard("{Tab}"); // a key was pressed last: the focus is visible
    cell(root, 2)!.focus();
    await expect.poll(() => card()?.textContent).toContain("Line 2 ran");
    expect(cell(root, 2)!.getAttribute("aria-describedby")).toBe(card()!.id);
    await userEvent.keyboard("{Escape}");
    await expect.poll(card).toBeNull();
    expect(cell(root, 2)!.hasAttribute("aria-describedby")).toBe(false);
  });

  it("stays after a click until the next one, and a click on its own line closes it", async () => {
    const root = await opened();
    await userEvent.click(cell(root, 10)!);
    await expect.poll(() => card()?.textContent).toContain("Line 10");
    await userEvent.hover(root.querySelector(".top-title")!);
    await userEvent.click(card()!);
    expect(card()).not.toBeNull();
    await userEvent.click(cell(root, 10)!);
    await expect.poll(card).toBeNull();
    expect(store.getState().position).toBe(0);
  });
});
