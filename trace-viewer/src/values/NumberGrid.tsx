import { visible } from "./escape";
import { numeric, type Cells } from "./cells";
import { aligned } from "./numbers";

type Props = {
  cells: Cells;
  /** The first row shown. */ from: number;
  rows: number;
  /** 1 is written 1.0. */ float: boolean;
};

/** A few rows of numbers as a matrix is written: aligned, between brackets. */
export function NumberGrid({ cells, from, rows, float }: Props) {
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: cells.columns }, (_, column) => cells.at(from + row, column)),
  );
  const format = aligned(
    lines.flat().filter((cell) => typeof cell === "number"),
    float,
  );
  return (
    <table className="number-grid">
      <tbody>
        {lines.map((line, row) => (
          // oxlint-disable-next-line react/no-array-index-key
          <tr key={row}>
            {line.map((cell, column) => (
              <td
                // oxlint-disable-next-line react/no-array-index-key
                key={column}
                title={cells.place(from + row, column)}
                className={
                  typeof cell === "string" && numeric(cell) === undefined && !Number.isFinite(Number(cell))
                    ? "value-bad"
                    : undefined
                }
              >
                {typeof cell === "number"
                  ? format(cell)
                  : typeof cell === "boolean"
                    ? cell
                      ? "True"
                      : "False"
                    : visible(String(cell ?? "")).slice(0, 40)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
