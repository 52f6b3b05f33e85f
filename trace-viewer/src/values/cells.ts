/** The elements of an array as rows and columns, whatever its number of axes, and which element each one is. */
import type { Picture, Tensor } from "../format/generated";

export type Cell = Picture["cells"][number];
export type Cells = {
  rows: number;
  columns: number;
  at: (row: number, column: number) => Cell;
  place: (row: number, column: number) => string;
};

/** All elements when the record holds them, else its picture of them; undefined when it holds neither or they do not fit. */
export function cellsOf(tensor: Tensor): Cells | undefined {
  const { elements, picture, shape } = tensor;
  if (elements) {
    const columns = shape.at(-1) ?? 1;
    const rows = columns > 0 ? elements.length / columns : 0;
    if (!Number.isInteger(rows) || rows === 0) return undefined;
    return {
      rows,
      columns,
      at: (row, column) => elements[row * columns + column] as Cell,
      place: (row, column) => placeOf(shape, row, column),
    };
  }
  if (!picture || picture.rows * picture.columns !== picture.cells.length || picture.cells.length === 0)
    return undefined;
  return {
    rows: picture.rows,
    columns: picture.columns,
    at: (row, column) => picture.cells[row * picture.columns + column] as Cell,
    place: (row, column) => placeOf(shape, picture.row_indices[row] ?? row, picture.column_indices[column] ?? column),
  };
}

/** The index of an element in its array: the row, which counts all leading axes, taken apart. `[1, 0, 3]`. */
function placeOf(shape: number[], row: number, column: number): string {
  const index = [column];
  for (const size of shape.slice(0, -1).toReversed()) {
    index.unshift(row % size);
    row = Math.floor(row / size);
  }
  return `[${(shape.length === 0 ? [] : index).join(", ")}]`;
}

/** The least and the greatest finite number among the cells; undefined when there is none. */
export function extent({ rows, columns, at }: Cells): [number, number] | undefined {
  let least = Infinity;
  let greatest = -Infinity;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const cell = numeric(at(row, column));
      if (cell === undefined) continue;
      least = Math.min(least, cell);
      greatest = Math.max(greatest, cell);
    }
  }
  return least <= greatest ? [least, greatest] : undefined;
}

/** A cell as a number to colour: booleans are 0 and 1; undefined for nan, infinities, strings. */
export function numeric(cell: Cell): number | undefined {
  if (typeof cell === "boolean") return cell ? 1 : 0;
  return typeof cell === "number" && Number.isFinite(cell) ? cell : undefined;
}
