/** What the record holds of an array's elements in one slice: which cell of its picture stands for which element. */
import type { KernelArray, Tensor, Trace } from "../../format/generated";
import { lastAtMost } from "../../logic/columns";
import type { Plane } from "../../logic/kernel-sheets";
import { fieldOf, type Field } from "../../values/tensor/field";
import { cellText } from "../../values/tensor/facts";

export interface Samples {
  field: Field;
  tensor: Tensor;
  /** The rows of the slice that are in the record, with the number of their first cell each; and the columns. */
  rows: Float64Array;
  cells: Int32Array;
  columns: Float64Array;
}

/** The picture of an array as it was at the launch; null where there is none of this slice. */
export function samplesOf(
  { values }: Trace,
  array: KernelArray,
  plane: Plane,
  slice: readonly number[],
): Samples | null {
  const value = values[array.value ?? -1];
  if (typeof value !== "object" || value?.kind !== "tensor") return null;
  const field = fieldOf(value);
  if (!field || field.kind === "text" || String(field.shape) !== String(array.shape)) return null;
  const from = slice.reduce((flat, at, axis) => flat * plane.leading[axis] + at, 0) * plane.rows;
  const [rows, cells]: [number[], number[]] = [[], []];
  const of = (index: readonly number[] | undefined, length: number) =>
    field.whole || index?.length !== length ? Array.from({ length }, (_, i) => i) : index;
  const all = of(value.picture?.row_indices, field.slices * field.rows);
  for (const [i, row] of all.entries()) {
    if (row < from || row >= from + plane.rows || (rows.length > 0 && row - from <= rows.at(-1)!)) continue;
    rows.push(row - from);
    cells.push(i * field.columns);
  }
  if (rows.length === 0) return null;
  const columns = Float64Array.from(of(value.picture?.column_indices, field.columns));
  return { field, tensor: value, rows: Float64Array.from(rows), cells: Int32Array.from(cells), columns };
}

/** An element as Python writes it; null where only its neighbours are in the record. */
export function elementText(samples: Samples, row: number, column: number): string | null {
  const [i, j] = [nearest(samples.rows, row), nearest(samples.columns, column)];
  if (i < 0 || j < 0 || samples.rows[i] !== row || samples.columns[j] !== column) return null;
  return cellText(samples.field.cells[samples.cells[i] + j], samples.field);
}

export function nearest(places: Float64Array, at: number): number {
  return lastAtMost(at, 0, places.length, (i) => places[i]);
}
