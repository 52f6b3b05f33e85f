/** From what the record holds of an array to rows, columns, colours, counts: without a page. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../format/generated";
import { changeOf } from "./compare";
import { cellText, factsOf, placeOf } from "./facts";
import { fieldOf, MOST_CELLS, type Field } from "./field";
import { histogramOf } from "./histogram";
import { lossesOf } from "./losses";
import { madeBy } from "./origin";
import { placeOf as placeOnRamp, scaleOf } from "./scale";
import { shownSlices, sliceKey, soundSlice } from "./slices";
import { isContiguous } from "./strides";

const tensor = (rest: Partial<Tensor>): Tensor => ({
  kind: "tensor",
  type: "Tensor",
  dtype: "float32",
  shape: [],
  ...rest,
});
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const field = (rest: Partial<Tensor>) => fieldOf(tensor(rest)) as Field;
/** Every second row of every slice of [2, 3, 4, 4], columns 0 and 2: as the recorder thins an array. */
const thinned: Partial<Tensor> = {
  shape: [2, 3, 4, 4],
  picture: {
    rows: 12,
    columns: 2,
    row_indices: upTo(12).map((row) => row * 2),
    column_indices: [0, 2],
    cells: upTo(24),
  },
};

describe("the cells of an array", () => {
  it("say which element each is", () => {
    const { slices, rows, columns, indexOf } = field({ shape: [2, 3, 4], elements: upTo(24) });
    expect([slices, rows, columns]).toEqual([2, 3, 4]);
    expect(indexOf(23)).toEqual([1, 2, 3]);
    expect(field({ elements: [7] }).indexOf(0)).toEqual([]);
    expect(field({ shape: [3], elements: [1, 2, 3] }).indexOf(2)).toEqual([2]);
  });

  it("of a picture too, with the leading axes it runs through", () => {
    const { leading, slices, rows, indexOf, whole } = field(thinned);
    expect(leading).toEqual([
      { axis: 0, indices: [0, 1] },
      { axis: 1, indices: [0, 1, 2] },
    ]);
    expect([slices, rows, whole]).toEqual([6, 2, false]);
    expect(indexOf(23)).toEqual([1, 2, 2, 2]);
  });

  it("of a picture whose rows do not run evenly are one slice", () => {
    const picture = { rows: 3, columns: 1, row_indices: [0, 1, 5], column_indices: [0], cells: [1, 2, 3] };
    const { slices, rows, indexOf } = field({ shape: [2, 3, 1], picture });
    expect([slices, rows]).toEqual([1, 3]);
    expect(indexOf(2)).toEqual([1, 2, 0]);
  });

  it("are numbers where they can be: truth values, long integers, sizes of complex numbers", () => {
    expect([...field({ shape: [2], dtype: "bool", elements: [true, false] }).numbers]).toEqual([1, 0]);
    expect([...field({ shape: [1], dtype: "int64", elements: ["-9007199254740993"] }).numbers]).toEqual([-(2 ** 53)]);
    const complex = field({ shape: [4], dtype: "complex64", elements: ["3-4j", "1e-05+0j", "nan+1j", "1+infj"] });
    expect([...complex.numbers]).toEqual([5, 1e-5, NaN, NaN]);
    expect([complex.kind, complex.nan, complex.inf]).toEqual(["complex", 1, 1]);
    expect(field({ shape: [2], dtype: "<U3", elements: ["a", "12"] }).kind).toBe("text");
  });

  it("are counted", () => {
    const { least, greatest, zeros, nan, inf } = field({ shape: [6], elements: [0, -2, 3, "nan", "inf", "-inf"] });
    expect([least, greatest, zeros, nan, inf]).toEqual([-2, 3, 1, 1, 2]);
  });

  it.each<[string, Partial<Tensor>]>([
    ["a shape that is none", { shape: [-1, 3], elements: [1, 2, 3] }],
    ["a shape that is no list", { shape: 7 as unknown as number[], elements: [1] }],
    ["sizes beyond all numbers", { shape: upTo(60).map(() => 1e15), elements: [1] }],
    ["a million axes", { shape: upTo(1_000_000).map(() => 1), elements: [1] }],
    ["fewer elements than its shape says", { shape: [2, 3], elements: [1] }],
    ["no elements", { shape: [0, 3], elements: [] }],
    ["more than may be drawn", { shape: [MOST_CELLS + 1], elements: Array.from({ length: MOST_CELLS + 1 }, () => 1) }],
    ["elements that are no list", { shape: [2], elements: "ab" as unknown as number[] }],
    ["a picture without cells", { shape: [9], picture: { rows: 3, columns: 3 } as unknown as Tensor["picture"] }],
    [
      "a picture of endless rows",
      { shape: [9], picture: { rows: 1e308, columns: 1, row_indices: [], column_indices: [], cells: [] } },
    ],
  ])("are none for %s", (_, rest) => {
    expect(fieldOf(tensor(rest))).toBeUndefined();
  });

  it("survive cells and indices that are anything", () => {
    const cells = [null, {}, [1], undefined, "x".repeat(1e6), "1e999", -0] as unknown as number[];
    const { numbers } = field({ shape: [7], elements: cells });
    expect([...numbers].map((n) => Number.isFinite(n))).toEqual([false, false, false, false, false, false, true]);
    const picture = { rows: 1, columns: 1, row_indices: ["x"], column_indices: [{}], cells: [1] };
    expect(() => field({ shape: [2, 2, 2], picture: picture as never }).indexOf(0)).not.toThrow();
  });
});

describe("the colours' scale", () => {
  it("is centred on zero when there are both signs, and reaches as far as the record says", () => {
    expect(scaleOf(field({ shape: [2], elements: [-1, 3] }))).toMatchObject({ diverging: true, low: -3, high: 3 });
    const scale = scaleOf(field({ shape: [2], elements: [1, 3] }), { min: -5, max: 4 } as Tensor["stats"]);
    expect(scale).toMatchObject({ diverging: true, low: -5, high: 5, least: -5, greatest: 4 });
    expect(placeOnRamp(scale, 0)).toBe(0.5);
  });

  it("goes from least to greatest when there is one sign", () => {
    expect(scaleOf(field({ shape: [2], elements: [-4, -1] }))).toMatchObject({ diverging: false, low: -4, high: -1 });
    expect(scaleOf(field({ shape: [2], elements: [0, 2] }))).toMatchObject({ diverging: false, low: 0, high: 2 });
  });

  it("leaves the fill of a mask out", () => {
    const masked = upTo(64).map((i) => (i % 2 ? -1e9 : i / 10 - 3));
    expect(scaleOf(field({ shape: [64], elements: masked }))).toMatchObject({ least: -1e9, low: -3.2, high: 3.2 });
    const heavy = upTo(64).map((i) => 1.3 ** i);
    expect(scaleOf(field({ shape: [64], elements: heavy })).high).toBe(1.3 ** 63);
  });
});

describe("slices", () => {
  const four = field(thinned);

  it("are all, or those of one index", () => {
    expect(shownSlices(four, soundSlice(four, undefined))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shownSlices(four, [null, 1])).toEqual([1, 4]);
    expect(shownSlices(four, [1, 2])).toEqual([5]);
  });

  it("chosen elsewhere take the nearest index that is here", () => {
    expect(soundSlice(four, [7, 2])).toEqual([1, 2]);
    expect(soundSlice(four, [1])).toEqual([1, null]);
    expect(sliceKey(four, ["batch", "head", "seq", "seq"])).toBe("batch 2, head 3");
  });
});

describe("what changed", () => {
  const before = tensor({ shape: [4], elements: [1, 2, "nan", 4] });

  it("is told cell by cell", () => {
    const { cells, count } = changeOf(tensor({ shape: [4], elements: [1, 3, "nan", "inf"] }), before);
    expect([...(cells as Uint8Array)]).toEqual([0, 1, 0, 1]);
    expect(count).toBe(2);
  });

  it("is no more than the shape or the dtype where cells do not correspond", () => {
    expect(changeOf(tensor({ shape: [2, 2], elements: [1, 2, 3, 4] }), before)).toEqual({ count: 0, shape: [4] });
    expect(changeOf(tensor({ shape: [4], dtype: "int64", elements: [1, 2, 3, 4] }), before).dtype).toBe("float32");
    expect(changeOf(tensor({ shape: [4] }), before).cells).toBeUndefined();
    expect(changeOf(tensor({ shape: null as unknown as number[] }), before)).toEqual({ count: 0 });
  });
});

describe("the histogram", () => {
  it("is the record's where it has one", () => {
    const stats = { min: -1, max: 1, histogram: [1, 2, 3, 4] } as Tensor["stats"];
    expect(histogramOf(field({ shape: [2], elements: [-1, 1] }), stats)).toEqual({
      from: -1,
      to: 1,
      counts: [1, 2, 3, 4],
      total: 10,
      isOfCells: false,
    });
  });

  it("takes bins together when there are too many, and what is no count for nothing", () => {
    const stats = {
      min: 0,
      max: 1,
      histogram: [...upTo(200).map(() => 1), NaN, -5, "x"],
    } as unknown as Tensor["stats"];
    const { counts, total } = histogramOf(field({ shape: [2], elements: [0, 1] }), stats) as {
      counts: number[];
      total: number;
    };
    expect(counts.length).toBeLessThanOrEqual(64);
    expect(total).toBe(200);
  });

  it("counts the cells otherwise; each whole number of a small range has a bin", () => {
    expect(histogramOf(field({ shape: [4], dtype: "int64", elements: [1, 3, 3, 4] }))).toMatchObject({
      from: 0.5,
      to: 4.5,
      counts: [1, 0, 2, 1],
    });
    const floats = histogramOf(field({ shape: [5], elements: [0, 0.5, 1, "nan", 1] }));
    expect(floats).toMatchObject({ from: 0, to: 1, total: 4 });
    expect(floats?.counts[31]).toBe(2);
    expect(histogramOf(field({ shape: [2], elements: [3, 3] }))).toBeUndefined();
  });
});

describe("facts", () => {
  it("are the record's, or those of the elements when all are there", () => {
    expect(factsOf(tensor({ shape: [4], elements: [0, 2, 4, "nan"] }))).toMatchObject({
      min: 0,
      max: 4,
      mean: 2,
      zeros: 1,
      nan: 1,
      of: 4,
    });
    expect(factsOf(tensor({ shape: [4], elements: [0, 2, 4, "nan"] }))?.std).toBeCloseTo(Math.sqrt(8 / 3));
    const stats = { min: "nan", max: 2, zeros: -3, nan: "many" } as unknown as Tensor["stats"];
    expect(factsOf(tensor({ ...thinned, stats }))).toMatchObject({ min: undefined, max: 2, zeros: 0, nan: 0, of: 96 });
    expect(factsOf(tensor(thinned))).toBeUndefined();
  });

  it("have places by index or by name", () => {
    expect(placeOf(field(thinned), 23, null)).toBe("[1, 2, 2, 2]");
    expect(placeOf(field(thinned), 23, ["batch", "", "seq", "d"])).toBe("batch 1, axis 1 2, seq 2, d 2");
  });

  it("write elements as Python does", () => {
    const float = { dtype: "float32", kind: "number" } as const;
    expect([1, -1e-7, "nan", null].map((cell) => cellText(cell, float))).toEqual(["1.0", "−1e−07", "nan", "None"]);
    expect(cellText(true, { dtype: "bool", kind: "bool" })).toBe("True");
    expect(cellText("a\u202e", { dtype: "<U2", kind: "text" })).toBe("'a\\u202e'");
  });

  it("count what a format would lose", () => {
    const losses = lossesOf(Float64Array.of(0, 1e-8, -1e-8, 1, 1e5, NaN));
    expect(losses.get("float16")).toEqual({ vanish: 2, overflow: 1 });
    expect(losses.get("float32")).toEqual({ vanish: 0, overflow: 0 });
    expect(losses.get("float8_e4m3fn")).toEqual({ vanish: 2, overflow: 1 });
  });
});

it.each([
  ["MmBackward0", "mm"],
  ["AddmmBackward0", "addmm"],
  ["NativeLayerNormBackward0", "native_layer_norm"],
  ["ScaledDotProductFlashAttentionForCpuBackward0", "scaled_dot_product_flash_attention_for_cpu"],
  ["torch::autograd::CopySlices", "a write into a part of it"],
  ["MyRoundBackward", "MyRound"],
  ["", ""],
])("%s: made by %s", (origin, words) => {
  expect(madeBy(origin)).toBe(words);
});

it.each<[number[], number[], boolean]>([
  [[3, 4], [4, 1], true],
  [[3, 4], [1, 3], false],
  [[3, 1], [1, 77], true],
  [[0, 4], [1, 9], true],
  [[5, 4], [0, 1], false],
  [[], [], true],
])("%j with strides %j is contiguous: %s", (shape, strides, expected) => {
  expect(isContiguous(shape, strides)).toBe(expected);
});
