import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import type { Lists } from "../../format/column";
import type { Trace } from "../../format/generated";
import { countedTrace } from "../../logic/counted-trace";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import CostsPane from "./CostsPane";

async function open(trace: Trace = countedTrace(), position = 0) {
  const lecture = openLecture(trace);
  store.setState({
    ...initialState(),
    settings: { ...defaults, costs: true },
    opened: { status: "ready", path: "var/traces/t.json", lecture },
    position,
  });
  const screen = await render(<CostsPane />);
  return { screen, root: screen.container };
}

const rows = (root: Element) =>
  [...root.querySelectorAll(".costs-table tbody tr")].map((row) =>
    [...row.querySelectorAll(".costs-name, td")].map(({ textContent }) => textContent).join(" "),
  );

beforeEach(() => localStorage.clear());

describe("the pane of costs", () => {
  it("says what this step cost, and its line in all, and the run", async () => {
    const { root } = await open();
    expect(root.textContent).toContain("This step line 1");
    stepTo(1);
    await expect.poll(() => root.textContent).toContain("This step line 2");
    expect(root.querySelector(".cost-details")!.textContent).toContain("Time4 ms100 ms");
    expect(root.textContent).toContain("All 2 executions of this line: 200 ms, 2 GFLOP forward, 4 GFLOP backward");
    expect(root.textContent).toContain("The whole run202 ms, 2 GFLOP forward, 4 GFLOP backward, 4 MiB moved, unfused");
    expect(root.textContent).not.toContain("counted only where");
  });

  it("is useful without counting, and says how to count", async () => {
    const { root } = await open(traceFromText("1\n2"));
    expect(root.textContent).toContain("python execute.py -m drawn --costs");
    expect(root.querySelector(".roofline")).toBeNull();
    expect(rows(root)).toEqual(["1 1 1 µs", "2 1 1 µs"]);
  });

  it("tells what was counted only in part, and what was not", async () => {
    const trace = countedTrace();
    trace.provenance.arguments = ["-m", "drawn"];
    trace.notices = [
      { message: "The compiled function f was not counted." },
      { message: "The compiled function f was not counted." },
      { message: "x is not defined here." },
    ];
    const { root } = await open(trace);
    expect(root.textContent).toContain("counted only where the lecture asks for it");
    expect(root.textContent.match(/f was not counted/g)).toHaveLength(1);
    expect(root.textContent).not.toContain("x is not defined");
  });

  it("weighs lines by what is chosen, for the gutter too", async () => {
    const { screen, root } = await open();
    expect(rows(root)[0]).toBe("2 2 200 ms 6 G 4 MiB – 954");
    await userEvent.click(screen.getByRole("button", { name: "Memory" }));
    await userEvent.click(screen.getByRole("switch", { name: "with calls" }));
    expect(store.getState().settings).toMatchObject({ costMeasure: "memory", costCalls: false });
    await expect.poll(() => rows(root)[0]).toBe("10 2 192 ms 6 G 4 MiB 8 KiB 954");
    expect(rows(root)[1]).toBe("1 1 1 ms 0 0 – –");
  });
});

describe("the table", () => {
  it("is sorted by any column, and says by which", async () => {
    const { screen, root } = await open();
    const order = () =>
      rows(root)
        .map((row) => row.split(" ")[0])
        .join(" ");
    const sorted = () => root.querySelector("[aria-sort]")!;
    expect([order(), sorted().textContent, sorted().getAttribute("aria-sort")]).toEqual([
      "2 10 1 3",
      "Time▾",
      "descending",
    ]);
    await userEvent.click(screen.getByRole("button", { name: "Time", exact: true }).nth(1));
    expect([order(), sorted().getAttribute("aria-sort")]).toEqual(["3 1 10 2", "ascending"]);
    await userEvent.click(screen.getByRole("button", { name: "Line", exact: true }));
    expect([order(), sorted().getAttribute("aria-sort")]).toEqual(["1 2 3 10", "ascending"]);
    await userEvent.click(screen.getByRole("button", { name: "Peak" }));
    expect(order().startsWith("10")).toBe(true);
    expect(root.querySelectorAll("[aria-sort]")).toHaveLength(1);
  });

  it("leads to a line, and marks the one the reader is on", async () => {
    const { screen, root } = await open();
    await userEvent.click(screen.getByRole("button", { name: /^10/ }));
    expect(store.getState().position).toBe(2);
    await expect.poll(() => root.querySelector("tr[aria-current] .costs-name")?.textContent).toBe("10");
    await userEvent.click(screen.getByRole("button", { name: /^10/ }));
    expect(store.getState().position).toBe(5);
  });

  it("groups by function", async () => {
    const { screen, root } = await open();
    await userEvent.click(screen.getByRole("button", { name: "functions" }));
    expect(rows(root)).toEqual(["main 1 202 ms 6 G 4 MiB – 954", "f10 2 192 ms 6 G 4 MiB 8 KiB 954"]);
    await userEvent.click(screen.getByRole("button", { name: "f10" }));
    expect(store.getState().position).toBe(2);
  });

  it("shows fifty, and more when asked", async () => {
    const { screen, root } = await open(traceFromText(Array.from({ length: 80 }, (_, i) => i + 1).join("\n")));
    expect(rows(root)).toHaveLength(50);
    await userEvent.click(screen.getByRole("button", { name: "Show 30 more" }));
    expect(rows(root)).toHaveLength(80);
  });
});

describe("the roofline", () => {
  const onLine10 = (change: (trace: Lists<Trace>) => void = () => undefined) => {
    const trace = countedTrace();
    change(trace);
    return open(trace, 2);
  };

  it("has the current line as a dot under the machine's roofs, and says where that is", async () => {
    const { screen, root } = await onLine10();
    const words =
      "Line 10. Compute-bound: 954 FLOP/byte, above the ridge at 10. It reached 10.4 GFLOP/s, 21 % of what is";
    expect(root.textContent).toContain(words);
    expect(root.querySelectorAll(".roofline-dots circle")).toHaveLength(1);
    const dot = root.querySelector(".roofline-here circle")!;
    expect(dot.getAttribute("cx")).toBe(root.querySelector(".roofline-dots circle")!.getAttribute("cx"));
    expect(root.textContent).toContain("Peaks of where the lecture ran: timed");
    await expect.element(screen.getByRole("img", { name: /Roofline. Line 10/ })).toBeVisible();
    stepTo(1);
    await expect.poll(() => root.textContent).toContain("Line 2, with what it called. Compute-bound");
    stepTo(0);
    await expect.poll(() => root.textContent).toContain("Line 1. No forward FLOPs were counted here");
  });

  it("of a machine that the lecture did not run on shows the intensity, and no times", async () => {
    const { screen, root } = await onLine10();
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Machine" }), "GPU X100");
    await expect.poll(() => root.textContent).toContain("The lecture did not run on this machine");
    expect(root.textContent).toContain(
      "Compute-bound: 954 FLOP/byte, above the ridge at 500. Here it would reach 1 PFLOP/s",
    );
    expect(root.textContent).toContain("Published peaks: its data sheet");
    expect(root.querySelectorAll(".roofline circle")).toHaveLength(0);
    expect(root.querySelector(".roofline-here line")).not.toBeNull();
  });

  it("needs no machine", async () => {
    const { root } = await onLine10((trace) => (trace.machines = []));
    expect(root.querySelectorAll(".roofline circle")).toHaveLength(2);
    expect(root.querySelector("select")).toBeNull();
    expect(root.textContent).toContain("Line 10. 954 FLOP/byte at 10.4 GFLOP/s.");
  });

  it("draws nothing that is not a number, whatever the trace says", async () => {
    const { root } = await onLine10((trace) => {
      trace.machines = [
        { ...trace.machines[0], flops_per_second: { float32: 1e300, huge: 1e29, tiny: 1 }, name: "x".repeat(5000) },
        { bytes_per_second: "<b>" } as never,
      ];
      trace.operations.flops = trace.operations.flops.map(() => 2 ** 62);
      trace.steps.duration = trace.steps.duration.map(() => 1);
    });
    expect(root.querySelector(".roofline")!.outerHTML).not.toMatch(/NaN|Infinity/);
    expect(root.querySelectorAll(".roofline-axes line").length).toBeLessThan(40);
  });
});
