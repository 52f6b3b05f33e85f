import { memo, useMemo, type ReactNode } from "react";
import type { Value } from "../format/generated";
import { aligned, count } from "./numbers";
import { visible } from "./escape";
import { useKept } from "./kept";
import { tableChanges, type Rows } from "./row-changes";
import { summarise } from "./summary";
import { ValueInline } from "./ValueInline";
import "./DataTable.css";

type Props = {
  columns: string[];
  rows: Value[][];
  /** How many rows and columns there were; the record may hold fewer. */
  rowCount: number;
  columnCount?: number;
  /** The names of the rows. */
  index?: Value[];
  caption?: ReactNode;
  /** The table as it was; what differs is marked. */
  before?: Rows | undefined;
};

const PAGE = 100;
const MOST_COLUMNS = 60;

/** A table whose numbers line up on the right. Scrolls sideways when it is wider than its place. */
export const DataTable = memo(function DataTable(props: Props) {
  const { columns, rows, rowCount, columnCount, index, caption, before } = props;
  const [shown, setShown] = useKept("rows", PAGE);
  const changes = useMemo(() => tableChanges({ columns, rows, rowCount }, before), [columns, rows, rowCount, before]);
  const heads = useMemo(() => columns.slice(0, MOST_COLUMNS), [columns]);
  const formats = useMemo(() => heads.map((_, column) => columnFormat(rows, column)), [rows, heads]);
  const visibleRows = rows.slice(0, shown);
  const hiddenColumns = Math.max(columnCount ?? 0, columns.length) - heads.length;
  const unrecorded = rowCount - rows.length;
  return (
    // Scrolls sideways, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="data-table" tabIndex={0}>
      <table>
        {caption ? (
          <caption>
            <span>{caption}</span>
          </caption>
        ) : null}
        <thead>
          <tr>
            {index ? (
              <th scope="col">
                <span className="visually-hidden">row</span>
              </th>
            ) : null}
            {heads.map((head, column) => (
              // oxlint-disable-next-line react/no-array-index-key
              <th key={column} scope="col" className={formats[column] ? "number" : undefined}>
                {visible(head)}
              </th>
            ))}
            {hiddenColumns > 0 ? <th className="value-faint">… {count(hiddenColumns)} more columns</th> : null}
          </tr>
        </thead>
        <tbody>
          {visibleRows.map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={at} data-change={changes.added.has(at) ? "added" : undefined}>
              {index ? (
                <th scope="row">
                  <ValueInline value={index[at] ?? null} plain max={60} />
                </th>
              ) : null}
              {heads.map((_, column) => (
                // oxlint-disable-next-line react/no-array-index-key
                <Cell
                  key={column}
                  value={row[column]}
                  format={formats[column]}
                  was={changes.changed.get(at)?.get(column)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown ? (
        <button type="button" className="text-button value-more" onClick={() => setShown(shown + PAGE * 5)}>
          Show {count(Math.min(PAGE * 5, rows.length - shown))} more rows
        </button>
      ) : unrecorded > 0 ? (
        <p className="value-more value-faint">… and {count(unrecorded)} more rows, not recorded</p>
      ) : null}
      {changes.gone > 0 ? (
        <p className="value-more value-faint">
          {count(changes.gone)} {changes.gone === 1 ? "row is" : "rows are"} gone
        </p>
      ) : null}
    </div>
  );
});

type Format = ((n: number) => string) | undefined;

type CellProps = {
  value: Value | undefined;
  format: Format;
  /** What it was, if it was another. */ was: Value | undefined;
};

function Cell({ value, format, was }: CellProps) {
  const n = format && value !== undefined ? numberOf(value) : undefined;
  const change = was === undefined ? undefined : "changed";
  const old = was === undefined ? undefined : `was ${summarise(was, 100, true)}`;
  if (format && n !== undefined && n !== null && Number.isFinite(n)) {
    const text = format(n);
    return (
      <td className="number" data-change={change} title={old ?? (text === String(n) ? undefined : String(n))}>
        {text}
      </td>
    );
  }
  return (
    <td className={format ? "number" : undefined} data-change={change} title={old}>
      {value === undefined ? "" : <ValueInline value={value} plain max={200} />}
    </td>
  );
}

/** How the numbers of a column are written, if it is a column of numbers. */
function columnFormat(rows: Value[][], column: number): Format {
  const numbers: number[] = [];
  let floats = false;
  for (const row of rows) {
    const value = row[column];
    if (value === null || value === undefined) continue;
    const n = numberOf(value);
    if (n === undefined) return undefined;
    if (n !== null) {
      numbers.push(n);
      floats ||= typeof value === "object" || !Number.isInteger(n);
    }
  }
  return numbers.length ? aligned(numbers, floats) : undefined;
}

/** The number a value is; null for one that cannot be lined up (nan, a huge integer); undefined when it is none. */
function numberOf(value: Value): number | null | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (value.kind === "float") return typeof value.value === "number" ? value.value : null;
  return value.kind === "int" ? null : undefined;
}
