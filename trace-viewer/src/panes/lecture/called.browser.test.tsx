import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page, userEvent } from "vitest/browser";
import { LecturePage } from "../../app/LecturePage";
import { toggleBreakpoint } from "../../state/breakpoints";
import { commandFor } from "../../commands/registry";
import type { Trace } from "../../format/generated";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";

/** main calls f10 from line 2, which calls f20 from line 12 and shows words on line 13. */
const DRAWING = `
  1
  2
    11 a=1
    12
      20 b=2
      21 return=5
    13 "words of f10"
    14 return=7
  ^ y=7
  3
  4`;

async function show(position = 1, change: (trace: Trace) => void = () => undefined) {
  const trace = traceFromText(DRAWING);
  change(trace);
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "t.json", lecture: openLecture(trace) },
    position,
  });
  return (await render(<LecturePage />)).container;
}

function press(key: string): void {
  const command = commandFor(key)!;
  if (command.when(store.getState())) command.run(store.getState());
}

const frames = (root: Element) => [...root.querySelectorAll<HTMLElement>(".called")];
const text = (root: Element) => frames(root)[0]?.textContent ?? "";

beforeEach(async () => {
  localStorage.clear();
  await page.viewport(1440, 900);
});

describe("a call in place", () => {
  it("is opened and closed by the key of the page, at a line that called something", async () => {
    const root = await show();
    press("Enter");
    await expect.poll(() => text(root)).toContain("returned 7");
    expect(text(root)).toContain("a = 1");
    expect(frames(root)[0].querySelector(".called-outputs")?.textContent).toBe("words of f10");
    press("Enter");
    await expect.poll(() => frames(root)).toHaveLength(0);
    stepTo(0);
    press("Enter");
    expect(store.getState().inPlace.size).toBe(0);
  });

  it("shows what its lines called, inside it", async () => {
    const root = await show();
    press("Enter");
    await expect.poll(() => frames(root)).toHaveLength(1);
    await userEvent.click(frames(root)[0].querySelector(".call-control")!);
    await expect.poll(() => frames(root)).toHaveLength(2);
    await expect.poll(() => frames(root)[1].textContent).toContain("returned 5");
    press("Escape");
    await expect.poll(() => frames(root)).toHaveLength(1);
    press("Escape");
    await expect.poll(() => frames(root)).toHaveLength(0);
  });

  it("marks the line that the reader is at, and is left alone by steps elsewhere", async () => {
    const root = await show();
    press("Enter");
    await expect.poll(() => frames(root)).toHaveLength(1);
    const here = () => frames(root)[0].querySelector("[data-here] .number")?.textContent;
    stepTo(2);
    await expect.poll(here).toBe("11");
    stepTo(10);
    await expect.poll(here).toBeUndefined();
    let changes = 0;
    const observer = new MutationObserver((records) => (changes += records.length));
    observer.observe(frames(root)[0], { attributes: true, childList: true, subtree: true, characterData: true });
    stepTo(11);
    await expect.poll(() => root.querySelector("[aria-current=step]")?.getAttribute("data-line")).toBe("4");
    expect(changes).toBe(0);
    observer.disconnect();
  });

  it("has the menu of its lines, and shows their breakpoints", async () => {
    const root = await show();
    press("Enter");
    await expect.poll(() => frames(root)).toHaveLength(1);
    const number = frames(root)[0].querySelector<HTMLElement>('[data-line="14"] > .number')!;
    await userEvent.click(number, { button: "right" });
    const menu = () => document.querySelector(".line-menu:popover-open");
    await expect.poll(() => menu()?.textContent).toContain("Line 14");
    const { top, bottom } = number.getBoundingClientRect();
    const box = menu()!.getBoundingClientRect();
    expect(Math.min(Math.abs(box.top - bottom), Math.abs(top - box.bottom))).toBeLessThan(12);
    await userEvent.keyboard("{Escape}");
    toggleBreakpoint({ file: 0, line: 14 });
    const marked = () => frames(root)[0].querySelector<HTMLElement>("[data-breakpoint]")?.dataset.line;
    await expect.poll(marked).toBe("14");
    expect(number.getAttribute("aria-description")).toContain("Breakpoint");
  });

  it("leads to the moment of a line that is clicked", async () => {
    const root = await show();
    press("Enter");
    await expect.poll(() => frames(root)).toHaveLength(1);
    const line = [...frames(root)[0].querySelectorAll<HTMLElement>(".called-line")].find((each) =>
      each.textContent.includes("line_14"),
    )!;
    await userEvent.click(line.querySelector(".source")!);
    await expect.poll(() => root.querySelector("[aria-current=step]")?.getAttribute("data-line")).toBe("14");
  });
});
