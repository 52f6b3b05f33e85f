/** The names of dimensions that a trace has, and the number of the colour of each: the same name, the same colour everywhere. */
import type { Trace, Value } from "../format/generated";

/** From a name to the number of its colour, 1 to `COLORS`: in the order in which the names first appear. */
export type Dimensions = ReadonlyMap<string, number>;

/** How many colours there are; the name after the last one takes the first again. */
export const COLORS = 10;

/** More names than anybody tells apart. */
const MOST_NAMES = 1000;

/** A piece of text, and whether it is the name of a dimension. */
export type Piece = { text: string; isName: boolean };

const found = new WeakMap<Trace, Dimensions>();

/** The names in a trace; worked out once. */
export function dimensionsOf(trace: Trace): Dimensions {
  let names = found.get(trace);
  if (!names) found.set(trace, (names = findDimensions(trace.values)));
  return names;
}

/** The names of the axes of all arrays among the values and inside them. */
export function findDimensions(values: readonly Value[]): Dimensions {
  const names = new Map<string, number>();
  const note = (dimensions: unknown) => {
    if (!Array.isArray(dimensions)) return;
    for (const dimension of dimensions.slice(0, 64)) {
      for (const { text, isName } of pieces(dimension)) {
        if (isName && !names.has(text) && names.size < MOST_NAMES) names.set(text, (names.size % COLORS) + 1);
      }
    }
  };
  const open: unknown[] = [];
  for (const value of values) {
    if (typeof value !== "object") continue; // there may be a million numbers
    open.push(value);
    // Without recursion: a damaged trace may nest without end.
    while (open.length > 0) {
      const next = open.pop();
      if (typeof next !== "object" || next === null) continue;
      if (Array.isArray(next)) {
        for (let i = next.length - 1; i >= 0; i--) open.push(next[i]);
        continue;
      }
      const { kind, dimensions, items, entries, fields } = next as Record<string, unknown>;
      if (kind === "tensor") note(dimensions);
      else open.push(...[fields, entries, items].filter(Array.isArray));
    }
  }
  return names;
}

/** A dimension as it is recorded, taken apart: `h·d` is two names and a dot. Sizes and signs are no names. */
export function pieces(dimension: unknown): Piece[] {
  if (typeof dimension !== "string") return [];
  return (dimension.slice(0, 200).match(/[\p{L}_][\p{L}\p{N}_]*|[^\p{L}_]+/gu) ?? []).map((text) => ({
    text,
    isName: /^[\p{L}_]/u.test(text) && text !== "_",
  }));
}
