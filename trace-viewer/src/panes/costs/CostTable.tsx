import { memo, useMemo, useState } from "react";
import { linesOf } from "../../logic/document";
import type { Account, Costs, LineAccount } from "../../logic/costs";
import { amountOf, amountText } from "../../logic/heat";
import type { Lecture } from "../../logic/lecture";
import type { Measure } from "../../logic/measures";
import { pointOf } from "../../logic/roofline";
import { plain, si } from "../../logic/units";
import { jumpTo, jumpToLine } from "../../state/actions";
import { count } from "../../values/numbers";

interface Props {
  lecture: Lecture;
  costs: Costs;
  measure: Measure;
  calls: boolean;
  /** The line that the reader is on. */
  current: LineAccount | undefined;
}

interface Row {
  account: Account;
  key: string;
  /** `12` of a line of the lecture, `model:12` of another file's; a function's name. */
  name: string;
  /** The source of a line. */
  code: string;
  go: () => void;
}

type Column = Measure | "name" | "runs" | "intensity";

const LABELS: Record<Column, string> = {
  name: "Line",
  runs: "Runs",
  time: "Time",
  flops: "FLOPs",
  bytes: "Bytes",
  memory: "Peak",
  intensity: "FLOP/B",
};
const PAGE = 50;

/** The costliest lines, or functions, first; a press on one goes there. Sorted by any column. */
export const CostTable = memo(function CostTable({ lecture, costs, measure, calls, current }: Props) {
  const [grouped, setGrouped] = useState<"lines" | "functions">("lines");
  // Until the reader sorts the table, it is sorted by what lines are weighed by.
  const [sort, setSort] = useState<{ by: Column; down: boolean } | null>(null);
  const [most, setMost] = useState(PAGE);
  const { by, down } = sort ?? { by: measure, down: true };

  const rows = useMemo(
    () => (grouped === "lines" ? lineRows(lecture, costs) : functionRows(lecture, costs)),
    [lecture, costs, grouped],
  );
  const sorted = useMemo(() => {
    const value = valueOf(by, calls);
    const order = rows.map((row, index) => ({ row, index, value: value(row.account) }));
    if (by === "name") order.sort((a, b) => a.index - b.index);
    else order.sort((a, b) => a.value - b.value || b.index - a.index);
    return (down ? order.toReversed() : order).map(({ row }) => row);
  }, [rows, by, down, calls]);

  const columns = useMemo(() => columnsOf(costs), [costs]);
  const top = sorted.reduce((top, { account }) => Math.max(top, amountOf(account, measure, calls)), 0);

  return (
    <div className="costs-part costs-costliest">
      <div className="costs-head">
        <h3>Costliest</h3>
        <div className="segments" role="group" aria-label="Rows">
          {(["lines", "functions"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={each === grouped} onClick={() => setGrouped(each)}>
              {each}
            </button>
          ))}
        </div>
      </div>
      <div
        className="costs-scroll"
        // Scrolls sideways, so the keyboard must reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="region"
        aria-label="The costliest, a table"
        onScroll={({ currentTarget }) => currentTarget.toggleAttribute("data-aside", currentTarget.scrollLeft > 0)}
      >
        <table className="costs-table" data-roomy={columns.length < 5 || undefined}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column}
                  scope="col"
                  aria-sort={column === by ? (down ? "descending" : "ascending") : undefined}
                >
                  <button
                    type="button"
                    onClick={() => setSort({ by: column, down: column === by ? !down : column !== "name" })}
                  >
                    {column === "name" && grouped === "functions" ? "Function" : LABELS[column]}
                    <span className="costs-arrow" aria-hidden="true">
                      {column === by ? (down ? "▾" : "▴") : ""}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, most).map((row) => (
              <TableRow
                key={row.key}
                row={row}
                columns={columns}
                current={row.account === current}
                measure={measure}
                calls={calls}
                top={top}
              />
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > most && (
        <button type="button" className="text-button costs-more" onClick={() => setMost(most + 4 * PAGE)}>
          Show {count(Math.min(4 * PAGE, sorted.length - most))} more
        </button>
      )}
    </div>
  );
});

interface RowProps {
  row: Row;
  columns: Column[];
  current: boolean;
  measure: Measure;
  calls: boolean;
  /** The largest amount that rows are weighed by. */
  top: number;
}

/** A step draws again only the rows that it leaves and enters. */
const TableRow = memo(function TableRow({ row, columns, current, measure, calls, top }: RowProps) {
  const { account, name, code, go } = row;
  const share = top > 0 ? Math.sqrt(Math.max(amountOf(account, measure, calls), 0) / top) : 0;
  return (
    <tr aria-current={current ? "true" : undefined}>
      <th scope="row">
        <button type="button" className="costs-line" onClick={go} title={code || name}>
          <span className="costs-name">{name}</span>
          {code && <code>{code}</code>}
        </button>
      </th>
      {columns.slice(1).map((column) => (
        <td
          key={column}
          className={column === measure ? "costs-weighed" : undefined}
          style={column === measure ? { "--share": share.toFixed(3) } : undefined}
        >
          {written(column, account, calls)}
        </td>
      ))}
    </tr>
  );
});

function columnsOf({ counted, lecture }: Costs): Column[] {
  const columns: Column[] = ["name", "runs", "time"];
  if (counted) columns.push("flops", "bytes");
  if (lecture.peak >= 0) columns.push("memory");
  if (counted) columns.push("intensity");
  return columns;
}

function lineRows({ trace }: Lecture, { lines }: Costs): Row[] {
  const sources = new Map<number, string[]>();
  return lines.map((account) => {
    const { file, line } = account;
    const source = sources.get(file) ?? linesOf(trace.files[file].text);
    sources.set(file, source);
    const { path } = trace.files[file];
    return {
      account,
      key: `${file}:${line}`,
      name:
        file === trace.entry ? String(line) : `${path.slice(path.lastIndexOf("/") + 1).replace(/\.py$/, "")}:${line}`,
      code: (source[line - 1] ?? "")
        .replace(/\s*#\s*@.*$/, "")
        .trim()
        .slice(0, 200),
      go: () => jumpToLine(file, line),
    };
  });
}

function functionRows({ positions }: Lecture, costs: Costs): Row[] {
  return costs.functions().map((account, index) => ({
    account,
    key: String(index),
    name: account.name || "?",
    code: "",
    go: () => jumpTo(positions.entry[account.firstStep]),
  }));
}

/** What a column sorts by; the unknown comes after everything known. */
function valueOf(column: Column, calls: boolean): (account: Account) => number {
  if (column === "name" || column === "runs") return ({ runs }) => runs;
  if (column === "intensity") return (account) => pointOf(calls ? account.all : account.own)?.intensity ?? -1;
  return (account) => amountOf(account, column, calls);
}

function written(column: Column, account: Account, calls: boolean): string {
  const value = valueOf(column, calls)(account);
  if (column === "runs") return count(value);
  if (column === "intensity") return value < 0 ? "–" : plain(value, 2);
  if (column === "flops") return si(value, "", 2).trim(); // the column is named for its unit
  return column === "name" || value === 0 ? "0" : amountText(value, column, 2);
}
