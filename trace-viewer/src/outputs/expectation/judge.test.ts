import { describe, expect, it } from "vitest";
import { judge, onBar, reachOf } from "./judge";

const item = (measure: unknown, expected: unknown, measured: unknown) => ({ measure, expected, measured });

describe("an expectation", () => {
  it.each<[unknown, number, string, string, number]>([
    [item("flops", 1e9, 1e9), 0.05, "met", "exact", 1],
    [item("flops", 1e9, 1.04e9), 0.05, "met", "within 5 %", 1.04],
    [item("bytes", 1000, 1050), 0.05, "met", "within 5 %", 1.05],
    [item("bytes", 1000, 1051), 0.05, "missed", "missed: 5.1 % more", 1.051],
    [item("flops", 1000, 500), 0.1, "missed", "missed: 50 % less", 0.5],
    [item("peak_bytes", 100, 300), 0.1, "missed", "missed: 3 times as much", 3],
    [item("flops", 0, 0), 0.1, "met", "exact", 1],
    [item("flops", 0, 5), 0.1, "missed", "missed: none was predicted", Infinity],
    [item("seconds", 1, null), 0.1, "unmeasured", "not measured", NaN],
    [item("seconds", 1, undefined), 0.1, "unmeasured", "not measured", NaN],
  ])("%j within %d is %s: %s", (what, tolerance, verdict, words, ratio) => {
    expect(judge(what, tolerance)).toMatchObject({ verdict, words, ratio });
  });

  it("is in engineering form, with every digit to be seen", () => {
    const { name, predicted, measured } = judge(item("flops", 3421772800, 1.5), 0);
    expect([name, predicted, measured]).toEqual([
      "FLOPs",
      { text: "3.42 GFLOP", exact: "3,421,772,800 FLOP" },
      { text: "1.5 FLOP", exact: "1.5 FLOP" },
    ]);
    expect(judge(item("seconds", 0.0123456, 1), 0).predicted).toEqual({ text: "12.3 ms", exact: "0.0123456 s" });
    expect(judge(item("bytes", 3 * 2 ** 20, 1), 0).predicted.text).toBe("3 MiB");
  });

  it.each<[unknown, unknown, string]>([
    [item("flops", "many", 5), 0.1, "many 5 FLOP missed: no numbers to compare"],
    [item("flops", 5, "<b>"), 0.1, "5 FLOP <b> missed: no numbers to compare"],
    [item("flops", 5, { deep: [] }), 0.1, "5 FLOP ? missed: no numbers to compare"],
    [item("flops", -10, -10.5), 0.1, "−10 FLOP −10.5 FLOP met: within 10 %"],
    [item("flops", 10, 11), "wide", "10 FLOP 11 FLOP missed: 10 % more"],
    [item("flops", 10, 11), -1, "10 FLOP 11 FLOP missed: 10 % more"],
    [item("flops", 1e300, 1e308), 0.1, "1.00e+300 FLOP 1.00e+308 FLOP missed: 1.00e+8 times as much"],
    [item("toString", 1, 2), 0.1, "1 2 missed: 2 times as much"],
    [item("x".repeat(100), 1, 1), 0.1, "1 1 met: exact"],
    [null, 0.1, "undefined – unmeasured: not measured"],
    ["words", 0.1, "undefined – unmeasured: not measured"],
  ])("of %j, which may be anything, is still said", (what, tolerance, said) => {
    const { predicted, measured, verdict, words, name } = judge(what, tolerance);
    const told = words.startsWith("missed") || verdict === "missed" ? words.replace(/^missed: /, "") : words;
    expect(`${predicted.text} ${measured?.text ?? "–"} ${verdict}: ${told}`).toBe(said);
    expect(name.length).toBeLessThanOrEqual(40);
  });
});

describe("the bar", () => {
  it("has the prediction in its middle and the tolerance around it", () => {
    const reach = reachOf([1.02], 0.05);
    expect(reach).toBeCloseTo(0.2);
    expect(onBar(1.1, 0.05, reach)).toMatchObject({ at: expect.closeTo(0.75), from: expect.closeTo(0.375) as number });
    expect(onBar(1.02, 0.05, reach)).toMatchObject({ to: expect.closeTo(0.625), beyond: false });
  });

  it("reaches as far as what was measured, but no further than to twice", () => {
    expect(reachOf([1.5, NaN, 0.9], 0.05)).toBeCloseTo(0.575);
    expect(reachOf([7, Infinity], 0.05)).toBeCloseTo(0.2);
    expect(reachOf([], "x")).toBe(0.01);
    expect(reachOf([1], 9)).toBe(1);
    expect(onBar(7, 0.1, 0.4)).toMatchObject({ at: 1, beyond: true });
    expect(onBar(-1, 0.1, 0.4)).toMatchObject({ at: 0, beyond: true });
    expect(onBar(Infinity, 0.1, 0.4)).toMatchObject({ at: 1, beyond: true });
    expect(onBar(NaN, "x", 0.4)).toMatchObject({ at: 0, from: 0.5, to: 0.5, beyond: false });
  });
});
