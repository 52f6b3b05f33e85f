import type { Records, Value } from "../format/generated";
import { DataTable } from "./DataTable";
import { count } from "./numbers";
import { name } from "./summary";

type Props = { records: Records; before?: Value | undefined };

/** A data frame, or a list of like records: its size first, then its first rows. */
export default function RecordsView({ records, before }: Props) {
  const was = typeof before === "object" && before?.kind === "records" ? before : undefined;
  return (
    <div className="value-records">
      <div className="value-head">
        <span className="value-shape">
          {count(records.row_count)} × {count(records.column_count)}
        </span>{" "}
        <span className="value-faint">{name(records.type)}</span>
      </div>
      <DataTable
        columns={records.columns}
        rows={records.rows}
        rowCount={records.row_count}
        columnCount={records.column_count}
        index={records.index ?? undefined}
        before={was && { columns: was.columns, rows: was.rows, rowCount: was.row_count }}
      />
    </div>
  );
}
