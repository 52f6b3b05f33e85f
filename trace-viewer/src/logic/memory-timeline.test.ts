import { describe, expect, it } from "vitest";
import type { Value } from "../format/generated";
import { openLecture } from "./lecture";
import { memoryOf } from "./memory";
import { changeFrom, sectionsOf, timelineOf } from "./memory-timeline";
import { parameterCount } from "./parameters";
import { traceFromText } from "./trace-from-text";

const mem = (activations: number, peak = activations) => `mem:cpu:1,0,0,${activations - 1},0:${peak}`;

const lecture = openLecture(
  traceFromText(`
    1 ${mem(2)}
    2 "# One"
    3 ${mem(9)}
    4 ${mem(3, 20)}
    5 "## Two"
    6
    7 ${mem(8)}
    8 ${mem(4)}`),
);
const [device] = memoryOf(lecture);
const { count } = lecture.positions;

describe("the timeline", () => {
  it("has a column a position where there is room, each holding until the next", () => {
    const { columns, live, peak } = timelineOf(device, count, 100);
    expect(columns).toBe(8);
    expect([...live[0]]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect([...live[3]]).toEqual([1, 1, 8, 2, 2, 2, 7, 3]);
    expect([...peak]).toEqual([2, 2, 9, 20, 3, 3, 8, 4]);
  });

  it("keeps the fullest moment of what falls into one column", () => {
    const { live, peak } = timelineOf(device, count, 2);
    expect([...live[3]]).toEqual([8, 7]);
    expect([...peak]).toEqual([20, 8]);
    expect([...timelineOf(device, count, 3).live[3]]).toEqual([8, 2, 7]);
  });

  it("shows no moment that never was: a row that another follows at once counts for the peak alone", () => {
    const inside = openLecture(
      traceFromText(`
        1
        2 ${mem(9)} ${mem(3)}
        3`),
    );
    const [only] = memoryOf(inside);
    expect([...timelineOf(only, inside.positions.count, 3).live[3]]).toEqual([0, 2, 2]);
    expect([...timelineOf(only, inside.positions.count, 3).peak]).toEqual([0, 9, 3]);
  });

  it("is told by section too", () => {
    expect(sectionsOf(device, lecture.headings, count)).toEqual([
      { title: "Beginning", live: [1, 0, 0, 1, 0], total: 2, peak: 2, at: 0 },
      { title: "One", live: [1, 0, 0, 2, 0], total: 3, peak: 20, at: 3 },
      { title: "Two", live: [1, 0, 0, 3, 0], total: 4, peak: 8, at: 6 },
    ]);
    expect(sectionsOf(device, [], count)).toEqual([
      { title: "Beginning", live: [1, 0, 0, 3, 0], total: 4, peak: 20, at: 3 },
    ]);
  });

  it("leads from change to change", () => {
    expect([0, 2, 3, 6, 7].map((position) => changeFrom(device, position, 1))).toEqual([2, 3, 6, 7, -1]);
    expect([0, 1, 3, 5, 7].map((position) => changeFrom(device, position, -1))).toEqual([-1, 0, 2, 3, 6]);
  });
});

it("knows how many parameters there are from a module of as many bytes, unless two differ", () => {
  const module = (parameter_count: number, parameter_bytes: number) =>
    ({
      kind: "module",
      type: "M",
      fields: [],
      length: 0,
      parameters: [],
      parameter_count,
      parameter_bytes,
    }) as unknown as Value;
  const values = { a: module(10, 40), b: module(10, 20), c: module(5, 20) };
  const of = openLecture(traceFromText("1 a=$a b=$b c=$c", values));
  expect([40, 20, 8].map((bytes) => parameterCount(of, bytes))).toEqual([10, null, null]);
});
