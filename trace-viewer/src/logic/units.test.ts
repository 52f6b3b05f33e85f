import { describe, expect, it } from "vitest";
import { bytes, percent, plain, seconds, si } from "./units";

describe("FLOPs", () => {
  it.each<[number, string]>([
    [0, "0 FLOP"],
    [12, "12 FLOP"],
    [999, "999 FLOP"],
    [999.6, "1 kFLOP"],
    [65536, "65.5 kFLOP"],
    [3.42e9, "3.42 GFLOP"],
    [312e12, "312 TFLOP"],
    [3.14e23, "314 ZFLOP"],
    [1e26, "100 YFLOP"],
    [2e28, "2.00e+28 FLOP"],
    [0.25, "0.25 FLOP"],
    [-1500, "−1.5 kFLOP"],
    [NaN, "NaN FLOP"],
    [Infinity, "Infinity FLOP"],
  ])("%d is %s", (value, text) => {
    expect(si(value, "FLOP")).toBe(text);
  });

  it("take two figures where there is little room, and lose none before the point", () => {
    expect([3.42e9, 34.2e9, 342e9, 999.6e9].map((value) => si(value, "FLOP", 2))).toEqual([
      "3.4 GFLOP",
      "34 GFLOP",
      "342 GFLOP",
      "1 TFLOP",
    ]);
  });
});

describe("bytes", () => {
  it.each<[number, string]>([
    [1000, "1,000 B"],
    [1023, "1,023 B"],
    [1024, "1 KiB"],
    [12 * 1024, "12 KiB"],
    [1.5 * 2 ** 30, "1.5 GiB"],
    [80 * 2 ** 30, "80 GiB"],
    [2 ** 63, "8 EiB"],
  ])("%d are %s", (value, text) => {
    expect(bytes(value)).toBe(text);
  });
});

describe("seconds", () => {
  it.each<[number, string]>([
    [0, "0 ns"],
    [1e-9, "1 ns"],
    [999.7e-6, "1 ms"],
    [0.00123, "1.23 ms"],
    [1.5e-6, "1.5 µs"],
    [0.5, "500 ms"],
    [59.94, "59.9 s"],
    [4210, "4,210 s"],
    [1e12, "1.00e+12 s"],
    [1e-13, "1.00e−13 s"],
    [-0.002, "−2 ms"],
    [NaN, "NaN s"],
  ])("%d is %s", (value, text) => {
    expect(seconds(value)).toBe(text);
  });
});

describe("ratios", () => {
  it.each<[number, string]>([
    [1.0234, "1.02"],
    [295.2, "295"],
    [0.0123456, "0.0123"],
    [1234567, "1.23e+6"],
    [0.00001, "1.00e−5"],
    [0, "0"],
    [Infinity, "Infinity"],
  ])("%d is %s", (value, text) => {
    expect(plain(value)).toBe(text);
  });

  it("of a whole are per cent", () => {
    expect([0, 0.0001, 0.034, 0.5, 1, 1.5, NaN].map(percent)).toEqual([
      "0 %",
      "< 0.1 %",
      "3.4 %",
      "50 %",
      "100 %",
      "150 %",
      "–",
    ]);
  });
});
