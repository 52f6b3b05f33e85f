/** The names of dimensions in the strings of a source: `"b t (h d) -> b h t d"`, `Float[Tensor, "batch seq"]`. */
import type { Token } from "./highlight";

/** From a name to the number of its colour. */
type Names = ReadonlyMap<string, number>;

const LONGEST_PATTERN = 300;

/** A string of nothing but names, sizes and the signs of einops and jaxtyping. */
const PATTERN = /^[rRbBuUfF]{0,2}(["'])([\p{L}\p{N}_ ()*#?=+\-.,>…]*)\1$/u;

/** What stands before the shape in a jaxtyping annotation: `Float[Tensor, `. */
const ANNOTATION = /\w\[\s*[\w.]+\s*,\s*$/;

const WORDS = /[\p{L}_][\p{L}\p{N}_]*/gu;

/** The same tokens of a line, the names in patterns coloured; the same array where there are none. */
export function colorDimensions(tokens: Token[], names: Names): Token[] {
  if (names.size === 0) return tokens;
  let before = "";
  let changed = false;
  const colored = tokens.flatMap((token) => {
    const parts = /\btok-string/.test(token.cls) ? split(token, before, names) : null;
    before += token.text;
    changed ||= parts !== null;
    return parts ?? [token];
  });
  return changed ? colored : tokens;
}

/** The tokens that a string becomes; null if it is no pattern or has no name in it. */
function split({ text, cls }: Token, before: string, names: Names): Token[] | null {
  if (text.length > LONGEST_PATTERN) return null;
  const content = PATTERN.exec(text)?.[2];
  const words = content?.match(WORDS);
  if (!content || !words || !words.some((word) => names.has(word))) return null;
  const isArrow = content.includes("->");
  // Without an arrow, a string of words is a shape only if all of them are names; a single one may be the key of a dict.
  const known = words.every((word) => names.has(word) || word === "_");
  if (!isArrow && !(ANNOTATION.test(before) || (known && words.length > 1))) return null;
  const parts: Token[] = [];
  let from = 0;
  const put = (to: number, kind: string) => {
    if (to > from) parts.push({ text: text.slice(from, to), cls: kind });
    from = to;
  };
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    const color = names.get(word);
    if (color === undefined || (index === 0 && /^["']/.test(text) === false)) continue; // the r of r"…" is no name
    put(index, cls);
    put(index + word.length, `${cls} dim dim-${color}`);
  }
  put(text.length, cls);
  return parts;
}
