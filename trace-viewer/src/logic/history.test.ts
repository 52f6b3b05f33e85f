import { describe, expect, it } from "vitest";
import { historyOf, momentAt, valueAt, type Scope } from "./history";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

/** The moments of a name as `value at position`; `(same)` marks those that a list folds. */
function moments(drawing: string, name: string, call = 0, scope?: Scope): string[] | null {
  const lecture = openLecture(traceFromText(drawing));
  const history = historyOf(lecture, call, name, scope);
  if (!history) return null;
  return Array.from(history.positions, (position, moment) => {
    const value = JSON.stringify(valueAt(lecture, history, moment)) ?? "gone";
    return `${value} at ${position}${history.distinct.includes(moment) ? "" : " (same)"}`;
  });
}

describe("the history of a name", () => {
  it("has a moment for every time it was bound, and needs two", () => {
    expect(moments("1 x=1\n2\n3 x=2\n4 x=2\n5 x=1", "x")).toEqual(["1 at 0", "2 at 2", "2 at 3 (same)", "1 at 4"]);
    expect(moments("1 x=1\n2", "x")).toBeNull();
    expect(moments("1 x=1\n2 x=2", "y")).toBeNull();
  });

  it("tells of what a call left behind on the way out", () => {
    expect(moments("1 x=1\n2\n  10\n^ x=2", "x")).toEqual(["1 at 0", "2 at 3"]);
  });

  it("knows when it was shown no longer", () => {
    expect(moments("1 x=1\n2 x-\n3 x-\n4 x=1", "x")).toEqual(["1 at 0", "gone at 1", "1 at 3"]);
  });

  it("has one moment a position: what was known there at last", () => {
    expect(moments("1 x=1 x=2\n2 x=3", "x")).toEqual(["2 at 0", "3 at 1"]);
  });

  it("does not count a loop's last question, which binds nothing", () => {
    const drawing = (last: number) => `loop 1-2\n1 i=0\n2\n1 i=1\n2\n1 i=${last}\n3`;
    expect(moments(drawing(1), "i")).toEqual(["0 at 0", "1 at 2"]);
    expect(moments(drawing(7), "i")).toEqual(["0 at 0", "1 at 2", "7 at 4"]);
  });

  it("leaves out what a call returned", () => {
    expect(moments("1\n  10 x=1 return=5\n  11 x=2 return=6", "", 1)).toBeNull();
  });

  it("is that of all calls of the function where the call has none of its own, or when asked for", () => {
    const twice = "1\n  10 loss=3\n2\n  10 loss=2\n  11 loss=1";
    expect(moments(twice, "loss", 1)).toEqual(["3 at 1", "2 at 4", "1 at 5"]);
    expect(moments(twice, "loss", 2)).toEqual(["2 at 4", "1 at 5"]);
    expect(moments(twice, "loss", 2, "function")).toEqual(["3 at 1", "2 at 4", "1 at 5"]);
    expect(moments("1 x=1\n  10 x=2\n    20 x=3\n2\n  10 x=4", "x", 1)).toEqual(["2 at 1", "4 at 6"]);
  });

  it("of a function that calls itself is in the order in which a reader comes to it", () => {
    const lecture = openLecture(traceFromText("1\n  10 n=2\n  11\n    10 n=1\n  ^ n=0"));
    const history = historyOf(lecture, 1, "n", "function");
    expect(Array.from(history?.positions ?? [])).toEqual([1, 3, 4]);
  });

  it("says which moment is the latest at a position", () => {
    const lecture = openLecture(traceFromText("1\n2 x=1\n3\n4 x=2"));
    const history = historyOf(lecture, 0, "x")!;
    expect([0, 1, 2, 3].map((position) => momentAt(history, position))).toEqual([-1, 0, 0, 1]);
  });
});
