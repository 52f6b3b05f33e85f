import type { Ground } from "./layout-words";
import { coverageOf, type Coverage, type Layout } from "./strided";

/** A storage as a grid of cells, and how far each array covers each: 0 not at all, 1 in part, 2 wholly. */
export interface StorageMap {
  columns: number;
  rows: number;
  /** Bytes of a place, and places of a cell: more than one where the storage is too large to show each. */
  unit: number;
  placesPerColumn: number;
  rowsPerRow: number;
  /** By array, cell after cell. */
  covers: Uint8Array[];
  /** By array: the cells that its first row runs through, in its order. */
  walks: [column: number, row: number][][];
}

/** How many cells are shown at most; a storage without rows is a strip. */
const MOST_COLUMNS = 48;
const MOST_ROWS = 16;
const LONGEST_STRIP = 96;
/** Elements of an array's first row that are followed. */
const LONGEST_WALK = 64;

/** Rows looked at of those that a cell stands for. */
const ROWS_SAMPLED = 4;

export function mapStorage({ base, bytes }: Ground, layouts: Layout[]): StorageMap {
  const unit = Math.min(base.item, ...layouts.map(({ item }) => item));
  const places = Math.max(1, Math.ceil(bytes / unit));
  const last = (base.shape.at(-1) ?? 1) * (base.item / unit);
  const striped = base.shape.length > 1 && last >= 1 && last < places;
  const rowLength = striped ? last : places;
  const height = Math.ceil(places / rowLength);
  const placesPerColumn = Math.ceil(rowLength / (striped ? MOST_COLUMNS : LONGEST_STRIP));
  const rowsPerRow = Math.ceil(height / MOST_ROWS);
  const columns = Math.ceil(rowLength / placesPerColumn);
  const rows = Math.ceil(height / rowsPerRow);
  const grid = { places, rowLength, height, placesPerColumn, rowsPerRow, columns, rows };
  return {
    columns,
    rows,
    unit,
    placesPerColumn,
    rowsPerRow,
    covers: layouts.map((layout) => coverCells(coverageOf(layout, unit), grid)),
    walks: layouts.map((layout) => walkCells(layout, unit, grid)),
  };
}

interface Grid {
  places: number;
  rowLength: number;
  height: number;
  placesPerColumn: number;
  rowsPerRow: number;
  columns: number;
  rows: number;
}

function coverCells(coverage: Coverage, grid: Grid): Uint8Array {
  const { places, rowLength, height, placesPerColumn, rowsPerRow, columns, rows } = grid;
  const cells = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * rowsPerRow, Math.min((row + 1) * rowsPerRow, height)];
    const end = Math.min(to * rowLength, places);
    const there = coverage.before(end) - coverage.before(from * rowLength);
    if (there === 0) continue;
    const whole = there === end - from * rowLength;
    const sampled = whole ? [from] : rowsTouched(coverage, from, to, end, rowLength);
    for (let column = 0; column < columns; column++) {
      const [left, right] = [column * placesPerColumn, Math.min((column + 1) * placesPerColumn, rowLength)];
      let [some, all] = [false, true];
      for (const at of sampled) {
        const start = Math.min(at * rowLength + left, places);
        const stop = Math.min(at * rowLength + right, places);
        const count = coverage.before(stop) - coverage.before(start);
        some ||= count > 0;
        all &&= count === stop - start;
      }
      cells[row * columns + column] = some ? (all ? 2 : 1) : 0;
    }
  }
  return cells;
}

/** Some rows of a band: its own first and last, the first and last that are touched, and some between, if it has so many. */
function rowsTouched(coverage: Coverage, from: number, to: number, end: number, rowLength: number): number[] {
  if (to - from <= ROWS_SAMPLED) return Array.from({ length: to - from }, (_, i) => from + i);
  const before = coverage.before(from * rowLength);
  const count = coverage.before(end) - before;
  const first = Math.floor(nth(coverage, before + 1, from * rowLength, end) / rowLength);
  const last = Math.floor(nth(coverage, before + count, from * rowLength, end) / rowLength);
  const between = Array.from(
    { length: ROWS_SAMPLED },
    (_, i) => first + Math.floor(((last - first) * i) / ROWS_SAMPLED),
  );
  return [...new Set([from, to - 1, first, last, ...between])];
}

/** The place of the nth covered place, which lies in [from, to). */
function nth(coverage: Coverage, n: number, from: number, to: number): number {
  while (from < to) {
    const middle = from + Math.floor((to - from) / 2);
    if (coverage.before(middle + 1) < n) from = middle + 1;
    else to = middle;
  }
  return from;
}

function walkCells(layout: Layout, unit: number, grid: Grid): [number, number][] {
  const { shape, strides, offset, item } = layout;
  if (shape.includes(0)) return [];
  const axis = shape.findLastIndex((size) => size > 1);
  const steps = axis < 0 ? 1 : Math.min(shape[axis], LONGEST_WALK);
  const cells: [number, number][] = [];
  for (let i = 0; i < steps; i++) {
    const place = Math.floor((offset + (axis < 0 ? 0 : i * strides[axis] * item)) / unit);
    if (place < 0 || place >= grid.places) break;
    const column = Math.floor((place % grid.rowLength) / grid.placesPerColumn);
    const row = Math.floor(Math.floor(place / grid.rowLength) / grid.rowsPerRow);
    const [before] = cells.slice(-1);
    if (!before || before[0] !== column || before[1] !== row) cells.push([column, row]);
  }
  return cells;
}
