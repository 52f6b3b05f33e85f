import { describe, expect, it } from "vitest";
import { aligned, brief, count, pythonFloat } from "./numbers";
import { stretches, visible } from "./escape";

describe("aligned", () => {
  it.each<[number[], boolean, string[]]>([
    [[1, 20, -3], false, ["1", "20", "−3"]],
    [[1, 2], true, ["1.0", "2.0"]],
    [[0.5, 1.25], true, ["0.50", "1.25"]],
    [[1 / 3, 2], true, ["0.3333", "2.0000"]],
    [[1e12, 1.5], true, ["1.00e+12", "1.50e+0"]],
    [[1e-7, 2e-7], true, ["1.00e−7", "2.00e−7"]],
    [[0, 0], true, ["0.0", "0.0"]],
    [[], true, []],
  ])("writes %j as %j", (numbers, floats, expected) => {
    expect(numbers.map(aligned(numbers, floats))).toEqual(expected);
  });
});

it.each([0, 7, 999, 1000, 12_000, -1, -999, -1234, 1_234_567, 2 ** 53 - 1, 1e21, 0.5, 1234.5, -0])(
  "counts %d as the language does",
  (n) => {
    expect(count(n)).toBe(new Intl.NumberFormat("en-US").format(Object.is(n, -0) ? 0 : n));
  },
);

describe("brief", () => {
  it.each<[number | string, string]>([
    [12345678.9, "1.23e+7"],
    [0.123456, "0.1235"],
    [-1.5, "−1.5"],
    [0.00001, "1.00e−5"],
    ["nan", "nan"],
    [50257, "50257"],
  ])("of %j is %s", (n, expected) => {
    expect(brief(n)).toBe(expected);
  });
});

describe("pythonFloat", () => {
  it.each<[number | string, string]>([
    [1, "1.0"],
    [-0, "-0.0"],
    [1e16, "1e+16"],
    [0.0001, "0.0001"],
    [1.5e-5, "1.5e-05"],
    ["-inf", "-inf"],
  ])("of %j is %s", (n, expected) => {
    expect(pythonFloat(n)).toBe(expected);
  });
});

describe("strings", () => {
  it("lose nothing but what is unseen", () => {
    expect(visible("a\u2066b\u2028")).toBe("a\\u2066b\\u2028");
    expect(visible("שלום é 中文 🙂")).toBe("שלום é 中文 🙂");
  });

  it("show their spaces, tabs and line ends on demand, and keep their lines", () => {
    expect(stretches(" a\t\nb\u202e", true)).toEqual([
      { kind: "space", text: " " },
      { kind: "plain", text: "a" },
      { kind: "escape", text: "\\t" },
      { kind: "escape", text: "\\n" },
      { kind: "plain", text: "\nb" },
      { kind: "escape", text: "\\u202e" },
    ]);
    expect(stretches(" a\t\nb\u202e", false)).toEqual([
      { kind: "plain", text: " a\t\nb" },
      { kind: "escape", text: "\\u202e" },
    ]);
  });
});
