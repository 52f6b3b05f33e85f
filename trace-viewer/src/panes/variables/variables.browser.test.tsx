import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { setSettings, stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import { VariablesPane } from "./VariablesPane";

async function show(drawing: string, position = 0, trace = traceFromText(drawing)) {
  const lecture = openLecture(trace);
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "t.json", lecture },
    position,
  });
  const { container } = await render(
    <div style={{ width: 360 }}>
      <VariablesPane />
    </div>,
  );
  return container;
}

const rows = (page: Element) => [...page.querySelectorAll<HTMLElement>(".variable")].map(({ dataset }) => dataset.name);
const row = (page: Element, name: string) => page.querySelector(`.variable[data-name="${name}"]`) as HTMLElement;
const door = (page: Element, name: string) => row(page, name).querySelector(".history-door") as HTMLElement;
const sliderOf = (page: Element, name: string) =>
  row(page, name).querySelector("input[type=range]") as HTMLInputElement;

// Ten turns: positions 1, 3, …, 19 bind i, and 2, 4, …, 20 the loss.
const TRAINING = `
  loop 2-3
  1 words="a"
  ${Array.from({ length: 10 }, (_, i) => `2 i=${i}\n  3 loss=${(10 - i) / 10} words="${i < 5 ? "a" : "b"}"`).join("\n  ")}
  4`;

beforeEach(() => localStorage.clear());

describe("values", () => {
  it("keep their places while one goes, which says so at that step", async () => {
    const page = await show("1 x=1\n2 y=2\n3 z=3\n4 y-\n5", 2);
    expect(rows(page)).toEqual(["x", "y", "z"]);
    const top = row(page, "z").offsetTop;
    stepTo(3);
    await expect.poll(() => row(page, "y").textContent).toContain("no longer shown");
    expect(rows(page)).toEqual(["x", "y", "z"]);
    expect(row(page, "z").offsetTop).toBe(top);
    stepTo(4);
    await expect.poll(() => rows(page)).toEqual(["x", "z"]);
  });

  it("are above what the function returns", async () => {
    const page = await show("1\n  10 x=1 return=5", 1);
    expect(rows(page)).toEqual(["x", "returns"]);
  });
});

describe("calls around the current one", () => {
  const NESTED = "1\n  10 n=2\n  11\n    10 n=1\n    11\n      10 n=0";
  const given = (page: Element) => [...page.querySelectorAll(".frame-given")].map(({ textContent }) => textContent);

  it("are told apart by their arguments where they are of one function", async () => {
    const trace = traceFromText(NESTED);
    trace.bindings.role.fill(3); // each n is an argument
    const page = await show(NESTED, 5, trace);
    await expect.poll(() => given(page)).toEqual(["n=1", "n=2"]);
  });

  it("go at once with their lecture", async () => {
    const trace = traceFromText(NESTED);
    trace.bindings.role.fill(3);
    const page = await show(NESTED, 5, trace);
    await expect.poll(() => given(page)).toEqual(["n=1", "n=2"]);
    const lecture = openLecture(traceFromText("1 x=1"));
    const drawn: (string | null)[][] = [];
    const watching = new MutationObserver(() => drawn.push(given(page)));
    watching.observe(page, { subtree: true, childList: true });
    store.setState({ opened: { status: "ready", path: "t.json", lecture }, position: 0 });
    await expect.poll(() => rows(page)).toEqual(["x"]);
    watching.disconnect();
    expect(drawn[0]).toEqual([]);
  });

  it("are not where each is of another", async () => {
    const drawing = "1 x=1\n  10 y=2\n    20 z=3";
    const trace = traceFromText(drawing);
    trace.bindings.role.fill(3);
    const page = await show(drawing, 2, trace);
    expect(page.querySelectorAll(".caller")).toHaveLength(2);
    expect(given(page)).toEqual([]);
  });
});

describe("the panel", () => {
  const NAMES = Array.from("abcdefgh");

  /** In a panel that scrolls, at the step that bound the last of the names. */
  async function showInPanel() {
    const page = await show(NAMES.map((name, index) => `${index + 1} ${name}=${index}`).join("\n"), 7);
    const panel = page.firstElementChild as HTMLElement;
    panel.className = "side-body";
    Object.assign(panel.style, { height: "200px", overflowY: "auto", overflowAnchor: "none" });
    stepTo(6);
    await expect.poll(() => page.querySelector("[data-changed]")?.getAttribute("data-name")).toBe("g");
    return { page, panel, grow: (name: string) => (row(page, name).style.paddingBottom = "300px") };
  }

  const inView = (panel: Element, changed: Element) => {
    const [view, box] = [panel.getBoundingClientRect(), changed.getBoundingClientRect()];
    return box.top > view.top - 1 && box.bottom < view.bottom + 1;
  };

  it("is scrolled to what changed, again when what is drawn late moves that out of it", async () => {
    const { page, panel, grow } = await showInPanel();
    await expect.poll(() => inView(panel, row(page, "g"))).toBe(true);
    const before = panel.scrollTop;
    grow("b");
    await expect.poll(() => panel.scrollTop).toBeGreaterThan(before + 100);
    expect(inView(panel, row(page, "g"))).toBe(true);
  });

  it("stays where the reader scrolled to", async () => {
    const { page, panel, grow } = await showInPanel();
    await expect.poll(() => inView(panel, row(page, "g"))).toBe(true);
    panel.scrollTop = 0;
    await new Promise((resolve) => panel.addEventListener("scroll", resolve, { once: true }));
    grow("b");
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect(panel.scrollTop).toBe(0);
  });
});

describe("the history of numbers", () => {
  it("has its room from the first, and is drawn when the values have been on the screen", async () => {
    const page = await show(`${TRAINING}\n    10 rate=1\n    11 rate=2`, 20);
    stepTo(22);
    const drawn: { curve: boolean; height: number }[] = [];
    const look = () => {
      const spark = row(page, "rate")?.querySelector(".spark");
      if (spark) drawn.push({ curve: spark.querySelector("svg") !== null, height: row(page, "rate").offsetHeight });
    };
    const watching = new MutationObserver(look);
    watching.observe(page, { subtree: true, childList: true });
    await expect.poll(() => drawn.at(-1)?.curve).toBe(true);
    watching.disconnect();
    expect(drawn[0].curve).toBe(false);
    expect(new Set(drawn.map(({ height }) => height)).size).toBe(1);
  });

  it("is a curve, whose range is said, and on which a click goes to a moment", async () => {
    const page = await show(TRAINING, 4);
    await expect
      .poll(() => row(page, "loss").querySelector(".spark-labels")?.textContent)
      .toBe("max 1\nlast 0.1\nmin 0.1");
    expect(sliderOf(page, "loss").getAttribute("aria-valuetext")).toBe("2 of 10: 0.9");
    const { width, height } = sliderOf(page, "loss").getBoundingClientRect();
    await userEvent.click(sliderOf(page, "loss"), { position: { x: width - 1, y: height / 2 } });
    await expect.poll(() => store.getState().position).toBe(20);
    expect(store.getState().past).toEqual([4]);
    expect(document.activeElement).toBe(document.body); // the arrow keys step again
  });

  it("is gone along by keys", async () => {
    const page = await show(TRAINING, 4);
    await expect.poll(() => sliderOf(page, "loss")).toBeTruthy();
    sliderOf(page, "loss").focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(store.getState().position).toBe(6);
    await userEvent.keyboard("{End}");
    expect(store.getState().position).toBe(20);
  });

  it("says under the pointer what the value was, and in which turn", async () => {
    const page = await show(TRAINING, 4);
    await expect.poll(() => sliderOf(page, "loss")).toBeTruthy();
    const { width, height } = sliderOf(page, "loss").getBoundingClientRect();
    await userEvent.hover(sliderOf(page, "loss"), { position: { x: (width * 6) / 9, y: height / 2 } });
    await expect.poll(() => row(page, "loss").querySelector(".spark-labels")?.textContent).toBe("turn 70.4");
  });

  it("keeps to itself what is still to come, where the lecture is revealed step by step", async () => {
    const page = await show(TRAINING, 4);
    const future = () => getComputedStyle(row(page, "loss").querySelector(".spark svg")!).maskImage;
    await expect.poll(future).toContain("rgba(0, 0, 0, 0.45)");
    setSettings({ animate: true });
    await expect.poll(future).toContain("rgba(0, 0, 0, 0)");
    expect(row(page, "loss").querySelector(".spark-labels")?.textContent).toBe("0.9");
  });

  it("opens to a plot with axes and a list of moments, and stays open from step to step", async () => {
    const page = await show(TRAINING, 4);
    await expect.poll(() => door(page, "loss")?.getAttribute("aria-label")).toBe("History of loss: 10 moments");
    await userEvent.click(door(page, "loss"));
    const plot = () => row(page, "loss").querySelector(".history-plot") as HTMLElement;
    expect([...plot().querySelectorAll(".history-levels span")].map((tick) => tick.textContent)).toEqual([
      "0.2",
      "0.4",
      "0.6",
      "0.8",
      "1",
    ]);
    await userEvent.click(plot().querySelector("button") as Element);
    expect(plot().querySelector("button")?.getAttribute("aria-pressed")).toBe("true");
    stepTo(7);
    await expect
      .poll(() => row(page, "loss").querySelector("[aria-current]")?.textContent)
      .toContain("0.8turn 3 · line 3");
    const moments = [...row(page, "loss").querySelectorAll<HTMLElement>(".moment")];
    await userEvent.click(moments[0]);
    expect(store.getState().position).toBe(2);
  });

  it("of NaN and infinities is marked, not drawn", async () => {
    const trace = traceFromText("1 x=1\n2 x=2\n3 x=3\n4 x=4");
    trace.values[1] = { kind: "float", value: "nan" };
    trace.values[2] = { kind: "float", value: "-inf" };
    const page = await show("1");
    store.setState({ opened: { status: "ready", path: "t.json", lecture: openLecture(trace) }, position: 1 });
    await expect.poll(() => row(page, "x")?.querySelector(".spark-labels")?.textContent).toBe("max 41 nan, 1 infmin 1");
    expect(row(page, "x").querySelector(".curve-odd")?.getAttribute("d")).toBe("M333.3 0V1000M666.7 1000v-250");
    expect(row(page, "x").querySelector(".curve-line")?.getAttribute("d")).toBe("M0.0 1000.0h0M1000.0 0.0h0");
  });
});

describe("the history of other values", () => {
  it("is a list of moments, those that are alike folded into one", async () => {
    const page = await show(TRAINING, 4);
    await expect.poll(() => door(page, "words")).toBeTruthy();
    expect(row(page, "words").querySelector(".spark")).toBeNull();
    await userEvent.click(door(page, "words"));
    const moments = [...row(page, "words").querySelectorAll(".moment")].map(({ textContent }) => textContent);
    expect(moments).toEqual(["1'a'× 6line 1", "7'b'× 5turn 6 · line 3"]);
  });

  it("of a name bound once in a call is that of all calls, and can be either where a call has its own", async () => {
    const page = await show("1\n  10 x=1\n  11 y=1\n  12 y=2\n2\n  10 x=5\n  11 y=3\n  12 y=4", 3);
    await expect.poll(() => door(page, "x")?.textContent).toBe("2");
    expect(door(page, "y").textContent).toBe("2");
    await userEvent.click(door(page, "y"));
    const choices = [...row(page, "y").querySelectorAll<HTMLElement>(".history-choice")];
    expect(choices.slice(0, 2).map((choice) => choice.textContent)).toEqual(["this call 2", "all calls of f10 4"]);
    await userEvent.click(choices[1]);
    await expect.poll(() => door(page, "y").textContent).toBe("4");
    stepTo(7); // in the other call it is open as well
    await expect.poll(() => row(page, "y").querySelectorAll(".moment")).toHaveLength(4);
  });

  it("of a hundred thousand moments makes only the rows in view, and the present one is among them", async () => {
    const trace = traceFromText("1 s=0");
    const count = 100_000;
    const column = <T,>(make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
    trace.values = column((i) => `word ${i}`);
    for (const key of ["statement", "call", "start", "duration", "end"] as const) trace.steps[key] = column(() => 0);
    trace.bindings = {
      step: column((i) => i),
      at: column((i) => i),
      name: column(() => trace.bindings.name[0]),
      value: column((i) => i),
      role: column(() => 0),
    };
    const page = await show("1");
    store.setState({ opened: { status: "ready", path: "t.json", lecture: openLecture(trace) }, position: 70_000 });
    await expect.poll(() => door(page, "s")?.textContent).toBe("100,000");
    await userEvent.click(door(page, "s"));
    await expect.poll(() => page.querySelector(".moment[aria-current]")?.textContent).toContain("'word 70000'");
    expect(page.querySelectorAll(".moment").length).toBeLessThan(40);
    const list = (page.querySelector(".moments") as HTMLElement).getBoundingClientRect();
    const current = (page.querySelector(".moment[aria-current]") as HTMLElement).getBoundingClientRect();
    expect(current.top).toBeGreaterThanOrEqual(list.top);
    expect(current.bottom).toBeLessThanOrEqual(list.bottom);
  });
});
