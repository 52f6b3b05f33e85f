import { describe, expect, it } from "vitest";
import type { Tensor } from "../format/generated";
import { coverageOf, isCompact, itemSize, layoutOf, reachOf, type Layout } from "./strided";

const layout = (shape: number[], strides: number[], offset = 0, item = 4): Layout => ({
  shape,
  strides,
  offset: offset * item,
  item,
  dtype: "float32",
  dimensions: null,
});

/** The places that an array covers, found by visiting every element. */
function visited({ shape, strides, offset, item }: Layout, unit: number): Set<number> {
  let starts = [offset];
  shape.forEach((size, axis) => {
    starts = starts.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * strides[axis] * item));
  });
  const places = new Set<number>();
  for (const start of starts)
    for (let byte = 0; byte < item; byte += unit) places.add(Math.floor((start + byte) / unit));
  return places;
}

describe("what an array covers of its storage", () => {
  it.each<[string, Layout, number]>([
    ["all of it", layout([4, 6], [6, 1]), 4],
    ["its transpose", layout([6, 4], [1, 6]), 4],
    ["rows", layout([2, 6], [6, 1], 6), 4],
    ["every second column", layout([4, 3], [6, 2], 1), 4],
    ["backwards", layout([4, 6], [-6, -1], 23), 4],
    ["expanded", layout([4, 5, 6], [6, 0, 1]), 4],
    ["a diagonal", layout([4], [7]), 4],
    ["one element", layout([], [], 5), 4],
    ["nothing", layout([0, 6], [6, 1]), 4],
    ["overlapping windows", layout([5, 3], [2, 1]), 4],
    ["axes that interleave", layout([2, 3], [3, 2]), 4],
    ["three axes", layout([2, 3, 2], [12, 4, 2], 1), 4],
    ["smaller places than elements", layout([3, 2], [4, 1], 1), 1],
    ["larger places than elements", layout([4], [1], 2, 1), 1],
  ])("%s, as visiting every element says", (_, of, unit) => {
    const places = visited(of, unit);
    const coverage = coverageOf(of, unit);
    expect(coverage.places).toBe(places.size);
    for (let end = 0; end < 110; end++) {
      expect(coverage.before(end)).toBe([...places].filter((place) => place < end).length);
    }
  });

  it("is asked of a tensor of any size at once", () => {
    const huge = coverageOf(layout([1 << 20, 1 << 20], [1 << 21, 2]), 4);
    expect(huge.places).toBe(2 ** 40);
    expect(huge.before(2 ** 21)).toBe(2 ** 20);
    expect(coverageOf(layout([1 << 20, 1 << 20], [1, 1]), 4).places).toBe(2 ** 21 - 1);
  });
});

describe("a layout", () => {
  const tensor = (change: object): Tensor =>
    ({ kind: "tensor", type: "Tensor", shape: [4, 6], dtype: "float32", strides: [6, 1], ...change }) as Tensor;

  it("is read from what the record holds", () => {
    const storage = { id: 1, bytes: 96, offset: 8 };
    expect(layoutOf(tensor({ storage }))).toMatchObject({ shape: [4, 6], strides: [6, 1], offset: 8, item: 4 });
    expect(reachOf(layout([2, 2], [-6, 1], 6))).toEqual([0, 32]);
  });

  it("is none where the record cannot be right", () => {
    for (const change of [
      { strides: null },
      { strides: [1] },
      { strides: [6, "1"] },
      { shape: [4, -1] },
      { shape: "46", strides: "61" },
      { shape: [4, 1e300] },
      { dtype: "object" },
      { dtype: 5 },
      { storage: { id: 1, bytes: 1, offset: NaN } },
      { shape: Array(100).fill(1), strides: Array(100).fill(1) },
    ]) {
      expect(layoutOf(tensor(change))).toBeNull();
    }
  });

  it("knows how long an element is", () => {
    const sizes = {
      float32: 4,
      bfloat16: 2,
      float8_e4m3fn: 1,
      bool: 1,
      int64: 8,
      complex64: 8,
      uint16: 2,
      "<U5": 0,
      object: 0,
    };
    expect(Object.fromEntries(Object.keys(sizes).map((dtype) => [dtype, itemSize(dtype)]))).toEqual(sizes);
  });

  it("is compact when its elements lie in their own order, side by side", () => {
    expect(isCompact(layout([4, 6], [6, 1]))).toBe(true);
    expect(isCompact(layout([4, 1, 6], [6, 99, 1]))).toBe(true);
    expect(isCompact(layout([6, 4], [1, 6]))).toBe(false);
    expect(isCompact(layout([4, 6], [8, 1]))).toBe(false);
  });
});
