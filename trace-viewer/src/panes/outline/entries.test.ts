import { describe, expect, it } from "vitest";
import { entriesOf } from "./entries";

const entries = (...levels: number[]) =>
  entriesOf(levels.map((level, index) => ({ level, text: `${index}`, step: index, position: index }))).map(
    ({ index, level }) => [index, level],
  );

describe("the entries of an outline", () => {
  it("stand as deep as their headings", () => {
    expect(entries(1, 2, 3, 2)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 2],
    ]);
  });

  it("leave out levels that the author left out", () => {
    expect(entries(2, 4, 4, 2).map(([, level]) => level)).toEqual([1, 2, 2, 1]);
    expect(entries(3, 2, 6).map(([, level]) => level)).toEqual([1, 1, 2]);
  });

  it("go down to the third level", () => {
    expect(entries(1, 2, 3, 4, 4, 2).map(([index]) => index)).toEqual([0, 1, 2, 5]);
  });
});
