import { describe, expect, it } from "vitest";
import { callInPlace } from "./call-in-place";
import { callLinks, callsMadeBy, executionShown, madeAt } from "./call-links";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

// main loops over line 2, which calls f10 twice a turn; f10 loops over 11 and calls f20 from 12.
const DRAWING = `
  1
  2
    10 a=1
    11 b=5
    11 b=6
    12
      20
    13 return=7
  2
    10 a=2
    13 return=8
  3`;

const lecture = openLecture(traceFromText(DRAWING));
const links = callLinks(lecture);
const statementAt = (line: number) => Array.from(lecture.trace.statements.line).indexOf(line);
const { positions } = lecture;

describe("the calls that a line made", () => {
  it("are those of one activation, in order, each found by the execution that made it", () => {
    const made = callsMadeBy(lecture, links, statementAt(2), 0);
    expect([...made]).toEqual([1, 3]);
    const [first, second] = lecture.executions.within(statementAt(2), 0);
    expect([madeAt(lecture, made, first), madeAt(lecture, made, second)]).toEqual([0, 1]);
    expect(madeAt(lecture, made, 0)).toBe(-1);
    expect([...links.calling.keys()].filter((statement) => links.calling[statement] === 1)).toEqual(
      [2, 12].map(statementAt),
    );
  });

  it("belong to the execution that the line stands for", () => {
    const [first, second] = lecture.executions.within(statementAt(2), 0);
    const shown = (position: number) => executionShown(lecture, statementAt(2), position);
    expect(shown(0)).toBe(first); // the first to come
    expect(shown(positions.entry[first])).toBe(first);
    expect(shown(positions.exit[first] - 1)).toBe(first); // from inside what it called
    expect(shown(positions.entry[second])).toBe(second);
    expect(shown(positions.count - 1)).toBe(second);
  });

  it("of a function that calls itself belong to the innermost call, until it is left", () => {
    const deep = openLecture(traceFromText("1\n2\n  10\n  11\n    10\n    11\n  12"));
    const statement = Array.from(deep.trace.statements.line).indexOf(11);
    const [outer, inner] = deep.executions.byStatement.order.subarray(
      deep.executions.byStatement.start[statement],
      deep.executions.byStatement.start[statement + 1],
    );
    expect(executionShown(deep, statement, deep.positions.entry[inner])).toBe(inner);
    expect(executionShown(deep, statement, deep.positions.exit[outer] + 1)).toBe(outer);
  });
});

describe("a call in place", () => {
  it("tells what each line did in it: how often it ran, and what it inspected last", () => {
    const call = callInPlace(lecture, 1);
    expect([...call.ran].map(([line, { times }]) => [line, times])).toEqual([
      [10, 1],
      [11, 2],
      [12, 1],
      [13, 1],
    ]);
    const values = (line: number) =>
      call.ran.get(line)!.values.map(({ name, value }) => [name, lecture.trace.values[value]]);
    expect([values(10), values(11), values(12)]).toEqual([[["a", 1]], [["b", 6]], []]);
    expect(lecture.trace.values[call.returned]).toBe(7);
    expect(call.raised).toBeNull();
  });

  it("leaves out the lines that another call reached", () => {
    const call = callInPlace(lecture, 3);
    expect([...call.reached]).toEqual([10, 13]);
    expect(call.firstReached).toBe(10);
  });

  it("says by which exception it was left", () => {
    const trace = traceFromText("1\n2\n  10\n  11 !");
    trace.raised = { step: [3, 1], failure: [0, 0] };
    expect(callInPlace(openLecture(trace), 1).raised?.type).toBe("ValueError");
  });
});
