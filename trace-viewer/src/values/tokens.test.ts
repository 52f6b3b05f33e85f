import { describe, expect, it } from "vitest";
import type { Sequence, Value } from "../format/generated";
import { decoded, grounds, pieces, GROUNDS } from "./tokens";

it("neighbours never share a ground, and equal tokens mostly do", () => {
  const ids = Array.from({ length: 500 }, (_, i) => (i * i) % 17);
  const found = grounds(ids);
  found.forEach((ground, i) => expect(ground).not.toBe(found[i - 1]));
  expect(Math.max(...found)).toBeLessThan(GROUNDS);
  expect(new Set(grounds([1, 1, 1, 1])).size).toBe(2);
  expect(grounds(["a", "b", "a"])[0]).toBe(grounds(["a", "b", "a"])[2]);
});

it.each<number | string>([-5, 1.5, NaN, Infinity, "\ud800", ""])("%s has a ground, too", (token) => {
  expect(grounds([token])[0]).toBeGreaterThanOrEqual(0);
});

describe("a list that may be looked at as tokens", () => {
  const list = (items: Value[], type = "list"): Sequence => ({ kind: "sequence", type, items, length: items.length });
  const bytes = (text: string): Value => ({ kind: "bytes", text, length: text.length });
  it.each<[string, Sequence, string[] | undefined]>([
    ["of words", list(["a", " b", "c"]), ["a", " b", "c"]],
    ["of bytes", list([bytes("caf\\xc3\\xa9"), bytes("\\xe2\\x80"), "x"]), ["café", "\\xe2\\x80", "x"]],
    ["a tuple", list(["a", "b", "c"], "tuple"), ["a", "b", "c"]],
    ["of two words", list(["a", "b"]), undefined],
    ["with a number", list(["a", "b", 1]), undefined],
    ["with a long text", list(["a", "b", "x".repeat(41)]), undefined],
    ["a set", list(["a", "b", "c"], "set"), undefined],
  ])("%s", (_, value, found) => {
    expect(pieces(value)).toEqual(found);
  });
});

it.each([
  ["\\n\\t\\\\\\'", "\n\t\\'"],
  ["\\xf0\\x9f\\x98\\x80", "😀"],
  ["\\xff", "\\xff"],
  ["é", "é"],
  ["\\", "\\"],
])("bytes %j are the text %j", (written, text) => {
  expect(decoded(written)).toBe(text);
});
