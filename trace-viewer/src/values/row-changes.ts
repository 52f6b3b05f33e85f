/** What in a table differs from what it was: rows that are new, cells that are others. */
import type { Value } from "../format/generated";
import { inOrder, same } from "./difference";

export type Rows = { columns: string[]; rows: Value[][]; rowCount: number };

export type TableChanges = {
  /** New rows, by index. */ added: ReadonlySet<number>;
  /** What the cells of a row were that are others now, by their columns. */ changed: ReadonlyMap<
    number,
    ReadonlyMap<number, Value>
  >;
  /** How many rows are gone. */ gone: number;
};

const NONE: TableChanges = { added: new Set(), changed: new Map(), gone: 0 };

export function tableChanges(now: Rows, before: Rows | undefined): TableChanges {
  if (!before || now.rows === before.rows) return NONE;
  const sources = now.columns.map((column) => before.columns.indexOf(column));
  const alike = now.columns.length === before.columns.length && sources.every((source, column) => source === column);
  // A row is compared as a list of its cells.
  const rows = (table: Rows) => table.rows as unknown as Value[];
  const { marks, removed } = inOrder(rows(now), rows(before), now.rowCount, before.rowCount);
  const added = new Set<number>();
  const changed = new Map<number, Map<number, Value>>();
  for (const [row, { change }] of marks) {
    if (change === "added") added.add(row);
    else {
      const old = before.rows[row] ?? [];
      const cells = new Map<number, Value>();
      now.rows[row]?.forEach((cell, column) => {
        const was = old[alike ? column : (sources[column] ?? -1)];
        if (was !== undefined && !same(cell, was)) cells.set(column, was);
      });
      if (cells.size > 0) changed.set(row, cells);
    }
  }
  return { added, changed, gone: removed.length };
}
