import type { Table } from "../format/generated";
import { DataTable } from "../values/DataTable";
import type { OutputProps } from "./OutputView";

/** `table()`. */
export function TableOutput({ output: { columns, rows, row_count, caption } }: OutputProps<Table>) {
  return <DataTable columns={columns} rows={rows} rowCount={row_count} caption={caption || undefined} />;
}
