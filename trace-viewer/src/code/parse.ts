import { parser } from "@lezer/python";

type Tree = ReturnType<typeof parser.parse>;

/** Shorter sources are parsed as quickly as they are found again. */
const SHORT = 1000;
/** Trees that are kept: of the files that a reader goes back and forth between. */
const MOST = 8;

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
