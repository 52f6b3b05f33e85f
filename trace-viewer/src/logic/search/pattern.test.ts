import { describe, expect, it } from "vitest";
import { pattern, PatternProblem } from "./pattern";

/** A small generator of numbers, so that a failure comes again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

/** What JavaScript's own finds, but never nothing. */
function expected(source: string, flags: string, text: string): [number, number] | null {
  for (const match of text.matchAll(new RegExp(source, `${flags}gm`))) {
    if (match[0] !== "") return [match.index, match.index + match[0].length];
  }
  return null;
}

describe("a pattern", () => {
  it.each([
    ["l.ss", "the loss"],
    ["^def \\w+", "x\ndef train(x):"],
    ["(?:ab|a)(c|bcd)", "abcd"],
    ["a+?b*?c", "aaabbbc"],
    ["[^\\s,]+,", "one, two"],
    ["[a-f\\d]{3,5}$", "zz beef1\nq"],
    ["\\bin\\b", "print in"],
    ["\\Bint\\b", "int print"],
    ["x{2}|y{1,}", "xyyy xx"],
    ["\\x41\\u0042[\\]\\\\]", "AB\\"],
    ["[-a]b|a-b", "a-b"],
    ["(a|b)*c|.", "ababc"],
    ["a{,3}", "a{,3}"],
    ["(?<name>q)u", "qu"],
    ["[]x", "x"],
  ])("finds with /%s/ what JavaScript's finds", (source, text) => {
    expect(pattern(source, true)(text, 0)).toEqual(expected(source, "", text));
    expect(pattern(source, false)(text.toUpperCase(), 0)).toEqual(expected(source, "i", text.toUpperCase()));
  });

  it("agrees with JavaScript's on thousands that are made up", () => {
    const random = randomFrom(7);
    const pick = (from: string[]) => from[random(from.length)];
    const make = (depth: number): string => {
      const kind = random(depth > 0 ? 7 : 3);
      if (kind < 2) return pick(["a", "b", "c", "ab", "."]);
      if (kind === 2) return pick(["[ab]", "[^a]", "\\w", "\\b", "^", "$"]);
      if (kind === 3) return `(?:${make(depth - 1)})${pick(["*", "+", "?", "{1,2}", "*?", "+?", "??", ""])}`;
      if (kind === 4) return `(?:${make(depth - 1)}|${make(depth - 1)})`;
      return make(depth - 1) + make(depth - 1);
    };
    const others: unknown[] = [];
    for (let tries = 0; tries < 3000; tries++) {
      const source = make(3);
      const text = Array.from({ length: 9 }, () => pick(["a", "b", "c", "\n"])).join("");
      const own = pattern(source, true)(text, 0);
      // JavaScript prefers nothing to something where a pattern says so; a search does not.
      const its = expected(source, "", text);
      const isNothing = its === null || new RegExp(source, "m").exec(text)?.[0] === "";
      if (!isNothing && String(own) !== String(its)) others.push({ source, text, own, its });
    }
    expect(others).toEqual([]);
  });

  it("takes no longer than the text is long, whatever it repeats", () => {
    const text = "a".repeat(30_000);
    for (const source of ["(a+)+$b", "(a|a)*b", "(a*)*b", "a*a*a*a*a*b", "(?:a?){20}a{20}b"]) {
      const start = performance.now();
      expect(pattern(source, true)(text, 0)).toBeNull();
      expect(performance.now() - start).toBeLessThan(3000);
    }
  });

  it.each([
    ["(a", "The pattern has a ( that is not closed."],
    ["a)", "The pattern has a ) that no ( belongs to."],
    ["[a", "The pattern has a [ that is not closed."],
    ["*a", "The pattern has a * with nothing before it."],
    ["a\\", "The pattern ends with a \\."],
    ["a**", "The pattern repeats what cannot be repeated."],
    ["[b-a]", "The pattern has a range [b-a] that ends before it begins."],
    ["a{3,1}", "The pattern repeats from 3 down to 1."],
    ["a{100000}", "The pattern repeats more than 1000 times."],
    ["(((a{99}){99}){99})", "The pattern is too long."],
    ["(?=a)", "The pattern looks around (?…), which is not possible here."],
    ["(a)\\1", "The pattern goes back to what it matched (\\1), which is not possible here."],
    ["(".repeat(200), "The pattern has too many ( inside each other."],
  ])("says in a sentence what is wrong with /%s/", (source, sentence) => {
    expect(() => pattern(source, true)).toThrow(PatternProblem);
    expect(() => pattern(source, true)).toThrow(sentence);
  });
});
