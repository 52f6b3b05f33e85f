import type { KernelArray, Trace } from "../format/generated";
import { boxOf, type Box } from "./kernel-tiles";

/** An array as a plane: its last two dimensions, of one slice of those before. A vector is one row. */
export interface Plane {
  rows: number;
  columns: number;
  /** The dimensions before the last two. */
  leading: number[];
}

export function planeOf({ shape }: Pick<KernelArray, "shape">): Plane {
  return { rows: shape.at(-2) ?? 1, columns: shape.at(-1) ?? 1, leading: shape.slice(0, -2) };
}

/** A part of a plane, in elements: from (row, column) on, so many down and across; every `down`-th and `across`-th of them. */
export interface Patch {
  row: number;
  column: number;
  height: number;
  width: number;
  down: number;
  across: number;
}

/** The part of a plane that a box covers. */
export function patchOf(box: Box): Patch {
  const one = { start: 0, stop: 1, step: 1 };
  const [rows, columns] = [box.at(-2) ?? one, box.at(-1) ?? one];
  return {
    row: rows.start,
    column: columns.start,
    height: rows.stop - rows.start,
    width: columns.stop - columns.start,
    down: rows.step,
    across: columns.step,
  };
}

/** The slice that a box lies in, or begins in. */
export function sliceOf(box: Box): number[] {
  return box.slice(0, -2).map(({ start }) => start);
}

/** Whether a box has elements in a slice. */
export function isInSlice(box: Box, slice: readonly number[]): boolean {
  return slice.every((at, axis) => {
    const { start, stop, step } = box[axis];
    return at >= start && at < stop && (at - start) % step === 0;
  });
}

const inSlices = new WeakMap<Int32Array, Map<string, Int32Array>>();

/** Of accesses to an array those that lie in a slice: worked out once for the same rows and slice. */
export function rowsInSlice(trace: Trace, rows: Int32Array, slice: readonly number[]): Int32Array {
  if (slice.length === 0) return rows;
  const known = inSlices.get(rows) ?? new Map<string, Int32Array>();
  inSlices.set(rows, known);
  let found = known.get(slice.join());
  if (!found) known.set(slice.join(), (found = rows.filter((row) => isInSlice(boxOf(trace, row)!, slice))));
  return found;
}

/** A sheet to be laid out: its size in elements, and how far tiles reach beyond its edges. */
export interface Sheet {
  rows: number;
  columns: number;
  isVector: boolean;
  /** So many elements more are drawn below, and to the right. */
  below: number;
  beside: number;
  /** The room for what is written above it, in pixels. */
  caption: Room;
}

/** Where a sheet is drawn, in pixels: its own corner and size, without what reaches beyond. */
export interface Placed {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Pixels of an element. */
  across: number;
  down: number;
}

export interface Layout {
  width: number;
  height: number;
  sheets: Placed[];
}

export interface Room {
  width: number;
  height: number;
}

/** Between sheets, and how thick a vector is drawn. */
const GAP = 16;
const VECTOR = 18;
/** An element is drawn no larger, a sheet no thinner. */
const LARGEST = 22;
const THINNEST = 6;
/** … and no smaller than what brings the longest dimension that a number can hold to less than a pixel. */
const SMALLEST = 1e-16;
/** From one size of elements to the next smaller. */
const SHRINK = 0.92;

/** A factor is at the left of a product, one above it: which sheets these are, and the product's. */
export interface Product {
  left: number;
  above: number;
  product: number;
}

/**
 * Lays sheets out side by side, all in the same scale: a row of one is as high as a row of any other, and dimensions of the same
 * size are drawn as long as each other. The two factors of a matrix product stand at the left of it and above it.
 */
export function layOut(sheets: readonly Sheet[], room: Room, product: Product | null): Layout {
  let layout: Layout | null = null;
  for (let size = LARGEST; size > SMALLEST; size *= SHRINK) {
    layout = product ? crossed(sheets, size, product, room) : flowing(sheets, size, room);
    if (layout.width <= room.width && layout.height <= room.height) return layout;
    if (sheets.every(({ rows, columns }) => Math.max(rows, columns) * size < THINNEST)) break;
  }
  return layout ?? { width: 0, height: 0, sheets: [] };
}

interface Sized {
  width: number;
  height: number;
  across: number;
  down: number;
  /** With what reaches beyond, and what is written above. */
  fullWidth: number;
  fullHeight: number;
  top: number;
}

function sized({ rows, columns, isVector, below, beside, caption }: Sheet, size: number, most: number): Sized {
  const width = length(columns, size, most);
  const height = isVector ? VECTOR : length(rows, size, Infinity);
  const across = width / Math.max(columns, 1);
  const down = isVector ? VECTOR : height / Math.max(rows, 1);
  return {
    width,
    height,
    across,
    down,
    fullWidth: Math.max(width + beside * across, caption.width),
    fullHeight: height + (isVector ? 0 : below * down) + caption.height,
    top: caption.height,
  };
}

/** The same for dimensions of the same size, whatever sheet they are of. */
function length(elements: number, size: number, most: number): number {
  return Math.min(Math.max(elements * size, THINNEST), Math.max(most, THINNEST));
}

function placed({ width, height, across, down, top }: Sized, x: number, y: number): Placed {
  return { x, y: y + top, width, height, across, down };
}

/** In lines, as words are. */
function flowing(sheets: readonly Sheet[], size: number, room: Room): Layout {
  let [x, y, high, wide] = [0, 0, 0, 0];
  const found = sheets.map((sheet) => {
    const own = sized(sheet, size, Infinity);
    if (x > 0 && x + own.fullWidth > room.width) [x, y, high] = [0, y + high + GAP, 0];
    const place = placed(own, x, y);
    wide = Math.max(wide, x + own.fullWidth);
    x += own.fullWidth + GAP;
    high = Math.max(high, own.fullHeight);
    return place;
  });
  return { width: wide, height: y + high, sheets: found };
}

/** The product at the lower right, its left factor beside it, the other above; what else there is below. */
function crossed(sheets: readonly Sheet[], size: number, { left, above, product }: Product, room: Room): Layout {
  const own = sheets.map((sheet) => sized(sheet, size, Infinity));
  const right = own[left].fullWidth + GAP;
  const down = own[above].fullHeight + GAP;
  const bottom = down + Math.max(own[left].fullHeight, own[product].fullHeight) + GAP;
  const others = sheets.map((_, i) => i).filter((i) => i !== left && i !== above && i !== product);
  const rest = flowing(
    others.map((i) => sheets[i]),
    size,
    room,
  );
  const found: Placed[] = [];
  found[left] = placed(own[left], 0, down);
  found[above] = placed(own[above], right, 0);
  found[product] = placed(own[product], right, down);
  for (const [at, i] of others.entries()) found[i] = { ...rest.sheets[at], y: rest.sheets[at].y + bottom };
  return {
    width: Math.max(right + Math.max(own[above].fullWidth, own[product].fullWidth), rest.width),
    height: others.length > 0 ? bottom + rest.height : bottom - GAP,
    sheets: found,
  };
}
