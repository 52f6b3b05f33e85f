import type { Tensor } from "../format/generated";

/** Where in a storage the elements of an array lie. */
export interface Layout {
  shape: number[];
  /** Elements from one index to the next, axis by axis. */
  strides: number[];
  /** Bytes from the start of the storage to the first element. */
  offset: number;
  /** Bytes an element. */
  item: number;
  dtype: string;
  dimensions: string[] | null;
}

/** One axis as it is walked, in whatever unit; sizes are above 1, strides above 0. */
interface Walk {
  size: number;
  stride: number;
}

/** The layout of an array, or null where the record does not give one that can be. */
export function layoutOf({ shape, strides, storage, dtype, dimensions }: Tensor): Layout | null {
  const item = itemSize(dtype);
  if (!item || !Array.isArray(shape) || !Array.isArray(strides) || shape.length !== strides.length) return null;
  if (shape.length > MOST_AXES || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return null;
  const offset = storage?.offset ?? 0;
  if (!strides.every(Number.isSafeInteger) || !Number.isSafeInteger(offset)) return null;
  return { shape, strides, offset, item, dtype, dimensions: Array.isArray(dimensions) ? dimensions : null };
}

const MOST_AXES = 64; // NumPy's limit; torch has none, and nobody uses more

/** Bytes an element of a type takes, or 0 if its name does not say. */
export function itemSize(dtype: string): number {
  if (typeof dtype !== "string") return 0;
  if (dtype === "bool") return 1;
  const bits = Number(/^(?:u?int|b?float|complex)(\d{1,3})/.exec(dtype)?.[1] ?? 0);
  return bits % 8 === 0 ? bits / 8 : 0;
}

/** How many elements the array has. */
export function elementsOf({ shape }: Layout): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether the elements lie one after the other, in their own order. */
export function isCompact({ shape, strides }: Layout): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] > 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** The bytes between which all elements lie: [from, to). */
export function reachOf({ shape, strides, offset, item }: Layout): [number, number] {
  if (shape.includes(0)) return [offset, offset];
  let [low, high] = [0, 0];
  shape.forEach((size, axis) => {
    const way = (size - 1) * strides[axis];
    if (way < 0) low += way;
    else high += way;
  });
  return [offset + low * item, offset + (high + 1) * item];
}

/** What part of its storage an array covers, counted in places of `unit` bytes each. */
export interface Coverage {
  /** How many places from the start up to (not including) place `end` are covered. */
  before(end: number): number;
  /** How many are covered in all: fewer than the array has elements where it reads some more than once. */
  places: number;
}

/** A set of places that is not regular is listed if it is as small as this, else taken to be all between its ends. */
const MOST_LISTED = 1 << 16;

/** Exact in a few operations a question, whatever the size: no element is visited, but where axes overlap. */
export function coverageOf(layout: Layout, unit: number): Coverage {
  const [from, to] = reachOf(layout).map((at) => Math.floor(at / unit));
  const fine = Math.max(1, Math.round(layout.item / unit)); // places an element
  const axes = walks(layout).map(({ size, stride }) => ({ size, stride: stride * fine }));
  if (fine > 1) axes.push({ size: fine, stride: 1 });
  axes.sort((a, b) => a.stride - b.stride);
  if (to <= from) return { places: 0, before: () => 0 };
  if (nested(axes)) {
    const places = axes.reduce((product, { size }) => product * size, 1);
    return { places, before: (end) => countBelow(axes, places, end - from) };
  }
  const listed = list(axes, from);
  if (!listed) return { places: to - from, before: (end) => Math.min(Math.max(end, from), to) - from };
  return { places: listed.length, before: (end) => lowerBound(listed, end) };
}

/** The axes that go somewhere, forwards: one that runs backwards covers the same places from its other end. */
function walks({ shape, strides }: Layout): Walk[] {
  const found: Walk[] = [];
  shape.forEach((size, axis) => {
    if (size > 1 && strides[axis] !== 0) found.push({ size, stride: Math.abs(strides[axis]) });
  });
  return found;
}

/** Whether each axis steps over all that those below it reach, so that no place is met twice. */
function nested(axes: Walk[]): boolean {
  let reach = 1;
  for (const { size, stride } of axes) {
    if (stride < reach) return false;
    reach += (size - 1) * stride;
  }
  return true;
}

function countBelow(axes: Walk[], places: number, end: number): number {
  let count = 0;
  let inner = places;
  for (let i = axes.length - 1; i >= 0 && end > 0; i--) {
    const { size, stride } = axes[i];
    inner /= size;
    const whole = Math.floor(end / stride);
    if (whole >= size) return count + size * inner;
    count += whole * inner;
    end -= whole * stride;
  }
  return end > 0 ? count + 1 : count;
}

function list(axes: Walk[], from: number): number[] | null {
  if (axes.reduce((product, { size }) => product * size, 1) > MOST_LISTED) return null;
  let places = new Set([from]);
  for (const { size, stride } of axes) {
    const wider = new Set<number>();
    for (const place of places) for (let i = 0; i < size; i++) wider.add(place + i * stride);
    places = wider;
  }
  return [...places].sort((a, b) => a - b);
}

function lowerBound(sorted: number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
