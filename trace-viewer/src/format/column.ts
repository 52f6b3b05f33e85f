/**
 * A column of a table of the trace: one integer a row. A trace that was read has them as typed arrays, since it may have a
 * million rows; one that is put together by hand, as lists. Both are read by what both can do, and neither is changed.
 */
export interface Column extends Iterable<number> {
  readonly length: number;
  [row: number]: number;
  forEach(callback: (cell: number, row: number) => void): void;
  find(predicate: (cell: number, row: number) => boolean): number | undefined;
  findIndex(predicate: (cell: number, row: number) => boolean): number;
  findLastIndex(predicate: (cell: number, row: number) => boolean): number;
  some(predicate: (cell: number, row: number) => boolean): boolean;
  every(predicate: (cell: number, row: number) => boolean): boolean;
  includes(cell: number): boolean;
  keys(): ArrayIterator<number>;
  entries(): ArrayIterator<[number, number]>;
  slice(from?: number, to?: number): Column;
  indexOf(cell: number, from?: number): number;
  lastIndexOf(cell: number): number;
}

/** The narrowest that holds every cell: of four kinds only, so that code which reads several columns stays fast. */
export type PackedColumn = Uint8Array | Uint16Array | Int32Array | Float64Array;

export function isPacked(value: unknown): value is PackedColumn {
  return ArrayBuffer.isView(value);
}

/** The cells as a typed array, or null where one of them is no integer. */
export function packed(cells: readonly unknown[]): PackedColumn | null {
  let [low, high] = [0, 0];
  for (const cell of cells) {
    if (!Number.isInteger(cell)) return null;
    if ((cell as number) < low) low = cell as number;
    if ((cell as number) > high) high = cell as number;
  }
  return new (kindFor(low, high))(cells as number[]);
}

/** The kind of array for cells from `low` to `high`, both included. */
export function kindFor(low: number, high: number) {
  if (low >= 0 && high < 2 ** 8) return Uint8Array;
  if (low >= 0 && high < 2 ** 16) return Uint16Array;
  return low >= -(2 ** 31) && high < 2 ** 31 ? Int32Array : Float64Array;
}

const bounds = new WeakMap<PackedColumn, [low: number, high: number]>();

/** Remember of a column what its reader saw: no cell is below `low` or above `high`. */
export function within(cells: PackedColumn, low: number, high: number): PackedColumn {
  bounds.set(cells, [low, high]);
  return cells;
}

/** Whether a column is known to lie from `low` up to, but not including, `high`; if not, it must be looked through. */
export function isWithin(cells: PackedColumn, low: number, high: number): boolean {
  const known = bounds.get(cells);
  return known !== undefined && known[0] >= low && known[1] < high;
}

/** The same with lists for columns, to which rows can be added. */
export type Lists<T> = { [Part in keyof T]: WithLists<T[Part]> };
type WithLists<Table> = { [Name in keyof Table]: Table[Name] extends Column ? number[] : Table[Name] };
