/** Tokens as a reader sees them: which ground each chip has, and which plain lists may be looked at as tokens. */
import type { Sequence, Value } from "../format/generated";

/** How many grounds there are: `--token-1` to `--token-6`. */
export const GROUNDS = 6;

/** A ground for each token: the same for equal ones wherever that is possible, another than its neighbour's always. */
export function grounds(tokens: readonly (number | string)[]): number[] {
  let last = -1;
  return tokens.map((token) => {
    let ground = spread(token) % GROUNDS;
    if (ground === last) ground = (ground + 1) % GROUNDS;
    last = ground;
    return ground;
  });
}

function spread(token: number | string): number {
  const text = String(token);
  let mixed = 7;
  for (let i = 0; i < Math.min(text.length, 100); i++) mixed = (mixed * 31 + text.charCodeAt(i)) >>> 0;
  return mixed;
}

const LONGEST = 40;
const FEWEST = 3;
const MOST = 5000;

/** The texts of a list of three or more short strings or bytes; undefined for any other list. */
export function pieces({ type, items }: Sequence): string[] | undefined {
  if (!/^(list|tuple)$/.test(type) || items.length < FEWEST || items.length > MOST) return undefined;
  const found: string[] = [];
  for (const item of items) {
    const text = textOf(item);
    if (text === undefined || text.length > LONGEST) return undefined;
    found.push(text);
  }
  return found;
}

function textOf(item: Value): string | undefined {
  if (typeof item === "string") return item;
  if (typeof item !== "object" || item?.kind !== "bytes") return undefined;
  return decoded(item.text);
}

const ESCAPES: Record<string, number> = { n: 10, r: 13, t: 9, "\\": 92, "'": 39, '"': 34 };

/** Bytes as Python writes them between quotes, as the text that they are in UTF-8; as they are if they are none. */
export function decoded(written: string): string {
  const bytes: number[] = [];
  for (const [whole, hex, letter] of written.matchAll(/\\x([0-9a-f]{2})|\\(.)|[^]/gi)) {
    if (hex) bytes.push(parseInt(hex, 16));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else if (whole.charCodeAt(0) < 128) bytes.push(whole.charCodeAt(0));
    else return written;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return written;
  }
}
