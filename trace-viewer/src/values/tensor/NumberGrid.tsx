/* oxlint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions
   -- an `application` has its own keys: that is what the role says */
import { memo, type KeyboardEvent, type MouseEvent } from "react";
import { aligned } from "../numbers";
import { cellText, placeOf } from "./facts";
import type { Field } from "./field";
import type { Change } from "./compare";
import { firstCell, moved, stacked } from "./sheet";
import { arrowOf } from "./keys";

type Props = {
  field: Field;
  dimensions: string[] | null | undefined;
  /** The slices to show. */ slices: number[];
  change: Change | undefined;
  /** Show the index of each row and column. */ indexed: boolean;
  cursor: number | null;
  onCursor: (cell: number | null, byKey: boolean) => void;
  onPoint: (cell: number | null) => void;
};

/** A few slices of numbers as matrices are written: aligned, between brackets. */
export const NumberGrid = memo(function NumberGrid(props: Props) {
  const { field, slices, cursor, onCursor, onPoint } = props;
  const press = (event: KeyboardEvent) => {
    const arrow = arrowOf(event);
    if (event.key === "Escape" && cursor !== null) onCursor(null, true);
    else if (!arrow) return;
    else {
      const sheet = stacked(field, slices);
      onCursor(cursor === null ? firstCell(sheet) : moved(sheet, cursor, ...arrow), true);
    }
    event.preventDefault();
  };
  const cellUnder = (event: MouseEvent) => {
    const cell = event.target instanceof Element ? event.target.closest("td")?.dataset.cell : undefined;
    return cell === undefined ? null : Number(cell);
  };
  return (
    <div
      className="number-slices"
      role="application"
      aria-roledescription="matrix"
      aria-label={`${field.cells.length} elements as numbers; arrow keys move through them`}
      tabIndex={0}
      onKeyDown={press}
      onPointerOver={(event) => onPoint(cellUnder(event))}
      onPointerLeave={() => onPoint(null)}
      onClick={(event) => {
        const cell = cellUnder(event);
        if (cell !== null) onCursor(cell, false);
      }}
    >
      {slices.map((slice) => (
        <Matrix key={slice} {...props} slice={slice} titled={field.slices > 1} />
      ))}
    </div>
  );
});

function Matrix({
  field,
  dimensions,
  slice,
  change,
  indexed,
  cursor,
  titled,
}: Props & { slice: number; titled: boolean }) {
  const { rows, columns, cells } = field;
  const from = slice * rows * columns;
  const own = cells.slice(from, from + rows * columns);
  const format = aligned(
    own.filter((cell) => typeof cell === "number"),
    /float/.test(field.dtype),
  );
  const firsts = Array.from({ length: rows }, (_, row) => from + row * columns);
  return (
    <figure>
      {titled ? <figcaption>{sliceName(field, from, dimensions)}</figcaption> : null}
      <table className="number-grid">
        {indexed ? (
          <thead>
            <tr>
              <td />
              {Array.from({ length: columns }, (_, column) => (
                <th key={column} scope="col">
                  {field.indexOf(from + column).at(-1)}
                </th>
              ))}
            </tr>
          </thead>
        ) : null}
        <tbody>
          {firsts.map((first) => (
            <tr key={first}>
              {indexed ? <th scope="row">{field.shape.length > 1 ? field.indexOf(first).at(-2) : ""}</th> : null}
              {Array.from({ length: columns }, (_, column) => {
                const cell = first + column;
                const content = cells[cell];
                const classes = [
                  field.kind !== "text" && field.numbers[cell] !== field.numbers[cell] ? "value-bad" : "",
                  change?.cells?.[cell] && change.count < cells.length ? "cell-changed" : "",
                  cell === cursor ? "cell-chosen" : "",
                ];
                return (
                  <td key={column} data-cell={cell} className={classes.join(" ").trim() || undefined}>
                    {typeof content === "number" ? format(content) : cellText(content, field)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

/** `[0, :, :]`, or `batch 0`. */
function sliceName(field: Field, cell: number, dimensions: string[] | null | undefined): string {
  const leading = field.indexOf(cell).slice(0, -2);
  if (dimensions?.some(Boolean)) return placeOf({ ...field, indexOf: () => leading }, cell, dimensions);
  return `[${leading.join(", ")}, :, :]`;
}
