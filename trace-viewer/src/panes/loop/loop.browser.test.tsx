import "../../theme/index.css";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import type { Trace } from "../../format/generated";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { setSettings, stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import LoopPane from "./LoopPane";

async function show(trace: Trace, position: number) {
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "t.json", lecture: openLecture(trace) },
    position,
  });
  const { container } = await render(
    <div style={{ width: 400 }}>
      <LoopPane />
    </div>,
  );
  return container;
}

const cells = (row: Element | null) => [...(row?.children ?? [])].map(({ textContent }) => textContent);
const table = (page: Element) => [...page.querySelectorAll("tbody tr:not([aria-hidden])")].map(cells);
const current = (page: Element) => cells(page.querySelector("tr[aria-current]"));

const TRAINING = `
  loop 2-3
  1 before=1
  2 i=0
  3 loss=0.5
    10 norm=4
  2 i=1
  3 loss=0.25
    10 norm=2
  2 i=2
  3
  2 i=2
  4 after=1`;

beforeEach(() => localStorage.clear());

describe("the table of turns", () => {
  it("has a row a turn, with what was bound in it, there and in what it called, and the time it took", async () => {
    const page = await show(traceFromText(TRAINING), 3);
    expect(cells(page.querySelector("thead tr"))).toEqual(["turn", "i", "loss", "f10norm", "time"]);
    expect(table(page)).toEqual([
      ["1", "0", "0.500", "4", "2 µs"],
      ["2", "1", "0.250", "2", "2 µs"],
      ["3", "2", "", "", "2 µs"],
    ]);
    expect(current(page)[0]).toBe("1");
    expect(page.querySelectorAll("thead .curve")).toHaveLength(3);
  });

  it("follows the reader, and a click on a row goes to that turn", async () => {
    const page = await show(traceFromText(TRAINING), 3);
    stepTo(6);
    await expect.poll(() => current(page)[0]).toBe("2");
    const position = store.getState().position;
    await userEvent.click(page.querySelector("tbody tr") as Element);
    await expect.poll(() => current(page)[0]).toBe("1");
    expect(store.getState()).toMatchObject({ position: 2, past: [position] });
    (page.querySelectorAll("tbody button")[2] as HTMLElement).focus();
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => current(page)[0]).toBe("3");
  });

  it("marks what is not finite and leaves other values as they are", async () => {
    const trace = traceFromText("loop 1-2\n1\n2 x=1 s=true\n1\n2 x=2 s=false\n1\n2 x=3\n1");
    trace.values[trace.values.indexOf(2)] = { kind: "float", value: "nan" };
    const page = await show(trace, 0);
    expect(table(page).map((row) => row.slice(1, 3))).toEqual([
      ["1", "True"],
      ["nan", "False"],
      ["3", ""],
    ]);
    expect(page.querySelectorAll("td.value-bad")).toHaveLength(1);
  });

  it("keeps to itself the turns to come, where the lecture is revealed step by step", async () => {
    const page = await show(traceFromText(TRAINING), 6);
    setSettings({ animate: true });
    await expect.poll(() => table(page).length).toBe(2);
  });

  it("says what it does not have", async () => {
    const elided = traceFromText("loop 1-2\n1\n2\n1\n2");
    elided.elided = { statement: [0], step: [2], count: [7] };
    const page = await show(elided, 0);
    expect(page.textContent).toContain("7 more not recorded.");
    expect(page.textContent).toContain("Nothing is inspected in this loop");
    store.setState({ opened: { status: "ready", path: "t.json", lecture: openLecture(traceFromText("1\n2")) } });
    await expect.poll(() => page.textContent).toContain("This step is in no loop.");
  });

  it("copies all turns for a spreadsheet", async () => {
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    const page = await show(traceFromText(TRAINING), 3);
    await userEvent.click([...page.querySelectorAll("button")].find((b) => b.textContent === "Copy") as Element);
    await expect.poll(() => store.getState().message).toContain("Copied 3 turns");
    expect(write.mock.calls[0][0].split("\n")).toEqual([
      "turn\ti\tloss\tf10: norm\tseconds",
      "1\t0\t0.5\t4\t0.000002",
      "2\t1\t0.25\t2\t0.000002",
      "3\t2\t\t\t0.000002",
    ]);
    write.mockRestore();
  });

  it("of a hundred thousand turns makes the rows in view, the present one among them", async () => {
    const trace = traceFromText("loop 1-2\n1\n2 x=0");
    const turns = 100_000;
    const column = (make: (turn: number) => number[]) => Array.from({ length: turns }, (_, turn) => make(turn)).flat();
    trace.steps.statement = column(() => [0, 1]);
    for (const key of ["call", "start", "duration", "end"] as const) trace.steps[key] = column(() => [0, 0]);
    trace.values = Array.from({ length: turns }, (_, turn) => turn / 4);
    const bound = column((turn) => [2 * turn + 1]);
    const zeros = column(() => [0]);
    const name = column(() => [trace.bindings.name[0]]);
    trace.bindings = { step: bound, at: bound, name, value: column((turn) => [turn]), role: zeros };
    const page = await show(trace, 2 * 60_000);
    await expect.poll(() => current(page).slice(0, 2)).toEqual(["60,001", "15000.00"]);
    expect(table(page).length).toBeLessThan(50);
    const box = (page.querySelector(".loop-rows") as HTMLElement).getBoundingClientRect();
    const row = (page.querySelector("tr[aria-current]") as HTMLElement).getBoundingClientRect();
    expect(row.top).toBeGreaterThan(box.top);
    expect(row.bottom).toBeLessThanOrEqual(box.bottom);
  });
});
