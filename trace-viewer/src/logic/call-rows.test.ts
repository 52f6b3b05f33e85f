import { describe, expect, it } from "vitest";
import { callFacts } from "./call-facts";
import { callRows, nothingOpened, pathTo, type CallRows } from "./call-rows";
import { findRuns, laySiblings } from "./call-runs";
import { searchCalls } from "./call-search";
import { openLecture, type Lecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

const lectureOf = (drawing: string) => openLecture(traceFromText(drawing));

/** A loop in main that calls f10 `turns` times; f10 calls f20 in each. */
const loop = (turns: number) => `1\n${"2\n  10\n    20\n  11\n".repeat(turns)}3`;

/** The rows as text: what is deeper is indented, what is folded is counted. */
function drawn(lecture: Lecture, rows: CallRows): string[] {
  return Array.from({ length: rows.count }, (_, i) => {
    const row = rows.at(i);
    const indent = "  ".repeat(row.level - 1);
    if (row.kind === "more") return `${indent}${row.open ? "v" : ">"} ${row.count} more`;
    const sign = row.openable ? (row.open ? "v" : ">") : "·";
    return `${indent}${sign} ${lecture.functionName(row.call)} ${row.place}/${row.of}`;
  });
}

function tree(lecture: Lecture, change: Partial<Record<"calls" | "closed" | "runs", number[]>> = {}, current = -1) {
  const facts = callFacts(lecture);
  const opened = {
    ...nothingOpened,
    ...Object.fromEntries(Object.entries(change).map(([key, calls]) => [key, new Set(calls)])),
  };
  return callRows(facts, lecture.trace.calls.function, opened, current < 0 ? [] : pathTo(facts, current));
}

describe("runs of like calls", () => {
  it("fold what repeats, whether by one function or by several in turns", () => {
    expect(findRuns([1, 1, 1])).toEqual([]);
    expect(findRuns([1, 1, 1, 1, 1, 1])).toEqual([{ from: 0, to: 6, shown: 2 }]);
    expect(findRuns([0, 1, 2, 1, 2, 1, 2, 1, 2, 3])).toEqual([{ from: 1, to: 9, shown: 2 }]);
    expect(findRuns([1, 2, 3, 1, 2, 3, 1, 2, 3, 1])).toEqual([{ from: 0, to: 9, shown: 3 }]);
    expect(findRuns([1, 2, 3, 4, 5, 6, 7])).toEqual([]);
  });

  it("have a row for each call shown and one for the rest, and every row leads back to its call", () => {
    const functions = [0, ...Array.from({ length: 50 }, () => 1), 2, ...Array.from({ length: 10 }, () => 3), 4];
    const runs = findRuns(functions);
    for (const isOpen of [() => false, () => true, (run: number) => run === 1]) {
      const layout = laySiblings(functions.length, runs, isOpen);
      const rows = Array.from({ length: layout.rows }, (_, row) => layout.at(row));
      expect(rows.filter((row) => "run" in row)).toHaveLength(2);
      const back = rows.map((found, row) => ("index" in found ? layout.rowOf(found.index).row : row));
      expect(back).toEqual(rows.map((_, row) => row));
      functions.forEach((_, index) => {
        const { row, folded } = layout.rowOf(index);
        expect(layout.at(row)).toEqual(folded ? { run: runs.findIndex(({ to }) => index < to) } : { index });
      });
    }
  });
});

describe("the tree of calls", () => {
  it("starts with what nothing called, and opens what the reader is in", () => {
    const lecture = lectureOf(loop(1));
    expect(drawn(lecture, tree(lecture))).toEqual(["> main 1/1"]);
    expect(drawn(lecture, tree(lecture, {}, 0))).toEqual(["v main 1/1", "  > f10 1/1"]);
    expect(drawn(lecture, tree(lecture, {}, 1))).toEqual(["v main 1/1", "  > f10 1/1"]);
    expect(drawn(lecture, tree(lecture, {}, 2))).toEqual(["v main 1/1", "  v f10 1/1", "    · f20 1/1"]);
  });

  it("folds like calls, but not the one that the reader is in", () => {
    const lecture = lectureOf(loop(100));
    const inside = 1 + 2 * 47 + 1; // f20, called by the 48th f10
    expect(drawn(lecture, tree(lecture, {}, inside))).toEqual([
      "v main 1/1",
      "  > f10 1/100",
      "  > f10 2/100",
      "  > 97 more",
      "  v f10 48/100",
      "    · f20 1/1",
    ]);
    expect(tree(lecture, {}, inside).rowOf({ call: inside })).toBe(5);
    expect(tree(lecture, {}, inside).rowOf({ run: 1 })).toBe(3);
    expect(tree(lecture, { closed: [0] }, inside).rowOf({ call: inside })).toBe(-1);
  });

  it("shows a run in full when asked, with what is open in it", () => {
    const lecture = lectureOf(loop(8));
    const rows = tree(lecture, { runs: [1], calls: [0, 7] });
    expect(drawn(lecture, rows)).toEqual([
      "v main 1/1",
      "  > f10 1/8",
      "  > f10 2/8",
      "  v 6 more",
      "  > f10 3/8",
      "  v f10 4/8",
      "    · f20 1/1",
      "  > f10 5/8",
      "  > f10 6/8",
      "  > f10 7/8",
      "  > f10 8/8",
    ]);
    for (let row = 0; row < rows.count; row++) {
      const found = rows.at(row);
      expect(rows.rowOf(found.kind === "call" ? { call: found.call } : { run: found.run })).toBe(row);
    }
  });

  it("goes as deep as the calls do", () => {
    const deep = 5000;
    const lecture = lectureOf(Array.from({ length: deep }, (_, i) => `${" ".repeat(i)}1`).join("\n"));
    const rows = tree(lecture, {}, deep - 1);
    expect(rows.count).toBe(deep);
    expect(rows.at(deep - 1)).toMatchObject({ level: deep, openable: false });
  });

  it("is made in a moment, however many calls there are", () => {
    const lecture = lectureOf("1");
    const many = 300_000;
    const order = Int32Array.from({ length: many }, (_, i) => i);
    const start = new Int32Array(many + 2).fill(many);
    start[0] = 0;
    start[1] = 1;
    const facts = {
      ...callFacts(lecture),
      first: order,
      parent: Int32Array.from(order, (call) => (call === 0 ? -1 : 0)),
      children: { start, order },
    };
    const functions = Int32Array.from(order, (call) => Math.imul(call ^ (call >>> 7), 2654435761) >>> 29);
    callRows(facts, functions, nothingOpened, [0, 1]);
    const began = performance.now();
    for (let call = 1; call < 1000; call++) {
      const rows = callRows(facts, functions, nothingOpened, [0, call * 299]);
      expect(rows.at(rows.rowOf({ call: call * 299 }))).toMatchObject({ call: call * 299 });
    }
    expect((performance.now() - began) / 1000).toBeLessThan(4); // milliseconds for each, of the 16 that a key press has
  });
});

describe("what is told of a call", () => {
  const lecture = lectureOf("1\n2\n  10\n    20\n  11 return=3\n^ y=3\n2\n  10 !\n");
  const facts = callFacts(lecture);

  it("is its steps and time with what it called, and what it returned", () => {
    expect([...facts.steps]).toEqual([7, 3, 1, 1]);
    expect([...facts.time]).toEqual([3000, 2000, 1000, 1000]);
    expect(facts.flops).toBeNull();
    expect(lecture.trace.values[facts.returned[1]]).toBe(3);
    expect([...facts.level]).toEqual([0, 1, 2, 1]);
  });

  it("is the exception that left it, and not one that it handled", () => {
    const trace = traceFromText("1\n2\n  10\n    20 !\n  11\n3");
    trace.raised = { step: [3, 2], failure: [0, 0] }; // f20 was left by it; the line of f10 that called it handled it
    trace.steps.end[2] = 3;
    expect([...callFacts(openLecture(trace)).raised]).toEqual([0, 0, 1]);
  });

  it("sums FLOPs with those of what was called", () => {
    const trace = traceFromText("1\n2\n  10\n    20\n  11");
    const two = [0, 0];
    trace.operations = {
      step: [2, 3],
      name: two,
      formula: two,
      phase: [0, 1],
      kind: two,
      count: [1, 1],
      flops: [10, 5],
      bytes: two,
    };
    expect([...callFacts(openLecture(trace)).flops!]).toEqual([15, 15, 5]);
  });
});

describe("the filter", () => {
  const trace = traceFromText("1\n2\n  10\n    20\n  11\n2\n  30\n");
  trace.strings.push("size");
  trace.values.push("Big");
  trace.bindings = {
    step: [3],
    at: [3],
    name: [trace.strings.length - 1],
    value: [trace.values.length - 1],
    role: [3],
  };
  const lecture = openLecture(trace);

  function found(query: string) {
    const search = searchCalls(lecture, callFacts(lecture), query, (value) => String(trace.values[value]));
    for (;;) {
      const { done, value } = search.next();
      if (done) return { matches: value.matches, rows: drawn(lecture, value.rows) };
    }
  }

  it("finds functions by name, with those that led to them", () => {
    expect(found("F3")).toEqual({ matches: 1, rows: ["v main 1/1", "  · f30 2/2"] });
    expect(found("f").matches).toBe(3);
    expect(found("nothing")).toEqual({ matches: 0, rows: [] });
  });

  it("finds arguments by name and value", () => {
    const rows = ["v main 1/1", "  v f10 1/2", "    · f20 1/1"];
    expect(found("size=big")).toEqual({ matches: 1, rows });
    expect(found("big")).toEqual({ matches: 1, rows });
    expect(found("size=small").matches).toBe(0);
  });
});
