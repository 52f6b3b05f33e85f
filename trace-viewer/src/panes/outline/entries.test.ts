import { describe, expect, it } from "vitest";
import { entriesAround, levelsOf } from "./entries";

const levels = (...given: number[]) => levelsOf(given.map((level) => ({ level })));

describe("the levels of an outline", () => {
  it("are those of the headings, where none is left out", () => {
    expect(levels(1, 2, 3, 3, 2, 1, 2)).toEqual([1, 2, 3, 3, 2, 1, 2]);
  });

  it("leave out what the author left out", () => {
    expect(levels(2, 4, 4, 2)).toEqual([1, 2, 2, 1]);
    expect(levels(3, 2, 6)).toEqual([1, 1, 2]);
  });
});

describe("the entries of an outline", () => {
  it("are all down to the third level, when they are few", () => {
    expect(entriesAround([1, 2, 3, 4, 2], 0)).toEqual([0, 1, 2, 4]);
  });

  it("are the sections and what is in the current one, when they are many", () => {
    const section = [2, 3, 3];
    const many = [1, ...Array.from({ length: 10 }, () => section).flat()];
    const sections = many.flatMap((level, index) => (level < 3 ? [index] : []));
    expect(entriesAround(many, -1)).toEqual(sections);
    expect(entriesAround(many, 4)).toEqual([0, 1, 4, 5, 6, ...sections.slice(3)]);
    expect(entriesAround(many, 6)).toEqual(entriesAround(many, 4));
    expect(entriesAround(many, many.length - 1).slice(-3)).toEqual([28, 29, 30]);
  });
});
