import { describe, expect, it } from "vitest";
import type { Tensor, Value } from "../format/generated";
import { COLORS, findDimensions, pieces } from "./dimensions";

const tensor = (...dimensions: string[]): Tensor => ({
  kind: "tensor",
  type: "Tensor",
  dtype: "float32",
  shape: dimensions.map(() => 2),
  dimensions,
});
const list = (...items: Value[]): Value => ({ kind: "sequence", type: "list", items, length: items.length });

describe("the names of a trace", () => {
  it("have colours in the order in which they appear, inside other values too", () => {
    const names = findDimensions([
      1,
      tensor("batch", "seq"),
      { kind: "mapping", type: "dict", entries: [["k", list(tensor("seq", "d_model"))]], length: 1 },
      { kind: "instance", type: "A", fields: [["x", tensor("h·d")]], length: 1 },
    ]);
    expect([...names]).toEqual([
      ["batch", 1],
      ["seq", 2],
      ["d_model", 3],
      ["h", 4],
      ["d", 5],
    ]);
  });

  it("start with the first colour again when all are taken", () => {
    const names = findDimensions([tensor(...Array.from({ length: COLORS + 1 }, (_, i) => `axis${i}`))]);
    expect(names.get(`axis${COLORS}`)).toBe(1);
  });

  it("are read from damaged values too", () => {
    let deep: Value = tensor("deep");
    for (let i = 0; i < 100_000; i++) deep = list(deep);
    const damaged = [
      { kind: "tensor", dimensions: 7 },
      { kind: "tensor", dimensions: [null, 3, "", "__proto__", "x".repeat(10_000)] },
      { kind: "sequence", items: "no list" },
      undefined,
    ] as unknown as Value[];
    const names = findDimensions([...damaged, deep]);
    expect(names.get("__proto__")).toBe(1);
    expect(names.get("x".repeat(200))).toBe(2);
    expect(names.get("deep")).toBe(3);
  });
});

it.each<[string, string[]]>([
  ["batch", ["batch"]],
  ["h·d", ["h", "d"]],
  ["*heads", ["heads"]],
  ["2", []],
  ["_", []],
  ["seq+1", ["seq"]],
  ["größe", ["größe"]],
])("%s is made of %j", (dimension, names) => {
  const parts = pieces(dimension);
  expect(parts.map(({ text }) => text).join("")).toBe(dimension);
  expect(parts.filter(({ isName }) => isName).map(({ text }) => text)).toEqual(names);
});
