/** What the record holds of an array's elements, as rows and columns of numbers, read once and kept. */
import type { Picture, Tensor } from "../../format/generated";

export type Cell = Picture["cells"][number];

/** How the cells are meant: complex numbers are coloured by their size, text not at all. */
export type CellKind = "number" | "bool" | "complex" | "text";

/** One of the axes before the last two, with those of its indices that are in the record. */
export interface Leading {
  axis: number;
  indices: number[];
}

/**
 * Cells row by row: the last axis along a row, all the others one after the other. Where the leading axes are whole in the
 * record, `rows` belong to one slice and the slices follow each other; else there is one slice of all the rows.
 */
export interface Field {
  shape: number[];
  dtype: string;
  kind: CellKind;
  slices: number;
  rows: number;
  columns: number;
  leading: Leading[];
  cells: Cell[];
  /** What is coloured: NaN for what is no finite number. */
  numbers: Float64Array;
  /** Every element is here, as exact as its dtype; else a sample, floats of it in five digits. */
  whole: boolean;
  /** Of the numbers; NaN when there is none. */
  least: number;
  greatest: number;
  zeros: number;
  nan: number;
  inf: number;
  /** Which element a cell is. */
  indexOf(cell: number): number[];
}

/** More cells than any trace of ours holds; a record with more is not drawn. */
export const MOST_CELLS = 1 << 18;

const MOST_AXES = 64;

const read = new WeakMap<Tensor, { field: Field | undefined }>();

/** The cells of an array; undefined when the record holds none, or what it holds does not fit its shape. */
export function fieldOf(tensor: Tensor): Field | undefined {
  let known = read.get(tensor);
  if (!known) read.set(tensor, (known = { field: readField(tensor) }));
  return known.field;
}

/** The shape, if it is one that an array in memory can have. */
export function soundShape({ shape }: Tensor): number[] | undefined {
  if (!Array.isArray(shape) || shape.length > MOST_AXES) return undefined;
  return shape.every((size) => Number.isSafeInteger(size) && size >= 0) ? shape : undefined;
}

function readField(tensor: Tensor): Field | undefined {
  const shape = soundShape(tensor);
  if (!shape) return undefined;
  const { elements, picture } = tensor;
  const dtype = typeof tensor.dtype === "string" ? tensor.dtype : "";
  if (Array.isArray(elements)) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (elements.length !== size || size === 0 || size > MOST_CELLS) return undefined;
    const columns = shape.at(-1) ?? 1;
    const leading = shape.slice(0, -2).map((length, axis) => ({ axis, indices: upTo(length) }));
    return measured({ shape, dtype, columns, leading, cells: elements, whole: true }, (row) => row, undefined);
  }
  if (!picture || !Array.isArray(picture.cells)) return undefined;
  const { rows, columns, cells, row_indices, column_indices } = picture;
  if (![rows, columns].every((n) => Number.isSafeInteger(n) && n > 0)) return undefined;
  if (rows * columns !== cells.length || cells.length > MOST_CELLS) return undefined;
  const rowAt = Array.isArray(row_indices) && row_indices.length === rows ? (row: number) => row_indices[row] : same;
  const leading = leadingOf(shape, upTo(rows).map(rowAt));
  const columnAt = Array.isArray(column_indices) && column_indices.length === columns ? column_indices : undefined;
  return measured({ shape, dtype, columns, leading, cells, whole: false }, rowAt, columnAt);
}

type Read = Pick<Field, "shape" | "dtype" | "columns" | "leading" | "cells" | "whole">;

/** One pass over the cells. */
function measured(field: Read, rowAt: (row: number) => number, columnAt: number[] | undefined): Field {
  const { shape, dtype, columns, cells, leading } = field;
  const numbers = new Float64Array(cells.length);
  let [least, greatest, zeros, nan, inf] = [Infinity, -Infinity, 0, 0, 0];
  let kind: CellKind = dtype.includes("complex") ? "complex" : dtype.startsWith("bool") ? "bool" : "number";
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    let n = typeof cell === "number" ? cell : NaN;
    if (n - n !== 0) {
      // Not a finite number as it stands.
      if (typeof cell === "boolean") n = cell ? 1 : 0;
      else {
        n = numberOf(cell, kind);
        if (n === Infinity || n === -Infinity) inf++;
        else if (n !== n) {
          if (isNaNCell(cell)) nan++;
          else kind = "text";
        }
      }
    }
    if (n - n !== 0) {
      numbers[i] = NaN;
      continue;
    }
    numbers[i] = n;
    if (n < least) least = n;
    if (n > greatest) greatest = n;
    if (n === 0) zeros++;
  }
  if (least > greatest) least = greatest = NaN;
  const slices = leading.reduce((product, { indices }) => product * indices.length, 1);
  const rows = cells.length / columns / slices;
  const before = shape.slice(0, -1);
  const indexOf = (cell: number) => {
    if (shape.length === 0) return [];
    const column = cell % columns;
    return [...unravelled(rowAt((cell - column) / columns), before), columnAt ? columnAt[column] : column];
  };
  return { ...field, kind, slices, rows, numbers, least, greatest, zeros, nan, inf, indexOf };
}

/** Which of the leading axes' indices the rows of a picture run through, if they run through them evenly; else none. */
function leadingOf(shape: number[], rows: number[]): Leading[] {
  if (shape.length < 3) return [];
  const axes = shape.slice(0, -1);
  const places = rows.map((row) => unravelled(row, axes));
  const indices = axes.map((_, axis) => [...new Set(places.map((place) => place[axis]))]);
  const period = indices.map((_, axis) => indices.slice(axis + 1).reduce((product, own) => product * own.length, 1));
  const isEven = places.every((place, row) =>
    place.every((at, axis) => at === indices[axis][Math.floor(row / period[axis]) % indices[axis].length]),
  );
  if (!isEven || period[0] * indices[0].length !== rows.length) return [];
  return indices.slice(0, -1).map((own, axis) => ({ axis, indices: own }));
}

/** A flat index taken apart into one an axis. */
function unravelled(flat: number, shape: number[]): number[] {
  const index = Array.from(shape, () => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis];
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}

/** A cell that is no JSON number: an integer too long for one, an infinity, the size of a complex number. */
function numberOf(cell: Cell, kind: CellKind): number {
  if (typeof cell === "number") return cell;
  if (typeof cell !== "string" || cell.length > 400) return NaN;
  if (cell === "inf" || cell === "+inf") return Infinity;
  if (cell === "-inf") return -Infinity;
  if (kind === "complex") {
    const [, real = "", imaginary = ""] =
      /^([-+]?[\d.a-z]+(?:e[-+]?\d+)?)([-+][\d.a-z]+(?:e[-+]?\d+)?)j$/.exec(cell) ?? [];
    return Math.hypot(numberOf(real, "number"), numberOf(imaginary, "number"));
  }
  return /^[-+]?\d[\d.]*(?:e[-+]?\d+)?$/.test(cell) ? Number(cell) : NaN;
}

function isNaNCell(cell: Cell): boolean {
  return cell === "nan" || (typeof cell === "string" && /^[-+\d.enaif]{1,80}j$/.test(cell) && cell.includes("nan"));
}

function upTo(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function same(row: number): number {
  return row;
}
