/** Lists that may be seen as something else: a list of like records as a table. */
import type { Records, Sequence, Value } from "../format/generated";

const MOST_COLUMNS = 60;

/** A list of two or more dicts with the same keys, or of instances of one type, as a table; undefined for any other list. */
export function tableOf({ type, items, length }: Sequence): Records | undefined {
  if (!/^(list|tuple|deque)$/.test(type) || items.length < 2) return undefined;
  const first = columnsOf(items[0]);
  if (!first || first.columns.length === 0 || first.columns.length > MOST_COLUMNS) return undefined;
  const rows: Value[][] = [];
  for (const item of items) {
    const record = columnsOf(item);
    if (!record || record.name !== first.name || record.columns.length !== first.columns.length) return undefined;
    const cells = new Map(record.columns.map((column, at) => [column, record.cells[at] as Value]));
    if (!first.columns.every((column) => cells.has(column))) return undefined;
    rows.push(first.columns.map((column) => cells.get(column) as Value));
  }
  return {
    kind: "records",
    type: `${type} of ${first.name}`,
    columns: first.columns,
    rows,
    row_count: length < 0 ? items.length : length,
    column_count: first.columns.length,
    index: items.map((_, at) => at),
  };
}

type Row = { name: string; columns: string[]; cells: Value[] };

/** The names and values of a record whose every field is recorded. */
function columnsOf(item: Value | undefined): Row | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  if (item.kind === "instance" && item.fields.length === item.length) {
    return {
      name: item.type,
      columns: item.fields.map(([name]) => name),
      cells: item.fields.map(([, value]) => value),
    };
  }
  if (item.kind !== "mapping" || item.entries.length !== item.length) return undefined;
  const columns = item.entries.map(([key]) => key);
  if (!columns.every((key) => typeof key === "string")) return undefined;
  return { name: item.type, columns, cells: item.entries.map(([, value]) => value) };
}
