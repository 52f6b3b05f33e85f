import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser, userEvent } from "vitest/browser";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { loopHere } from "../../state/loops";
import { initialState, store } from "../../state/store";
import { ControlsPane } from "./ControlsPane";

// positions: 0:1 1:2 2:3 3:2 4:3 5:2  6:1 7:2 8:3 9:2  10:1 11:4
const NESTED = "loop 1-3\nloop 2-3\n1\n2\n3\n2\n3\n2\n1\n2\n3\n2\n1\n4";

async function show(drawing: string, position: number) {
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "t.json", lecture: openLecture(traceFromText(drawing)) },
    position,
  });
  const { container } = await render(<ControlsPane />);
  const inLoop = loopHere(store.getState()) !== undefined;
  await expect.poll(() => container.querySelector(".loop-control") !== null).toBe(inLoop); // a frame later
  return container;
}

const here = (page: Element) => page.querySelector(".loop-here")?.getAttribute("aria-label");
const panel = (page: Element) => page.querySelector(".loop-panel") as HTMLElement;

beforeEach(async () => {
  localStorage.clear();
  await browser.viewport(1440, 400);
});

describe("the control of a loop", () => {
  it("is there inside of loops only, and says which turn this is", async () => {
    const page = await show(NESTED, 4);
    expect(here(page)).toBe("Loop on line 2: turn 2 of 2");
    expect(page.querySelector(".status")?.textContent).not.toContain("turn");
    stepTo(5);
    await expect.poll(() => here(page)).toBe("Loop on line 2: after turn 2 of 2");
    stepTo(11);
    await expect.poll(() => here(page)).toBeUndefined();
  });

  it("moves a turn on and back by its buttons, and anywhere by its slider", async () => {
    const page = await show(NESTED, 2);
    await userEvent.click(page.querySelector("[data-command=nextLoopTurn]") as Element);
    expect(store.getState().position).toBe(4);
    await userEvent.click(page.querySelector("[data-command=previousLoopTurn]") as Element);
    expect(store.getState().position).toBe(2);
    const slider = page.querySelector(".turn-slider") as HTMLInputElement;
    slider.focus();
    await userEvent.keyboard("{End}");
    expect(store.getState()).toMatchObject({ position: 4, past: [2] });
  });

  it("opens a choice of the loops around, and a field for a turn's number", async () => {
    const page = await show(NESTED, 2);
    expect(panel(page).textContent).toBe("");
    await userEvent.click(page.querySelector(".loop-here") as Element);
    await expect.poll(() => panel(page).matches(":popover-open")).toBe(true);
    const options = [...panel(page).querySelectorAll(".loop-option")];
    expect(options.map(({ textContent }) => textContent)).toEqual(["line 2line_2()1 / 2", "line 1def main():1 / 2"]);
    await userEvent.click(options[1]);
    await expect.poll(() => here(page)).toBe("Loop on line 1: turn 1 of 2");
    const field = panel(page).querySelector(".turn-entry input") as HTMLInputElement;
    await userEvent.fill(field, "2");
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => store.getState().position).toBe(8);
    await expect.poll(() => here(page)).toBe("Loop on line 1: turn 2 of 2");
    await userEvent.fill(panel(page).querySelector(".turn-entry input") as HTMLInputElement, "what");
    await userEvent.keyboard("{Enter}");
    expect(store.getState().position).toBe(8);
    await userEvent.click(panel(page).querySelector("[data-command=turns]") as Element);
    expect(store.getState().settings.turns).toBe(true);
    await userEvent.keyboard("{Escape}");
    await expect.poll(() => panel(page).matches(":popover-open")).toBe(false);
  });

  it("fits a telephone, in place of the turns of the line", async () => {
    await browser.viewport(360, 700);
    const page = await show(NESTED, 4);
    const box = (page.querySelector(".loop-control") as HTMLElement).getBoundingClientRect();
    expect(box.left).toBeGreaterThanOrEqual(0);
    expect(box.right).toBeLessThanOrEqual(360);
    expect((page.querySelector("[data-command=nextTurn]") as HTMLElement).offsetWidth).toBe(0);
    expect(document.documentElement.scrollWidth).toBe(360);
    await userEvent.click(page.querySelector(".loop-here") as Element);
    const card = panel(page).getBoundingClientRect();
    expect([card.left >= 0, card.right <= 360, card.top >= 0]).toEqual([true, true, true]);
    stepTo(11);
    await expect
      .poll(() => (page.querySelector("[data-command=nextTurn]") as HTMLElement).offsetWidth)
      .toBeGreaterThan(30);
  });
});
