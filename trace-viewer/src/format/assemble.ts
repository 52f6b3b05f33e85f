import { within, type PackedColumn } from "./column";

/** Bytes of a trace that `JSON.parse` alone reads: those of a larger one are looked through for its columns. */
export const SMALL = 1 << 20;

/** A trace in pieces: the text of all but the columns that were cut out, with `null` in their places, and these. */
export interface Pieces {
  rest: string;
  cuts: Cut[];
}

/** A column, and where it belongs; no cell is below `low` or above `high`. */
export interface Cut {
  table: string;
  name: string;
  cells: PackedColumn;
  low: number;
  high: number;
}

/** What `JSON.parse` gives, with columns in place of lists. It fails as `JSON.parse` does. */
export function assembled({ rest, cuts }: Pieces): unknown {
  const data: unknown = JSON.parse(rest);
  // Of a key that is there twice the last one counts, and that may have been left to JSON.parse.
  for (const { table, name, cells, low, high } of cuts.toReversed()) {
    const columns = (data as Record<string, Record<string, unknown> | null | undefined>)[table];
    if (columns?.[name] === null) columns[name] = within(cells, low, high);
  }
  return data;
}
