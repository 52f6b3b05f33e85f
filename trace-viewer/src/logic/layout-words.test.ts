import { describe, expect, it } from "vitest";
import { groundOf, partWords, relationWords } from "./layout-words";
import type { Layout } from "./strided";

const layout = (shape: number[], strides: number[], offset = 0, change: Partial<Layout> = {}): Layout => ({
  shape,
  strides,
  offset: offset * 4,
  item: 4,
  dtype: "float32",
  dimensions: null,
  ...change,
});

const x = layout([8, 6], [6, 1]); // 48 elements, 192 bytes
const ground = groundOf([x], 192);
const cube = layout([2, 4, 6], [24, 6, 1]);
const named = { ...cube, dimensions: ["batch", "time", "width"] };
const line = layout([48], [1]);

describe("what another array is to this one", () => {
  it.each<[string, Layout, Layout]>([
    ["its transpose", layout([6, 8], [1, 6]), x],
    ["its transpose", x, layout([6, 8], [1, 6])],
    ["the same elements, in the same order", x, x],
    ["the same elements, reshaped to [48]", line, x],
    ["the same elements, reshaped to [4, 12]", layout([4, 12], [12, 1]), x],
    ["the same elements, reshaped to [8, 1, 6]", layout([8, 1, 6], [6, 6, 1]), x],
    ["rows 2–5 of it", layout([4, 6], [6, 1], 12), x],
    ["row 3 of it", layout([6], [1], 18), x],
    ["column 2 of it", layout([8], [6], 2), x],
    ["row 3, column 2 of it", layout([], [], 20), x],
    ["rows 2–5, columns 1–2 of it", layout([4, 2], [6, 1], 13), x],
    ["every second column of it", layout([8, 3], [6, 2]), x],
    ["every second column from 1 of it", layout([8, 3], [6, 2], 1), x],
    ["every third row to 3 of it", layout([2, 6], [18, 1]), x],
    ["one element of every 16 of it", layout([3], [16]), line],
    ["rows in reverse", layout([8, 6], [-6, 1], 42), x],
    ["rows 2–5 of it, transposed", layout([6, 4], [1, 6], 12), x],
    ["the diagonal of it", layout([6], [7]), x],
    ["a diagonal of it", layout([5], [7], 1), x],
    ["elements 8–15 of it", layout([8], [1], 8), line],
    ["elements 8–15 of it, reshaped to [2, 4]", layout([2, 4], [4, 1], 8), line],
    ["this is elements 12–17 of it", line, layout([6], [1], 12)],
    ["the same elements, in another order", line, layout([6, 8], [1, 6])],
    ["this is a part of it", line, layout([8, 3], [6, 2])],
    ["row 3 of it, expanded: 6 elements read as 60", layout([10, 6], [0, 1], 18), x],
    ["this is it, expanded: 8 elements read as 24", layout([8, 1], [1, 1]), layout([8, 3], [1, 0])],
    ["this is rows 2–5 of it", x, layout([4, 6], [6, 1], 12)],
    ["another part of the same memory", layout([2, 6], [6, 1]), layout([2, 6], [6, 1], 12)],
    ["another part of the same memory", layout([8, 3], [6, 1]), layout([8, 3], [6, 1], 3)],
    ["another part of the same memory", layout([8, 3], [6, 2]), layout([8, 3], [6, 2], 1)],
    ["overlaps it", layout([4, 6], [6, 1]), layout([4, 6], [6, 1], 12)],
    ["the same bytes, read as int32", { ...x, dtype: "int32" }, x],
    ["it, axes 1 and 2 swapped", layout([2, 6, 4], [24, 1, 6]), cube],
    ["it, axes in the order 2, 0, 1", layout([6, 2, 4], [1, 24, 6]), cube],
    ["index 1 of axis 0", layout([4, 6], [6, 1], 24), cube],
    ["indices 1–2 of time", layout([2, 2, 6], [24, 6, 1], 6), named],
    ["every second index of width", layout([2, 4, 3], [24, 6, 2]), named],
    ["index 1 of axis 0, transposed", layout([6, 4], [1, 6], 24), cube],
    ["in the same memory", layout([5, 3], [3, 2]), layout([6, 2], [5, 3])],
  ])("%s", (words, other, own) => {
    expect(relationWords(other, own, ground)).toBe(words);
  });
});

describe("which part of its storage an array is", () => {
  it.each<[string, Layout, Layout[]]>([
    ["every element, one after the other", x, [x]],
    ["every element, as the transpose", layout([6, 8], [1, 6]), [x]],
    ["every element, one after the other", line, [x]],
    ["rows 2–5 of 8", layout([4, 6], [6, 1], 12), [x]],
    ["every second column", layout([8, 3], [6, 2]), [x]],
    ["elements 8–15 of 48, one after the other", layout([8], [1], 8), [line]],
    ["elements 8–15 of 48, one after the other, as [2, 4]", layout([2, 4], [4, 1], 8), [line]],
    ["every second element", layout([24], [2]), [line]],
    ["column 0 of 6, expanded: 8 elements read as 24", layout([8, 3], [6, 0]), [x]],
    ["the diagonal", layout([6], [7]), [x]],
    ["7 of 48 elements, read as 9", layout([3, 3], [2, 1], 40), [line]],
    ["every byte, read as int16", layout([8, 12], [12, 1], 0, { item: 2, dtype: "int16" }), [x]],
    ["bytes 48–95, read as int32", layout([2, 6], [6, 1], 12, { dtype: "int32" }), [x]],
    ["no element", layout([0], [1]), [x]],
    // Nothing in sight is all of the storage: the rows are what a view's stride shows.
    ["columns 0–2 of 6", layout([8, 3], [6, 1]), []],
  ])("%s", (words, of, others) => {
    expect(partWords(of, groundOf([...others, of], 192))).toBe(words);
  });

  it("is told from an array with rows, if one is all of the storage", () => {
    expect(groundOf([line, x], 192).base).toBe(x);
    expect(groundOf([line], 192).base).toBe(line);
  });
});
