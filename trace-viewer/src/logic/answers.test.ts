import { describe, expect, it } from "vitest";
import type { Value } from "../format/generated";
import { answerFor, callMadeAt, definitionOf, resultOf } from "./answers";
import { openLecture } from "./lecture";
import { callSeen, executionSeen, seenInCall } from "./seen";
import { traceFromText } from "./trace-from-text";

const lectureOf = (drawing: string, values: Record<string, Value> = {}) => openLecture(traceFromText(drawing, values));

/** What line 2 or another tells of a name to a reader at a position. */
function told(lecture: ReturnType<typeof lectureOf>, line: number, position: number, name: string) {
  const seen = executionSeen(lecture, 0, line, position)!;
  const answer = answerFor(lecture, seen, name);
  return [seen.when, seen.away, answer?.kind === "value" ? answer.value : answer?.kind] as const;
}

describe("the execution that a line is told of by", () => {
  // positions: 0:1 1:2 2:3 3:2 4:3 5:4
  const LOOP = "1 x=0\n2 x=1\n3\n2 x=2\n3\n4";

  it("is the latest up to the position", () => {
    const lecture = lectureOf(LOOP);
    expect(told(lecture, 2, 1, "x")).toEqual(["now", 0, 1]);
    expect(told(lecture, 2, 2, "x")).toEqual(["before", 1, 1]);
    expect(told(lecture, 2, 5, "x")).toEqual(["before", 2, 2]);
    expect(told(lecture, 1, 5, "x")).toEqual(["before", 5, 0]);
  });

  it("is the first to come where there is none", () => {
    expect(told(lectureOf(LOOP), 4, 0, "x")).toEqual(["ahead", 5, 2]);
  });

  it("is one in the reader's own call rather than a later one in another", () => {
    // positions: 0:1> 1:10 2:11> 3:10 4:11 5:11< 6:1<
    const lecture = lectureOf("1\n  10 n=2\n  11\n    10 n=1\n    11\n");
    expect(told(lecture, 10, 4, "n")).toEqual(["before", 1, 1]);
    expect(told(lecture, 10, 5, "n")).toEqual(["before", 4, 2]);
    expect(told(lecture, 10, 6, "n")).toEqual(["elsewhere", 3, 1]);
  });

  it("of a line that never ran is none", () => {
    expect(executionSeen(lectureOf(LOOP), 0, 7, 3)).toBeNull();
  });
});

describe("what a call in place tells of its lines", () => {
  // positions: 0:1> 1:10 2:11 3:11 4:1< 5:2> 6:10 7:11 8:2< 9:3
  const lecture = lectureOf("1\n  10 n=2\n  11 m=3\n  11 m=4\n2\n  10 n=5\n  11 m=6\n3");
  const inCall = (call: number, line: number, position: number) =>
    seenInCall(lecture, { file: 0, line, call }, false, position);

  it("is its own last execution, wherever the reader is", () => {
    const value = (call: number, line: number, name: string) => {
      const answer = answerFor(lecture, inCall(call, line, 9)!, name);
      return answer?.kind === "value" ? answer.value : answer?.kind;
    };
    expect([value(1, 11, "m"), value(2, 11, "m"), value(1, 11, "n"), value(1, 10, "m")]).toEqual([4, 6, 2, "not yet"]);
    expect(inCall(1, 11, 9)).toMatchObject({ when: "elsewhere", away: 6 });
    expect(inCall(2, 11, 0)).toMatchObject({ when: "ahead", away: 7 });
  });

  it("is nothing for a line that it did not run", () => {
    expect(inCall(1, 2, 9)).toBeNull();
  });

  it("is the whole call for its parameters", () => {
    const seen = (position: number) => seenInCall(lecture, { file: 0, line: 10, call: 1 }, true, position);
    expect(seen(2)).toMatchObject({ at: 2, when: "now" });
    expect(seen(9)).toMatchObject({ at: 3, when: "elsewhere" });
    expect(seen(0)).toMatchObject({ at: 3, when: "ahead" });
  });
});

describe("the answer for a name", () => {
  it("says that it is bound later, or recorded no longer", () => {
    const lecture = lectureOf("1\n2 x=1\n3 x-\n4");
    expect(told(lecture, 1, 0, "x")[2]).toBe("not yet");
    expect(told(lecture, 4, 3, "x")[2]).toBe("cleared");
    expect(told(lecture, 4, 3, "y")[2]).toBeUndefined();
  });

  it("knows the way in of a call from the way out", () => {
    const lecture = lectureOf("1 y=0\n2\n  10\n^ y=3\n3");
    expect(told(lecture, 2, 1, "y")).toEqual(["now", 0, 0]);
    expect(told(lecture, 2, 2, "y")).toEqual(["now", 0, 0]);
    expect(told(lecture, 2, 3, "y")).toEqual(["now", 0, 3]);
  });

  it("finds a part in the whole, as far as that is in the record", () => {
    const layer: Value = {
      kind: "instance",
      type: "Layer",
      fields: [["weight", { kind: "tensor", type: "Tensor", shape: [2, 3], dtype: "float32" }]],
      length: 1,
    };
    const row: Value = { kind: "mapping", type: "dict", entries: [["lo", 5]], length: 1 };
    const lecture = lectureOf("1 layer=$l row=$r", { l: layer, r: row });
    const at = (name: string) => answerFor(lecture, executionSeen(lecture, 0, 1, 0)!, name);
    expect(at("layer.weight.shape")).toMatchObject({
      value: { kind: "sequence", items: [2, 3] },
      of: "layer",
      partial: false,
    });
    expect(at('row["lo"]')).toMatchObject({ value: 5, of: "row" });
    expect(at("layer.bias")).toMatchObject({ of: "layer", partial: true });
    expect(at("__proto__.x")).toBeNull();
  });
});

describe("the call at a place", () => {
  const site = (callee: string, order = 0) => ({ callee, order });

  it("has its arguments, and its result once it has returned", () => {
    const lecture = lectureOf("1\n2\n  10 n=2\n  11 return=7\n^ y=7\n3");
    const at = (position: number) =>
      callMadeAt(lecture, executionSeen(lecture, 0, 2, position)!, site("f10"), [site("f10")])!;
    expect(at(2)).toMatchObject({ open: true, result: undefined, enter: 2 });
    expect(at(4)).toMatchObject({ open: false, result: 7, of: 1 });
    expect(resultOf(lecture, executionSeen(lecture, 0, 2, 5)!, "y")).toBe(7);
    expect(resultOf(lecture, executionSeen(lecture, 0, 2, 2)!, "y")).toBeUndefined();
  });

  it("is told from others of its name by the order of evaluation", () => {
    const lecture = lectureOf("1\n  10\n  11 return=1\n^\n2");
    const seen = executionSeen(lecture, 0, 1, 0)!;
    expect(callMadeAt(lecture, seen, site("f10", 1), [site("len", 0), site("f10", 1)])).toMatchObject({ of: 1 });
    expect(callMadeAt(lecture, seen, site("len", 0), [site("len", 0), site("f10", 1)])).toBeNull();
  });

  it("that ended by an exception says so", () => {
    const lecture = lectureOf("1\n  10\n  11 !");
    const seen = executionSeen(lecture, 0, 1, lecture.positions.count - 1)!;
    expect(callMadeAt(lecture, seen, site("f10"), [site("f10")])).toMatchObject({ raised: { type: "ValueError" } });
  });
});

it("a parameter is what the open call was made with, else the latest", () => {
  const lecture = lectureOf("1\n  10 n=2\n  11\n2\n  10 n=3\n3");
  const at = (position: number) => callSeen(lecture, 0, 10, position)!;
  expect(at(2)).toMatchObject({ when: "now", call: 1 });
  expect(at(lecture.positions.count - 1)).toMatchObject({ when: "elsewhere", call: 2 });
  expect(at(0)).toMatchObject({ when: "ahead", call: 1 });
});

it("a function is where it is defined, with how often it was called", () => {
  const lecture = lectureOf("1\n  10\n2\n  10\n3");
  expect(definitionOf(lecture, "f10", 0)).toEqual({ file: 0, line: 10, calls: 2 });
  expect(definitionOf(lecture, "constructor", 0)).toBeNull();
});
