import { boxOf } from "./kernel-tiles";
import { isInSlice, patchOf, planeOf } from "./kernel-sheets";
import { kernelsOf } from "./kernels";
import type { Lecture } from "./lecture";

/** Who wrote which part of a slice of an array, in a raster that is coarser than the array where that is large. */
export interface Writers {
  rows: number;
  columns: number;
  /** Of each cell, row by row: the access that wrote there first, or -1. */
  first: Int32Array;
}

const MOST_CELLS = 160;
/** Cells marked, in all: of more tiles, the later ones are left out. */
const MOST_MARKS = 2 ** 24;

const built = new WeakMap<Lecture, Map<string, Writers>>();

/** The raster of a slice: made when first asked for. */
export function writersOf(lecture: Lecture, array: number, slice: readonly number[]): Writers {
  const known = built.get(lecture) ?? new Map<string, Writers>();
  built.set(lecture, known);
  const key = `${array} ${slice.join()}`;
  let writers = known.get(key);
  if (!writers) known.set(key, (writers = rasterise(lecture, array, slice)));
  return writers;
}

/** The access that wrote an element's part of the raster first, or -1. */
export function writerAt(
  { rows, columns, first }: Writers,
  of: { rows: number; columns: number },
  row: number,
  column: number,
) {
  return first[Math.floor((row * rows) / of.rows) * columns + Math.floor((column * columns) / of.columns)];
}

function rasterise(lecture: Lecture, array: number, slice: readonly number[]): Writers {
  const { trace } = lecture;
  const { stores } = kernelsOf(lecture);
  const plane = planeOf(trace.arrays[array]);
  const [rows, columns] = [Math.min(plane.rows, MOST_CELLS), Math.min(plane.columns, MOST_CELLS)];
  const first = new Int32Array(rows * columns).fill(-1);
  const seen = new Set<number>();
  let marks = 0;
  for (let i = stores.start[array]; i < stores.start[array + 1] && marks < MOST_MARKS; i++) {
    const access = stores.order[i];
    const region = trace.accesses.region[access];
    if (seen.has(region)) continue;
    seen.add(region);
    const box = boxOf(trace, access)!;
    if (!isInSlice(box, slice)) continue;
    const { row, column, height, width } = patchOf(box);
    const [top, left] = [Math.floor((row * rows) / plane.rows), Math.floor((column * columns) / plane.columns)];
    const bottom = Math.ceil(((row + height) * rows) / plane.rows);
    const right = Math.ceil(((column + width) * columns) / plane.columns);
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) if (first[y * columns + x] < 0) first[y * columns + x] = access;
    marks += (bottom - top) * (right - left);
  }
  return { rows, columns, first };
}
