import { expect, it } from "vitest";
import { allWords, literal } from "./literal";

const found = (typed: string, text: string) => {
  const range = literal(typed)(text, 0);
  return range && text.slice(...range);
};

it("finds words in any case, unless capitals are typed", () => {
  expect(found("soft", "a Softmax")).toBe("Soft");
  expect(found("Soft", "a softmax")).toBeNull();
  expect(found("Soft", "a Softmax")).toBe("Soft");
  expect(found("straße", "eine Straße")).toBe("Straße");
});

it("finds what a change of case would move, where it is", () => {
  expect(literal("end")("İİ END", 0)).toEqual([3, 6]);
});

it("goes on over white space and line breaks, of source code too", () => {
  expect(found("one two", "one\n    two")).toBe("one\n    two");
  expect(found("one two", '"one "\n    "two"')).toBe('one "\n    "two');
  expect(found("one two", '"one "\n    f"two"')).toBe('one "\n    f"two');
  expect(found("one two", "# one\n# two")).toBe("one\n# two");
  expect(found("one two", 'one" "two')).toBeNull();
  expect(found("one two", "onetwo")).toBeNull();
  expect(found("one two", "one three two")).toBeNull();
});

it("finds one match after the other", () => {
  const find = literal("aa");
  expect(find("aaaa b aa", 0)).toEqual([0, 2]);
  expect(find("aaaa b aa", 2)).toEqual([2, 4]);
  expect(find("aaaa b aa", 4)).toEqual([7, 9]);
  expect(find("aaaa b aa", 8)).toBeNull();
});

it("finds nothing where nothing is typed", () => {
  expect(literal("  ")("text", 0)).toBeNull();
});

it("can be content with all words, wherever they are", () => {
  const find = allWords("mask attention");
  expect(find("Attention has a mask", 0)).toEqual([16, 20]);
  expect(find("attention", 0)).toBeNull();
});
