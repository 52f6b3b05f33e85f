import type { Find } from "./hit";

/** Finds words as they were typed; where a space was, the text may have any white space, or go on in the next line. */
export function literal(typed: string): Find {
  const words = wordsOf(typed);
  const exact = isExact(typed);
  if (words.length === 0) return () => null;
  const [first, ...rest] = words;
  const fold = folding(exact);
  return (given, from) => {
    const text = fold(given);
    for (let at = text.indexOf(first, from); at >= 0; at = text.indexOf(first, at + 1)) {
      let end = at + first.length;
      for (const word of rest) {
        const next = afterGap(text, end);
        end = next > end && text.startsWith(word, next) ? next + word.length : -1;
        if (end < 0) break;
      }
      if (end >= 0) return [at, end];
    }
    return null;
  };
}

/** Finds text that has all of the words, wherever; the match is the first of them. */
export function allWords(typed: string): Find {
  const words = wordsOf(typed);
  const exact = isExact(typed);
  const fold = folding(exact);
  return (given, from) => {
    const text = fold(given);
    if (words.length === 0 || from > 0 || !words.every((word) => text.includes(word))) return null;
    const at = text.indexOf(words[0]);
    return [at, at + words[0].length];
  };
}

/** The words of what was typed, in lower case unless it has capitals. */
export function wordsOf(typed: string): string[] {
  const words = typed.split(/\s+/).filter(Boolean);
  return isExact(typed) ? words : words.map(folded);
}

/** Capitals are typed by who means them. */
export function isExact(typed: string): boolean {
  return /\p{Lu}/u.test(typed);
}

/** Keeps the latest text: it is looked through match by match. */
function folding(exact: boolean): (text: string) => string {
  let [latest, lower] = ["", ""];
  return (text) => {
    if (exact) return text;
    if (text !== latest) [latest, lower] = [text, folded(text)];
    return lower;
  };
}

/** In lower case, with every character where it was: a few letters have lower cases of another length. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

/**
 * Where text goes on behind white space. A line break may stand with what joins two lines in source code: the quotes of two
 * strings, the sign of a comment, a backslash.
 */
function afterGap(text: string, from: number): number {
  let [at, breaks, joins] = [from, false, false];
  for (; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\n") breaks = true;
    else if (`"'#\\`.includes(sign)) joins = true;
    else if (breaks && joins && /[fru]/.test(sign) && `"'`.includes(text[at + 1] ?? " ")) continue;
    else if (!/\s/.test(sign)) break;
  }
  return joins && !breaks ? from : at;
}
