import { reachOf, type Layout } from "./strided";

/** Which indices of one axis of an array another array reads: `count` of them from `from` on, `step` apart. */
export interface Indices {
  from: number;
  step: number;
  count: number;
}

/** An array as a part of another: what indexing, slicing, transposing and expanding that other one would give. */
export interface Placement {
  /** By axis of the whole, in its order. */
  axes: Indices[];
  /** The axes of the whole that the part's own axes run along, outermost first; a diagonal runs along two at once. */
  order: number[];
  /** The part reads its elements again and again along an axis of stride 0. */
  expanded: boolean;
  diagonal: boolean;
}

/** Where `part` lies in `whole`, or null when it is no such part of it (it may still share some of its memory). */
export function placed(part: Layout, whole: Layout): Placement | null {
  if (part.item !== whole.item || part.shape.includes(0)) return null;
  const start = coordinates(part, whole);
  if (!start) return null;
  const axes = start.map((from): Indices => ({ from, step: 1, count: 1 }));
  const order: number[] = [];
  let [expanded, diagonal] = [false, false];
  const free = whole.shape.map((size, axis) => size > 1 && whole.strides[axis] !== 0);
  for (let own = 0; own < part.shape.length; own++) {
    const [count, stride] = [part.shape[own], part.strides[own]];
    if (count === 1) continue;
    if (stride === 0) {
      expanded = true;
      continue;
    }
    const axis = axisOf(count, stride, start, whole, free);
    if (axis >= 0) {
      axes[axis] = { from: start[axis], step: stride / whole.strides[axis], count };
      free[axis] = false;
      order.push(axis);
      continue;
    }
    const both = free.flatMap((is, axis) => (is ? [axis] : []));
    if (order.length > 0 || both.length !== 2 || !alongBoth(count, stride, start, whole, both)) return null;
    for (const axis of both) {
      axes[axis] = { from: start[axis], step: 1, count };
      free[axis] = false;
    }
    order.push(...both);
    diagonal = true;
  }
  return { axes, order, expanded, diagonal };
}

/** The index in `whole` of the part's first element; null when it has none. */
function coordinates(part: Layout, whole: Layout): number[] | null {
  const { shape, strides, item } = whole;
  if (shape.includes(0)) return null;
  let left = (part.offset - reachOf(whole)[0]) / item;
  const at = shape.map(() => 0);
  const largestFirst = shape
    .map((_, axis) => axis)
    .filter((axis) => shape[axis] > 1 && strides[axis] !== 0)
    .sort((a, b) => Math.abs(strides[b]) - Math.abs(strides[a]));
  for (const axis of largestFirst) {
    const stride = Math.abs(strides[axis]);
    const index = Math.floor(left / stride);
    if (index < 0 || index >= shape[axis]) return null;
    left -= index * stride;
    at[axis] = strides[axis] < 0 ? shape[axis] - 1 - index : index;
  }
  return left === 0 ? at : null;
}

/** The axis of the whole along which this many steps of this stride stay inside it, the one of the widest stride. */
function axisOf(count: number, stride: number, start: number[], whole: Layout, free: boolean[]): number {
  let found = -1;
  for (let axis = 0; axis < free.length; axis++) {
    if (!free[axis]) continue;
    const step = stride / whole.strides[axis];
    const end = start[axis] + step * (count - 1);
    if (!Number.isInteger(step) || end < 0 || end >= whole.shape[axis]) continue;
    if (found < 0 || Math.abs(whole.strides[axis]) > Math.abs(whole.strides[found])) found = axis;
  }
  return found;
}

function alongBoth(count: number, stride: number, start: number[], whole: Layout, [a, b]: number[]): boolean {
  const inside = (axis: number) => start[axis] + count <= whole.shape[axis];
  return stride === whole.strides[a] + whole.strides[b] && inside(a) && inside(b);
}

/** Whether two parts of one array have no element in common. A diagonal may miss what both of its axes meet. */
export function disjoint(a: Placement, b: Placement): boolean {
  return a.axes.some((indices, axis) => apart(indices, b.axes[axis]));
}

function apart(a: Indices, b: Indices): boolean {
  const [from, to] = ends(a);
  const [otherFrom, otherTo] = ends(b);
  if (to < otherFrom || otherTo < from) return true;
  const common = gcd(Math.abs(a.step), Math.abs(b.step));
  return a.count > 1 && b.count > 1 && (a.from - b.from) % common !== 0;
}

function ends({ from, step, count }: Indices): [number, number] {
  const last = from + step * (count - 1);
  return [Math.min(from, last), Math.max(from, last)];
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
