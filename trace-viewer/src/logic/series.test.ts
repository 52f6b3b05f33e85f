import { describe, expect, it } from "vitest";
import type { Tensor, Value } from "../format/generated";
import { FINITE, GAP, heightOf, logTicks, sampled, seriesOf, ticks } from "./series";

const tensor = (rest: Partial<Tensor>): Tensor => ({
  kind: "tensor",
  type: "torch.Tensor",
  dtype: "float32",
  shape: [],
  ...rest,
});
const series = (values: Value[]) =>
  seriesOf(
    values,
    values.map((_, i) => i),
  );

describe("a series", () => {
  it("is made of numbers of every kind", () => {
    const found = series([
      1,
      true,
      { kind: "float", value: 2 },
      { kind: "int", text: "36893488147419103232" },
      tensor({ elements: [0.5] }),
      tensor({ shape: [1, 1], elements: [-4] }),
    ])!;
    expect([...found.numbers]).toEqual([1, 1, 2, 2 ** 65, 0.5, -4]);
    expect([found.of, found.min, found.max]).toEqual(["value", -4, 2 ** 65]);
  });

  it("marks what is not finite, and what is no number is a gap", () => {
    const found = series([
      1,
      null,
      { kind: "float", value: "nan" },
      { kind: "float", value: "-inf" },
      tensor({ elements: ["inf"] }),
      { kind: "int", text: "123…789", digits: 900 },
      2,
    ])!;
    expect([...found.kinds]).toEqual([FINITE, GAP, 2, 4, 3, GAP, FINITE]);
    expect([found.min, found.max, found.nan, found.infinite]).toEqual([1, 2, 1, 2]);
  });

  it("of arrays is of their means", () => {
    const found = series([
      tensor({ shape: [3], stats: { min: 0, max: 1, mean: 0.25 } }),
      tensor({ shape: [3], stats: { min: "nan", max: "nan", mean: "nan" } }),
    ])!;
    expect([found.of, found.numbers[0], found.nan]).toEqual(["mean", 0.25, 1]);
  });

  it("of arrays recorded whole is of the means of their elements", () => {
    const found = series([tensor({ shape: [2], elements: [1, 4] }), tensor({ shape: [3], elements: [3, "nan", -1] })])!;
    expect([...found.numbers]).toEqual([2.5, 1]);
    expect(series([tensor({ shape: [2], elements: ["a", null] }), tensor({ shape: [0], elements: [] })])).toBeNull();
  });

  it("is none where most are no numbers, one is not enough, or none can be drawn", () => {
    expect(series(["a", "b", 1, 2, "c"])).toBeNull();
    expect(series([1, null])).toBeNull();
    expect(
      series([
        { kind: "float", value: "nan" },
        { kind: "float", value: "nan" },
      ]),
    ).toBeNull();
    expect(series([tensor({ shape: [3] }), tensor({ shape: [3] })])).toBeNull();
    expect(seriesOf([1], [0, -1, 0])?.kinds).toEqual(Uint8Array.of(FINITE, GAP, FINITE));
  });

  it("reads no number out of a damaged value", () => {
    const broken = [
      { kind: "tensor", shape: 5, elements: [1] },
      { kind: "tensor", shape: [], elements: { length: 1 } },
      { kind: "tensor", stats: "x" },
      { kind: "float", value: {} },
      { kind: "int" },
      {},
    ] as unknown as Value[];
    expect(series(broken)).toBeNull();
  });
});

describe("the points drawn", () => {
  const of = (numbers: (number | null)[]) => series(numbers)!;

  it("are all when they are few", () => {
    expect([...sampled(of([3, 1, 2]), 10)]).toEqual([0, 1, 2]);
  });

  it("keep every column's first, last, lowest and highest, and its gaps", () => {
    const numbers = Array.from({ length: 1000 }, (_, i): number | null => i % 10);
    numbers[137] = 99;
    numbers[433] = -99;
    numbers[777] = null;
    const points = sampled(of(numbers), 10);
    expect(points.length).toBeLessThanOrEqual(10 * 5);
    for (const i of [0, 99, 137, 433, 777, 999]) expect(points).toContain(i);
    expect([...points]).toEqual([...points].sort((a, b) => a - b));
  });

  it("of a million are few", () => {
    const indices = new Int32Array(1_000_000).map((_, i) => i % 7);
    const found = seriesOf([3, 1, 4, 1, 5, 9, 2], indices)!;
    expect(sampled(found, 200).length).toBeLessThanOrEqual(200 * 4);
  });
});

describe("heights", () => {
  it("go from the least to the greatest, on either scale", () => {
    const found = series([1, 10, 100])!;
    expect([1, 10, 100].map(heightOf(found, "linear"))).toEqual([0, 9 / 99, 1]);
    expect([1, 10, 100].map(heightOf(found, "log"))).toEqual([0, 0.5, 1]);
    expect(heightOf(series([2, 2])!, "linear")(2)).toBe(0.5);
  });

  it("stand where a scale cannot have them", () => {
    expect([0, 5].map(heightOf(series([0, 5])!, "log"))).toEqual([0, 1]); // no logarithm of zero: linear
    expect(heightOf(series([-1.5e308, 1.5e308])!, "linear")(0)).toBe(0.5);
  });
});

describe("an axis", () => {
  it("has round numbers within its ends", () => {
    expect(ticks(0.13, 3.31, 4)).toEqual([1, 2, 3]);
    expect(ticks(0, 100, 4)).toEqual([0, 50, 100]);
    expect(ticks(5, 5, 4)).toEqual([5]);
    expect(ticks(-1e308, 1e308, 3)).toHaveLength(1);
  });

  it("in powers of ten, or finer where they are near", () => {
    expect(logTicks(0.002, 30, 4)).toEqual([0.1, 10]);
    expect(logTicks(0.02, 2.4, 6)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(logTicks(3, 4, 3)).toEqual([3, 4]);
  });
});
