import { describe, expect, it } from "vitest";
import type { Trace } from "../../format/generated";
import { openLecture, type Lecture } from "../lecture";
import { traceFromText } from "../trace-from-text";
import { alignRuns, alignTurns, counterpart, scopeAround, turnedRound, type Alignment } from "./align";
import { alignSources } from "./sources";

function finished<T>(work: Generator<number, T>): T {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}

/** A drawing, its source with lines put in: of each, behind which line of the drawing. */
function drawn(drawing: string, inserted: Record<number, string> = {}): Lecture {
  const trace = traceFromText(drawing);
  return openLecture(insert(trace, inserted));
}

function insert(trace: Trace, inserted: Record<number, string>): Trace {
  const [file] = trace.files;
  const lines = file.text.split("\n").flatMap((text, index) => {
    const more = inserted[index + 1];
    return more === undefined ? [text] : [text, more];
  });
  file.text = lines.join("\n");
  const moved = (line: number) => line + Object.keys(inserted).filter((behind) => Number(behind) < line).length;
  for (const column of ["line", "end_line", "loop_end"] as const) {
    trace.statements[column] = Array.from(trace.statements[column], (line) => (line === 0 ? 0 : moved(line)));
  }
  trace.functions.line = Array.from(trace.functions.line, moved);
  trace.functions.end_line = Array.from(trace.functions.end_line, moved);
  return trace;
}

const align = (a: Lecture, b: Lecture) => finished(alignRuns(a, b, alignSources(a.trace, b.trace)));
const over = (lecture: Lecture, a: number, b: number) =>
  finished(alignTurns(lecture, alignSources(lecture.trace, lecture.trace), { a, b }));
const toB = ({ toB }: Alignment) => [...toB].map((to) => (to < 0 ? "·" : to)).join(" ");
const toA = ({ toA }: Alignment) => [...toA].map((to) => (to < 0 ? "·" : to)).join(" ");

describe("two runs", () => {
  it("of one program are one", () => {
    const run = drawn("loop 2-3\n1\n2\n3\n  10\n  11\n2\n3\n  10\n  11\n2\n4");
    expect(toB(align(run, run))).toBe("0 1 2 3 4 5 6 7 8 9 10");
  });

  it("are aligned past lines put in above, and beside", () => {
    const before = drawn("1\n2\n3\n4");
    const after = drawn("1\n2\n3\n4", { 1: "    import os", 3: "    # why" });
    expect(toB(align(before, after))).toBe("0 1 2 3");
  });

  it("are aligned around a line that one does not run", () => {
    expect(toB(align(drawn("1\n2\n3\n4"), drawn("1\n3\n4")))).toBe("0 · 1 2");
    expect(toA(align(drawn("1\n2\n3\n4"), drawn("1\n3\n4")))).toBe("0 2 3");
  });

  it("are aligned turn by turn, and behind a loop that took more turns", () => {
    const short = drawn("loop 2-3\n1\n2\n3\n2\n3\n2\n4\n5");
    const long = drawn("loop 2-3\n1\n2\n3\n2\n3\n2\n3\n2\n4\n5");
    expect(toB(align(short, long))).toBe("0 1 2 3 4 5 8 9");
    expect(toA(align(short, long))).toBe("0 1 2 3 4 5 · · 6 7");
  });

  it("keep the turns of an inner loop with those of the outer one", () => {
    const a = drawn("loop 1-3\nloop 2-3\n1\n2\n3\n2\n1\n2\n3\n2\n1\n4");
    const b = drawn("loop 1-3\nloop 2-3\n1\n2\n3\n2\n3\n2\n1\n2\n3\n2\n1\n4");
    // The first outer turn has one inner turn in A, two in B; the second one in both.
    expect(toB(align(a, b))).toBe("0 1 2 3 6 7 8 9 10 11");
    expect(toA(align(a, b))).toBe("0 1 2 3 · · 4 5 6 7 8 9");
  });

  it("match calls along the tree, the n-th with the n-th of its function", () => {
    const a = drawn("1\n  10\n  11\n2\n  10\n3\n  20");
    const b = drawn("1\n  10\n  11\n2\n  20\n^\n  10\n3\n  10");
    // Line 2 calls f10 in both; f20 before it in B alone. Line 3 calls f20 in A and f10 in B.
    expect(toB(align(a, b))).toBe("0 1 2 3 5 6 ·");
  });

  it("follow recursion down", () => {
    const a = drawn("1\n  10\n  11\n    10\n    12\n  13");
    const b = drawn("1\n  10\n  11\n    10\n    11\n      10\n      12\n    13\n  13");
    expect(toB(align(a, b))).toBe("0 1 2 3 · 8");
  });

  it("lead from a position to its counterpart, or to the last one before", () => {
    const alignment = align(drawn("1\n  10\n2\n3"), drawn("1\n  10\n3"));
    // positions of A: 0 in, 1 line 10, 2 out, 3 line 2, 4 line 3
    expect([0, 1, 2, 3, 4].map((at) => counterpart(alignment, at))).toEqual([
      { position: 0, exact: true },
      { position: 1, exact: true },
      { position: 2, exact: true },
      { position: 2, exact: false },
      { position: 3, exact: true },
    ]);
    const back = turnedRound(alignment);
    expect([...back.toB]).toEqual([0, 1, 3]);
    expect(counterpart(back, 3)).toEqual({ position: 4, exact: true });
  });

  it("without a step lead nowhere", () => {
    expect(counterpart(align(drawn(""), drawn("1")), -1)).toEqual({ position: 0, exact: false });
    expect(counterpart(align(drawn("1"), drawn("")), 0)).toEqual({ position: 0, exact: false });
  });
});

describe("a run laid over itself", () => {
  // steps:               0    1  2  3  4  5  6  7  8  9  10
  const loop = drawn("loop 2-4\n1\n2\n3\n4\n2\n3\n4\n2\n3\n2\n5");

  it("has turn 1 over turn 2, and so all others", () => {
    const alignment = over(loop, 2, 5)!;
    expect(toB(alignment)).toBe("0 4 5 6 7 8 · 9 · · 10");
    expect(counterpart(alignment, 2)).toEqual({ position: 5, exact: true });
  });

  it("is compared within the turn that A is in", () => {
    const alignment = over(loop, 2, 5)!;
    expect(scopeAround(alignment, 2)).toEqual({ from: 1, to: 4 });
    expect(scopeAround(alignment, 5)).toEqual({ from: 4, to: 7 });
  });

  it("has a turn of an inner loop over one of another outer turn", () => {
    const nested = drawn("loop 1-3\nloop 2-3\n1\n2\n3\n2\n3\n2\n1\n2\n3\n2\n3\n2\n1\n4");
    // step 2 is line 3 in outer turn 1, inner turn 1; step 10 in outer turn 2, inner turn 2.
    const alignment = over(nested, 2, 10)!;
    expect(alignment.toB[2]).toBe(10);
    expect(alignment.toB[0]).toBe(6);
    expect(alignment.toB[1]).toBe(9);
  });

  it("has a call over another of the same function", () => {
    const calls = drawn("1\n  10\n  11\n2\n  10\n  11\n3");
    const alignment = over(calls, 2, 5)!;
    expect([1, 2].map((step) => alignment.toB[step])).toEqual([4, 5]);
    expect(scopeAround(alignment, 2)).toEqual({ from: 1, to: 3 });
  });

  it("has a call over one that it makes itself", () => {
    const recursion = drawn("1\n  10\n  11\n    10\n    12\n  13");
    const alignment = over(recursion, 1, 3)!;
    expect([1, 2].map((step) => alignment.toB[step])).toEqual([3, -1]);
  });

  it("is nothing where two lines have nothing in common", () => {
    expect(over(loop, 0, 3)).toBeNull();
  });
});

describe("sources", () => {
  it("pair edited lines, and functions that were moved", () => {
    const a = traceFromText("1\n  10\n  11\n2\n  20");
    const b = traceFromText("1\n  10\n  11\n2\n  20");
    const texts = ["def main():", "    f()", "def f():", "    x = g(1, 2)", "    return x", "def h():", "    return 3"];
    const moved = [
      "def main():",
      "    f()",
      "def h():",
      "    return 3",
      "def f():",
      "    x = g(1, 2, 3)",
      "    return x",
    ];
    a.files[0].text = texts.join("\n");
    b.files[0].text = moved.join("\n");
    Object.assign(a.statements, { line: [2, 4, 5, 1, 7], end_line: [2, 4, 5, 1, 7] });
    Object.assign(b.statements, { line: [2, 6, 7, 1, 4], end_line: [2, 6, 7, 1, 4] });
    Object.assign(a.functions, { line: [1, 3, 6], end_line: [2, 5, 7] });
    Object.assign(b.functions, { line: [1, 5, 3], end_line: [2, 7, 4] });
    const sources = alignSources(a, b);
    expect([...sources.statementB]).toEqual([0, 1, 2, 3, 4]);
    const [{ lines }] = sources.files;
    expect(lines.filter((pair) => pair.a > 0).map((pair) => pair.a)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(lines.filter((pair) => pair.b > 0).map((pair) => pair.b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("pair the two lectures' own files, whatever they are called", () => {
    const [a, b] = [traceFromText("1"), traceFromText("1")];
    b.files[0].path = "lectures/fused.py";
    const { files } = alignSources(a, b);
    expect(files.map((pair) => [pair.a, pair.b])).toEqual([[0, 0]]);
  });
});
