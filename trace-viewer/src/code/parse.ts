import { parser } from "@lezer/python";

export type Tree = ReturnType<typeof parser.parse>;

/** Shorter sources are parsed as quickly as they are found again. */
const SHORT = 1000;
/** Trees that are kept: of the files that a reader goes back and forth between. */
const MOST = 8;

/** Longer sources are not read: a megabyte takes about a second to parse. */
const LONGEST = 500_000;
/** Nor are those with a line longer than this. */
const LONGEST_LINE = 20_000;
/** Nor are those with brackets in brackets deeper than this, which no person wrote: the parser goes into each. */
const DEEPEST = 500;

const kept = new Map<string, Tree>();

/** The tree of a Python source: parsed once for all who ask for the colours of a file, its definitions and its names. */
export function parsePython(source: string): Tree {
  const found = kept.get(source);
  if (found) return found;
  const tree = parser.parse(source);
  if (source.length <= SHORT) return tree;
  kept.set(source, tree);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST) break;
    kept.delete(oldest);
  }
  return tree;
}

/** What `read` makes of the tree of a source; null for a source that is too long, or too deep in itself, to be read. */
export function withTree<T>(source: string, read: (tree: Tree) => T): T | null {
  if (source.length > LONGEST || hasEndlessLine(source) || depthOf(source) > DEEPEST) return null;
  try {
    return read(parsePython(source));
  } catch (error) {
    if (error instanceof RangeError) return null; // deep in another way: the stack has an end
    throw error;
  }
}

function hasEndlessLine(source: string): boolean {
  let from = 0;
  for (let to = source.indexOf("\n"); to >= 0; from = to + 1, to = source.indexOf("\n", from))
    if (to - from > LONGEST_LINE) return true;
  return source.length - from > LONGEST_LINE;
}

function depthOf(source: string): number {
  let [depth, most] = [0, 0];
  for (const [bracket] of source.matchAll(/[([{)\]}]/g)) {
    depth = "([{".includes(bracket) ? depth + 1 : Math.max(0, depth - 1);
    if (depth > most) most = depth;
  }
  return most;
}
