import { describe, expect, it } from "vitest";
import type { Lists } from "../format/column";
import type { Trace } from "../format/generated";
import { costsOf, type Cost, type Costs } from "./costs";
import { ran } from "./counted-trace";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

/** A drawn lecture whose steps took these seconds, with all that they called. */
function costsFor(drawing: string, seconds: number[], change: (trace: Lists<Trace>) => void = () => undefined): Costs {
  const trace = traceFromText(drawing);
  expect(trace.steps.call).toHaveLength(seconds.length);
  trace.steps.duration = seconds.map((s) => s * 1e9);
  change(trace);
  return costsOf(openLecture(trace));
}

/** Runs, own and whole seconds of each line. */
const times = ({ lines }: Costs) =>
  Object.fromEntries(lines.map(({ line, runs, own, all }) => [line, [runs, own.seconds, all.seconds]]));

describe("time", () => {
  it("of a call belongs to the line that made it, but not to its own", () => {
    const costs = costsFor("1\n2\n  10\n  11\n    20\n3", [1, 10, 2, 7, 4, 1]);
    expect(times(costs)).toEqual({
      1: [1, 1, 1],
      2: [1, 1, 10],
      3: [1, 1, 1],
      10: [1, 2, 2],
      11: [1, 3, 7],
      20: [1, 4, 4],
    });
    expect(costs.lecture.own.seconds).toBe(12);
    expect(costs.lecture.all.seconds).toBe(12);
    const functions = costs.functions().map(({ name, runs, own, all }) => [name, runs, own.seconds, all.seconds]);
    expect(functions).toEqual([
      ["main", 1, 3, 12],
      ["f10", 1, 5, 9],
      ["f20", 1, 4, 4],
    ]);
  });

  it("of turns adds up", () => {
    const costs = costsFor("1\n2\n  10\n1\n2\n  10\n1", [1, 5, 4, 1, 3, 2, 1]);
    expect(times(costs)).toEqual({ 1: [3, 3, 3], 2: [2, 2, 8], 10: [2, 6, 6] });
  });

  it("of a line that calls itself counts once", () => {
    const costs = costsFor("1\n  10\n  11\n    10\n    11\n      10\n      11\n2", [20, 1, 18, 2, 15, 3, 11, 1]);
    expect(times(costs)).toEqual({ 1: [1, 1, 20], 2: [1, 1, 1], 10: [3, 6, 6], 11: [3, 13, 18] });
    expect(costs.functions().map(({ runs, all }) => [runs, all.seconds])).toEqual([
      [1, 21],
      [3, 19],
    ]);
  });

  it("is never less than none, though clocks are coarse", () => {
    expect(times(costsFor("1\n  10\n2", [1, 1.5, -1]))).toEqual({ 1: [1, 0, 1.5], 10: [1, 1.5, 1.5], 2: [1, 0, 0] });
  });

  it("of what a suspended step calls belongs to whoever ran it then", () => {
    // Line 10 waits for line 20's generator; it is resumed by line 2. Its 7 s: 1 of its own, 2 and 4 in line 20, 21.
    const costs = costsFor("1\n  10\n    20\n2\n  @1 11\n    @2 21\n3", [4, 7, 2, 9, 1, 4, 1], (trace) => {
      trace.resumes = { call: [1, 2], step: [4, 4], parent: [3, 1] };
    });
    expect(times(costs)).toEqual({
      1: [1, 1, 4],
      2: [1, 4, 9],
      3: [1, 1, 1],
      10: [1, 1, 7],
      11: [1, 1, 1],
      20: [1, 2, 2],
      21: [1, 4, 4],
    });
  });

  it("of two interleaved runs of a waiting line counts both", () => {
    // Two calls of f10 wait at line 10 for f20; the second began while the first was suspended, and is not inside it.
    const costs = costsFor(
      "1\n  10\n    20\n2\n  10\n    20\n3\n  @1 11\n    @2 21",
      [3, 6, 1, 3, 2, 1, 9, 1, 4],
      (trace) => {
        trace.resumes = { call: [1, 2], step: [7, 7], parent: [6, 1] };
      },
    );
    expect(times(costs)[10]).toEqual([2, 2, 8]);
  });
});

describe("operations", () => {
  const drawing = "1\n  10\n  11\n1\n  10\n  11\n2";
  const counts = ({ forwardFlops, backwardFlops, forwardBytes, backwardBytes }: Cost) => [
    forwardFlops,
    backwardFlops,
    forwardBytes,
    backwardBytes,
  ];
  const counted = () =>
    costsFor(drawing, [4, 1, 2, 4, 1, 2, 1], (trace) => {
      ran(trace, [
        { step: 1, formula: "2·M·N·K = 2·2·3·4", flops: 48, bytes: 104 },
        { step: 1, name: "add", flops: 6, bytes: 72 },
        { step: 4, formula: "2·M·N·K = 2·2·3·4", count: 2, flops: 96, bytes: 208 },
        { step: 1, formula: "2·M·N·K = 2·2·3·4", backward: true, flops: 96, bytes: 300 },
        { step: 3, name: "neg", flops: 1, bytes: 8 },
      ]);
    });

  it("are charged to the line, and up the call tree, forward and backward", () => {
    const { lineAt, lecture } = counted();
    expect(counts(lineAt(0, 10)!.own)).toEqual([150, 96, 384, 300]);
    expect(counts(lineAt(0, 10)!.all)).toEqual([150, 96, 384, 300]);
    expect(counts(lineAt(0, 11)!.own)).toEqual([0, 0, 0, 0]);
    expect(counts(lineAt(0, 1)!.own)).toEqual([1, 0, 8, 0]);
    expect(counts(lineAt(0, 1)!.all)).toEqual([151, 96, 392, 300]);
    expect(counts(lecture.all)).toEqual([151, 96, 392, 300]);
    expect(lineAt(0, 5)).toBeUndefined();
  });

  it("of one execution are those of its step", () => {
    const { ofStep, stepOperations } = counted();
    expect(counts(ofStep(0).all)).toEqual([54, 96, 176, 300]);
    expect(counts(ofStep(0).own)).toEqual([0, 0, 0, 0]);
    expect(ofStep(3)).toMatchObject({ runs: 1, peak: -1, own: { seconds: 1 }, all: { seconds: 4 } });
    expect(stepOperations(4)).toMatchObject([{ name: "mm", count: 2, flops: 96 }]);
    expect(stepOperations(6)).toEqual([]);
  });

  it("that are alike are one", () => {
    const { lineOperations, lineAt } = counted();
    expect(lineOperations(lineAt(0, 10)!)).toEqual([
      { name: "mm", formula: "2·M·N·K = 2·2·3·4", backward: false, kind: "makes", count: 3, flops: 144, bytes: 312 },
      { name: "mm", formula: "2·M·N·K = 2·2·3·4", backward: true, kind: "makes", count: 1, flops: 96, bytes: 300 },
      { name: "add", formula: "", backward: false, kind: "makes", count: 1, flops: 6, bytes: 72 },
    ]);
  });

  it("have their rate over the executions in which they were counted", () => {
    const { lineAt } = counted();
    expect(lineAt(0, 1)!.own).toMatchObject({ seconds: 2, countedSeconds: 1 });
    expect(lineAt(0, 1)!.all).toMatchObject({ seconds: 8, countedSeconds: 8 });
  });

  it("of recursion count once", () => {
    const { lineAt } = costsFor("1\n  10\n    10\n2", [4, 3, 1, 1], (trace) => {
      ran(trace, [
        { step: 1, flops: 10 },
        { step: 2, flops: 5 },
      ]);
    });
    expect([lineAt(0, 10)!.own.forwardFlops, lineAt(0, 10)!.all.forwardFlops]).toEqual([15, 15]);
  });

  it("may not have been counted at all", () => {
    const costs = costsFor("1\n2", [1, 1]);
    expect(costs.counted).toBe(false);
    expect(costs.lineOperations(costs.lineAt(0, 1)!)).toEqual([]);
    expect(costs.stepOperations(0)).toEqual([]);
    expect(counts(costs.ofStep(0).all)).toEqual([0, 0, 0, 0]);
  });
});

it("keeps the most memory that was alive while a line ran", () => {
  const { lineAt, ofStep, lecture } = costsFor("1\n2\n1", [1, 1, 1], (trace) => {
    const row = { parameters: [0, 0], gradients: [0, 0], optimizer: [0, 0], activations: [0, 0], other: [0, 0] };
    trace.memory = { step: [0, 2], device: [0, 0], ...row, peak: [100, 300], allocated: [-1, -1] };
  });
  expect([lineAt(0, 1)!.peak, lineAt(0, 2)!.peak, lecture.peak]).toEqual([300, -1, 300]);
  expect([ofStep(0).peak, ofStep(1).peak]).toEqual([100, -1]);
});

it("agrees with counting each line's work by walking every chain of callers", () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 60; round++) {
    const trace = traceFromText("1");
    trace.steps = { statement: [], call: [], start: [], duration: [], end: [] };
    trace.statements = { file: Array(6).fill(0), line: [1, 2, 3, 3, 5, 6], end_line: [1, 2, 3, 3, 5, 6], loop_end: [] };
    trace.calls = { function: [], parent: [], track: [] };
    const own: number[] = [];
    const grow = (parent: number, depth: number): number => {
      const call = trace.calls.parent.push(parent) - 1;
      trace.calls.function.push(0);
      trace.calls.track.push(0);
      let whole = 0;
      for (let i = 1 + random(3); i > 0; i--) {
        const step = trace.steps.call.push(call) - 1;
        trace.steps.statement.push(random(6));
        own[step] = 1 + random(9);
        let time = own[step];
        for (let j = depth < 5 ? random(3) : 0; j > 0; j--) time += grow(step, depth + 1);
        trace.steps.duration[step] = time * 1e9;
        whole += time;
      }
      return whole;
    };
    grow(-1, 0);
    const { steps, calls, statements } = trace;
    const line = (step: number) => statements.line[steps.statement[step]];
    const expected = new Map<number, number>();
    own.forEach((amount, step) => {
      const lines = new Set<number>();
      for (let at = step; at >= 0; at = calls.parent[steps.call[at]]) lines.add(line(at));
      for (const at of lines) expected.set(at, (expected.get(at) ?? 0) + amount);
    });
    const { lines } = costsOf(openLecture(trace));
    expect(new Map(lines.map((account) => [account.line, Math.round(account.all.seconds)]))).toEqual(
      new Map([...expected].sort((a, b) => a[0] - b[0])),
    );
  }
});
