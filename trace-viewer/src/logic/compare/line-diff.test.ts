import { describe, expect, it } from "vitest";
import { randomFrom } from "../../format/damage";
import { alignLines } from "./line-diff";
import { pairSimilar } from "./similar-lines";

const lines = (text: string) => text.split("");
const align = (before: string, after: string) => [...alignLines(lines(before), lines(after))].join(" ");

describe("lines of two texts", () => {
  it.each([
    ["abc", "abc", "0 1 2"],
    ["abc", "axbc", "0 2 3"],
    ["abc", "ac", "0 -1 1"],
    ["", "abc", ""],
    ["abc", "", "-1 -1 -1"],
  ])("%s and %s", (before, after, expected) => {
    expect(align(before, after)).toBe(expected);
  });

  it("have as much in common as there is: Myers's own example, four letters", () => {
    expect(alignLines(lines("abcabba"), lines("cbabac")).filter((at) => at >= 0)).toHaveLength(4);
  });

  it("are the same when only their indentation changed", () => {
    expect([...alignLines(["x = 1", "y = 2"], ["with f():", "    x = 1", "    y = 2"])]).toEqual([1, 2]);
  });

  it("are found around an insertion in a long text", () => {
    const before = Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? "" : `line ${i}`));
    const after = [...before.slice(0, 1000), "new", "", "new too", ...before.slice(1000)];
    const found = alignLines(before, after);
    expect([...found].every((at, i) => at === (i < 1000 ? i : i + 3))).toBe(true);
  });

  it("keep their order and are what they are, whatever the texts", () => {
    const random = randomFrom(7);
    for (let tries = 0; tries < 200; tries++) {
      const text = () => Array.from({ length: Math.floor(random() * 30) }, () => "abcdef"[Math.floor(random() * 6)]);
      const [before, after] = [text(), text()];
      const found = [...alignLines(before, after)];
      const paired = found.flatMap((at, i) => (at < 0 ? [] : [[i, at]]));
      for (const [i, at] of paired) expect(after[at]).toBe(before[i]);
      expect(paired.every(([, at], i) => i === 0 || at > paired[i - 1][1])).toBe(true);
      expect([...alignLines(before, before)]).toEqual(before.map((_, i) => i));
    }
  });

  it("give up on texts that have nothing to do with each other, in no time", () => {
    const before = Array.from({ length: 20_000 }, (_, i) => `a${i % 97}`);
    const after = Array.from({ length: 20_000 }, (_, i) => `b${i % 89}`);
    expect(alignLines(before, after).every((at) => at < 0)).toBe(true);
  });
});

describe("edited lines", () => {
  it("are paired with what they were", () => {
    const before = ["loss = f(x, y)", "print(loss)"];
    const after = ["check(x)", "loss = f(x, y, weight)", "log(loss)"];
    expect(pairSimilar(before, after)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it("are not paired with lines that only have signs in common", () => {
    expect(pairSimilar(["x = 1"], ["return model(inputs, targets)"])).toEqual([]);
  });
});
