import { describe, expect, it } from "vitest";
import type { Value } from "../format/generated";
import { changedStretch, difference, same } from "./difference";

const list = (items: Value[], length = items.length): Value => ({ kind: "sequence", type: "list", items, length });
const set = (items: Value[], length = items.length): Value => ({ kind: "sequence", type: "set", items, length });
const dict = (entries: [Value, Value][], length = entries.length): Value => ({
  kind: "mapping",
  type: "dict",
  entries,
  length,
});
const instance = (type: string, fields: [string, Value][]): Value => ({
  kind: "instance",
  type,
  fields,
  length: fields.length,
});

/** `+1 ~2 -[at key]`: in short. */
function told(now: Value, before: Value): string {
  const { marks, removed } = difference(now, before);
  return [
    ...[...marks].map(([index, { change }]) => (change === "added" ? "+" : "~") + index),
    ...removed.map(({ at, key, value }) => `-${at}:${JSON.stringify(key ?? value)}`),
  ].join(" ");
}

describe("a list", () => {
  it.each<[string, Value[], Value[], string]>([
    ["as it was", [1, 2, 3], [1, 2, 3], ""],
    ["with another item", [1, 9, 3], [1, 2, 3], "~1"],
    ["with two others", [9, 2, 9], [1, 2, 3], "~0 ~2"],
    ["with one put in", [1, 9, 2, 3], [1, 2, 3], "+1"],
    ["with one appended", [1, 2, 3, 4], [1, 2, 3], "+3"],
    ["with one taken out", [1, 3], [1, 2, 3], "-1:2"],
    ["with two merged", ["th", "e"], ["t", "h", "e"], '+0 -0:"t" -0:"h"'],
    ["emptied", [], [1], "-0:1"],
    ["of equal items, with one more", [1, 1, 1], [1, 1], "+2"],
    ["of lists", [[1], [2]].map((items) => list(items)), [[1], [3]].map((items) => list(items)), "~1"],
  ])("%s", (_, now, before, marks) => {
    expect(told(list(now), list(before))).toBe(marks);
  });

  it("whose end is not recorded is aligned by its length", () => {
    const before = list([0, 1, 2, 3, 4], 10);
    expect(told(list([0, 9, 1, 2, 3], 11), before)).toBe("+1");
    expect(told(list([1, 2, 3, 4, 5], 9), before)).toBe("-0:0");
    expect(told(list([0, 1, 2, 3, 4], 11), before)).toBe("");
  });

  it("of a hundred thousand items is compared as far as it is worth", () => {
    const items = Array.from({ length: 100_000 }, (_, i) => i);
    expect(difference(list(items), list(items.map((i) => -i - 1))).marks.size).toBe(300);
    expect(difference(list(items.slice(1)), list(items)).removed).toHaveLength(1);
  });
});

describe("by key", () => {
  it("a dict says what is new, other and gone, and where that stood", () => {
    const before = dict([
      ["a", 1],
      ["b", 2],
      ["c", 3],
      [1, 4],
    ]);
    const now = dict([
      ["a", 1],
      ["c", 9],
      [1, 4],
      [true, 4],
    ]);
    expect(told(now, before)).toBe('~1 +3 -1:"b"');
    expect(difference(now, before).marks.get(1)).toEqual({ change: "changed", before: 3 });
  });

  it("a set does not care for order", () => {
    expect(told(set([3, 1, 2]), set([1, 2, 4]))).toBe("+0 -3:4");
  });

  it("nothing is said of what is not recorded", () => {
    const few: [Value, Value][] = [["a", 1]];
    expect(told(dict([["b", 1]], 50), dict(few, 50))).toBe("");
    expect(told(dict([["b", 1]], 50), dict(few))).toBe("+0");
    expect(told(dict([["b", 1]]), dict(few, 50))).toBe('-0:"a"');
  });

  it("an instance is compared with one of its type", () => {
    const now = instance("P", [
      ["x", 1],
      ["y", 2],
    ]);
    expect(told(now, instance("P", [["x", 0]]))).toBe("~0 +1");
    expect(told(now, instance("Q", [["x", 0]]))).toBe("");
    expect(told(now, 3)).toBe("");
  });

  it("keys named like parts of every object are keys", () => {
    expect(told(dict([["__proto__", 1]]), dict([["constructor", 1]]))).toBe('+0 -0:"constructor"');
  });
});

it("two values are the same whatever memory they lie in", () => {
  const tensor = (id: number, elements: number[]): Value => ({
    kind: "tensor",
    type: "Tensor",
    shape: [2],
    dtype: "float32",
    storage: { id, bytes: 8 },
    elements,
  });
  expect(same(tensor(1, [1, 2]), tensor(2, [1, 2]))).toBe(true);
  expect(same(tensor(1, [1, 2]), tensor(1, [1, 3]))).toBe(false);
  expect(same(0, -0)).toBe(false);
  expect(same(list([1]), dict([]))).toBe(false);
});

it.each([
  ["abcd", "abd", "c", ""],
  ["abd", "abcd", "", "c"],
  ["abxd", "abcd", "x", "c"],
  ["aaa", "aa", "a", ""],
  ["a😀b", "a😁b", "😀", "😁"],
  ["😀", "🤀", "😀", "🤀"],
  ["", "", "", ""],
])("%j after %j: %j instead of %j", (now, before, put, taken) => {
  const { from, to, was } = changedStretch(now, before);
  expect([now.slice(from, to), before.slice(from, was)]).toEqual([put, taken]);
});
