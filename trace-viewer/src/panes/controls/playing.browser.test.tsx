import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser, userEvent } from "vitest/browser";
import { command } from "../../commands/registry";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { setOverlay, setSettings } from "../../state/actions";
import { toggleBreakpoint } from "../../state/breakpoints";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import { ControlsPane } from "./ControlsPane";

async function show(drawing: string, speed = 32) {
  store.setState({
    ...initialState(),
    settings: { ...defaults, speed },
    opened: { status: "ready", path: "t.json", lecture: openLecture(traceFromText(drawing)) },
    position: 0,
  });
  return (await render(<ControlsPane />)).container;
}

const button = (page: Element, id: string) => page.querySelector<HTMLElement>(`[data-command=${id}]`);
const state = () => {
  const { position, playing, message } = store.getState();
  return { position, playing, message };
};
const run = (id: "play" | "faster" | "slower") => command(id).run(store.getState());
const LONG = Array.from({ length: 30 }, (_, i) => `${1 + (i % 9)}`).join("\n");

beforeEach(async () => {
  localStorage.clear();
  await browser.viewport(1440, 400);
});

describe("playing", () => {
  it("goes on by itself to the end, and says so", async () => {
    const page = await show("1\n2\n3\n4");
    await userEvent.click(button(page, "play")!);
    expect(button(page, "play")!.ariaLabel).toBe("Pause");
    await expect.poll(state).toEqual({ position: 3, playing: false, message: "This is the end." });
    expect(button(page, "play")!.ariaLabel).toBe("Play");
    run("play");
    expect(state()).toMatchObject({ playing: false, message: "This is the end: there is nothing left to play." });
  });

  it("stops at a breakpoint", async () => {
    await show("1\n2\n3\n4\n5");
    toggleBreakpoint({ file: 0, line: 3 });
    run("play");
    await expect.poll(state).toEqual({ position: 2, playing: false, message: "Stopped at line 3." });
    run("play");
    await expect.poll(state).toMatchObject({ position: 4, message: "This is the end." });
  });

  it("gives words the time that they take to read, and what is not shown none", async () => {
    const words = "word ".repeat(56).trim(); // 16 seconds of them: half a second at this speed
    await show(`1\n2 "${words}"\n3`);
    run("play");
    await expect.poll(() => state().position).toBe(1);
    const since = performance.now();
    await expect.poll(() => state().position, { interval: 5 }).toBe(2);
    expect(performance.now() - since).toBeGreaterThan(350);
  });

  it("has speeds, which stay", async () => {
    const page = await show(LONG, 1);
    run("faster");
    expect(store.getState()).toMatchObject({ settings: { speed: 2 }, message: "2 steps a second." });
    run("slower");
    run("slower");
    run("slower");
    expect(store.getState()).toMatchObject({ settings: { speed: 0.5 }, message: "A step every 2 seconds." });
    expect(initialState().settings.speed).toBe(0.5);
    run("play");
    await expect.poll(() => page.querySelector(".play-speed")?.textContent).toBe("0.5/s");
    await expect.poll(() => state().position).toBe(1); // the first step comes soon
    for (let i = 0; i < 6; i++) await userEvent.click(button(page, "faster")!);
    expect(state().playing).toBe(true);
    await expect.poll(() => state().position).toBeGreaterThan(5); // … and what is left of a wait is shortened
  });

  it.each<[string, () => unknown]>([
    ["a key", () => userEvent.keyboard("i")],
    ["a press", () => userEvent.click(document.querySelector(".status")!)],
    ["the wheel", () => window.dispatchEvent(new WheelEvent("wheel"))],
    ["a dialog", () => setOverlay("help")],
    [
      "a page that is hidden",
      () => {
        Object.defineProperty(document, "hidden", { value: true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
        delete (document as { hidden?: boolean }).hidden;
      },
    ],
  ])("is ended by %s", async (_, act) => {
    await show(LONG, 16);
    run("play");
    await expect.poll(() => state().position).toBeGreaterThan(0);
    await act();
    expect(state()).toMatchObject({ playing: false, message: "Paused." });
    const { position } = state();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(state().position).toBe(position);
  });

  it("is ended by the space bar, which steps no further", async () => {
    const page = await show(LONG, 8);
    button(page, "play")!.focus();
    run("play");
    await expect.poll(() => state().position).toBeGreaterThan(0);
    (document.activeElement as HTMLElement).blur();
    let reached = false;
    const heard = () => (reached = true);
    window.addEventListener("keydown", heard);
    await userEvent.keyboard(" ");
    window.removeEventListener("keydown", heard);
    expect([state().playing, reached]).toEqual([false, false]);
  });

  it("goes on when only settings change", async () => {
    await show(LONG, 16);
    run("play");
    await expect.poll(() => state().position).toBeGreaterThan(0);
    setSettings({ theme: "dark" });
    setSettings({ theme: "system" });
    expect(state().playing).toBe(true);
    run("play");
    expect(state()).toMatchObject({ playing: false, message: "Paused." });
  });
});

describe("the slider", () => {
  // positions: 0:1 1:2> 2:10 3:11> 4:20 5:11< 6:2< 7:3 8:4> 9:10 10:4<
  const DEEP = '1 "# Start"\n2\n  10\n  11\n    20\n3 "## Further on"\n4\n  10';

  it("shows how deep in calls the lecture is, its parts, and where it is", async () => {
    const page = await show(DEEP);
    await expect.poll(() => page.querySelectorAll(".depth path").length).toBe(4);
    const [most] = page.querySelectorAll(".depth path");
    expect(most.getAttribute("d")).toMatch(/^M0 100H0V92.*V100Z$/);
    expect(page.querySelectorAll(".scrubber-mark")).toHaveLength(1);
    expect((page.querySelector(".scrubber") as HTMLElement).offsetHeight).toBeLessThanOrEqual(24);
    store.setState({ position: 4 });
    const style = (part: string) => (page.querySelector(part) as HTMLElement).style;
    await expect.poll(() => style(".scrubber-here").left).toBe("40%");
    expect(style(".scrubber-done").scale).toBe("0.4 1");
    expect(style(".depth-past").clipPath).toBe("inset(0px 60% 0px 0px)");
  });

  it("says what is under the pointer, and at the thumb when keys move it", async () => {
    const page = await show(DEEP);
    const input = page.querySelector(".scrubber input") as HTMLInputElement;
    const tip = () => page.querySelector(".scrubber-tip")?.textContent ?? "";
    const { left, top, width, height } = input.getBoundingClientRect();
    const over = (share: number) =>
      input.dispatchEvent(
        new PointerEvent("pointermove", { clientX: left + width * share, clientY: top + height / 2, bubbles: true }),
      );
    over(0);
    await expect.poll(tip).toBe("Startstep 1");
    over(1);
    await expect.poll(tip).toBe("Further onstep 11");
    input.dispatchEvent(new PointerEvent("pointerleave"));
    await expect.poll(tip).toBe("");
    await userEvent.keyboard("{Tab}");
    input.focus();
    await userEvent.keyboard("{End}");
    await expect.poll(tip).toBe("Further onstep 11");
  });

  it("has a tick wherever a breakpoint stops", async () => {
    const page = await show(DEEP);
    toggleBreakpoint({ file: 0, line: 10 });
    await expect.poll(() => page.querySelector(".stop-ticks path")?.getAttribute("d")).toBe("M2.5 0V1M9.5 0V1");
    toggleBreakpoint({ file: 0, line: 10 });
    await expect.poll(() => page.querySelector(".stop-ticks")).toBeNull();
  });
});
