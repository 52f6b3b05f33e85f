import type { Records } from "../format/generated";
import { DataTable } from "./DataTable";
import { count } from "./numbers";
import { name } from "./summary";

/** A data frame, or a list of like records: its size first, then its first rows. */
export function RecordsView({ records }: { records: Records }) {
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
      />
    </div>
  );
}
