import { describe, expect, it } from "vitest";
import { depthProfile, MOST_STRETCHES, stretchOf } from "./depth";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

describe("the depth of a lecture", () => {
  it("is drawn step by step where there are few", () => {
    // positions: 1  2> 10> 20 10< 2<  3
    const { most, mean, deepest } = depthProfile(openLecture(traceFromText("1\n2\n  10\n    20\n3")));
    expect([...most]).toEqual([0, 0, 0.5, 1, 0.5, 0, 0]);
    expect([...mean]).toEqual([...most]);
    expect(deepest).toBe(2);
  });

  it("is a few hundred stretches where there are many, none of them empty", () => {
    const turns = Array.from({ length: 700 }, () => "1\n  10\n  11").join("\n");
    const lecture = openLecture(traceFromText(turns));
    const { most, mean } = depthProfile(lecture);
    expect(most).toHaveLength(MOST_STRETCHES);
    expect(Math.min(...most)).toBe(1);
    expect(Math.max(...mean)).toBeLessThan(1);
    expect([0, lecture.positions.count - 1].map((position) => stretchOf(lecture, position))).toEqual([0, 599]);
  });

  it("does not let a deep recursion press the rest flat", () => {
    const deep = Array.from({ length: 30 }, (_, depth) => `${" ".repeat(depth)}${1 + depth}`).join("\n");
    const { most, deepest } = depthProfile(openLecture(traceFromText(deep)));
    expect(deepest).toBe(29);
    expect(most[1]).toBeCloseTo(Math.log(2) / Math.log(30));
  });

  it("is flat where nothing is called, or nothing ran", () => {
    expect([...depthProfile(openLecture(traceFromText("1\n2"))).most]).toEqual([0, 0]);
    expect(depthProfile(openLecture(traceFromText(""))).most).toHaveLength(0);
  });
});
