import type { Snippet } from "./hit";

const BEFORE = 36;
const AFTER = 120;

/** The text around a match on one line, cut at words, with every white space as one space. */
export function snippet(text: string, from: number, to: number): Snippet {
  const end = Math.min(to, from + AFTER);
  const start = cutBefore(text, from);
  const stop = cutAfter(text, end);
  const before = (start > 0 && text[start - 1] !== "\n" ? "… " : "") + onOneLine(text.slice(start, from)).trimStart();
  const match = onOneLine(text.slice(from, end));
  const after = onOneLine(text.slice(end, stop)).trimEnd() + (stop < text.length && text[stop] !== "\n" ? " …" : "");
  return { text: before + match + after, from: before.length, to: before.length + match.length };
}

/** Where the words before a match begin that are shown: in its line, at a word. */
function cutBefore(text: string, from: number): number {
  const line = text.lastIndexOf("\n", from - 1) + 1;
  if (from - line <= BEFORE) return from === 0 ? 0 : line;
  const space = text.indexOf(" ", from - BEFORE);
  return space >= 0 && space < from ? space + 1 : from - BEFORE;
}

function cutAfter(text: string, end: number): number {
  const found = text.indexOf("\n", end);
  const line = found < 0 ? text.length : found;
  if (line - end <= AFTER) return line;
  const space = text.lastIndexOf(" ", end + AFTER);
  return space > end ? space : end + AFTER;
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
