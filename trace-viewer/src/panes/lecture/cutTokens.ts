import type { Token } from "../../code/highlight";
import type { Cut } from "../../logic/document";

const kept = new WeakMap<Token[], Token[]>();

/** The tokens of a line without some of its columns, and without the space that is then left at its end. */
export function cutTokens(tokens: Token[], cuts: Cut[]): Token[] {
  const known = kept.get(tokens);
  if (known) return known;
  const left: Token[] = [];
  let column = 0;
  for (const { text, cls } of tokens) {
    let rest = "";
    for (const character of text) {
      if (!cuts.some(([from, to]) => from <= column && column < to)) rest += character;
      column += character.length;
    }
    if (rest) left.push({ text: rest, cls });
  }
  for (let last = left.at(-1); last; last = left.at(-1)) {
    last.text = last.text.trimEnd();
    if (last.text) break;
    left.pop();
  }
  kept.set(tokens, left);
  return left;
}
