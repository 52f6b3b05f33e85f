import type { Output } from "../format/generated";

/** Words that an unhurried reader reads in a second, and signs of a script without spaces. */
const WORDS = 3.5;
const SIGNS = 6;
/** Seconds for what is looked at: a picture, a plot, a graph, a table; for a formula beyond its words; and the most in all. */
const PICTURE = 3;
const MOST = 40;

/** Seconds that a reader needs for what a step showed. */
export function readingTime(outputs: Output[]): number {
  return Math.min(
    outputs.reduce((sum, output) => sum + secondsFor(output), 0),
    MOST,
  );
}

function secondsFor(output: Output): number {
  switch (output.kind) {
    case "text":
    case "note":
      return forWords(output.text);
    case "code":
      return 1.5 * forWords(output.text);
    case "link":
      return 0.5;
    case "placeholder":
      return 1;
    default:
      return PICTURE;
  }
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

function forWords(text: unknown): number {
  if (typeof text !== "string") return 0;
  const begin = text.slice(0, 4_000);
  const signs = begin.match(UNSPACED)?.length ?? 0;
  const words = begin.replace(UNSPACED, " ").match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  return words / WORDS + signs / SIGNS;
}
