import { disjoint, placed, type Indices, type Placement } from "./placement";
import { coverageOf, elementsOf, isCompact, reachOf, type Layout } from "./strided";

/** The array that the others in a storage are best described as parts of, and how many bytes that storage has. */
export interface Ground {
  base: Layout;
  bytes: number;
}

export const ANOTHER_PART = "another part of the same memory";

/**
 * The first array that is all of the storage, with rows if there is one. Where there is none, the storage by itself: in
 * rows, if an array shows how long these are.
 */
export function groundOf(layouts: Layout[], bytes: number): Ground {
  const whole = layouts.filter((layout) => isAll(layout, bytes));
  const base = whole.find(({ shape }) => shape.length > 1) ?? whole[0];
  if (base) return { base, bytes };
  const { item, dtype } = layouts[0];
  const count = Math.floor(bytes / item);
  const row = layouts.map((layout) => rowLength(layout, count, item)).find((length) => length > 0);
  const shape = row ? [count / row, row] : [count];
  return { base: { shape, strides: row ? [row, 1] : [1], offset: 0, item, dtype, dimensions: null }, bytes };
}

function isAll(layout: Layout, bytes: number): boolean {
  const [from, to] = reachOf(layout);
  return isCompact(layout) && from === 0 && to === bytes && bytes > 0;
}

/** The stride over one of whose rows the elements lie side by side, if it divides the storage. */
function rowLength({ shape, strides, item }: Layout, count: number, unit: number): number {
  const side = shape.findIndex((size, axis) => size > 1 && Math.abs(strides[axis]) === 1);
  if (side < 0 || item !== unit) return 0;
  const rows = strides.map(Math.abs).filter((stride, axis) => shape[axis] > 1 && stride > 1 && count % stride === 0);
  const row = Math.min(...rows);
  return Number.isFinite(row) && row < count ? row : 0;
}

/** Which part of its storage an array is: "every element, one after the other", "rows 2–5 of 8". */
export function partWords(layout: Layout, { base, bytes }: Ground): string {
  if (layout.shape.includes(0)) return "no element";
  const [from, to] = reachOf(layout);
  const compact = isCompact(layout);
  if (layout.item !== base.item || layout.dtype !== base.dtype) {
    const which = compact && from === 0 && to === bytes ? "every byte" : `bytes ${from}–${to - 1}`;
    return `${which}, read as ${layout.dtype.slice(0, 30)}`;
  }
  const placement = placed(layout, base);
  if (placement && !(compact && base.shape.length === 1)) {
    const parts = partsOf(placement, base, true);
    const which = parts || (compact && isCompact(base) ? "every element, one after the other" : "every element");
    return which + turned(placement, base, parts ? ", transposed" : ", as the transpose") + again(placement, layout);
  }
  if (compact) {
    const shape = layout.shape.length > 1 ? `, as ${shapeWords(layout)}` : "";
    if (from === 0 && to === bytes) return `every element, one after the other${shape}`;
    const [first, last, all] = [from, to - layout.item, bytes - layout.item].map((at) => at / layout.item);
    const which = first === last ? `element ${first}` : `elements ${first}–${last}`;
    return `${which} of ${all + 1}${first === last ? "" : ", one after the other"}${shape}`;
  }
  const { places } = coverageOf(layout, layout.item);
  const elements = elementsOf(layout);
  const which = `${places.toLocaleString("en-US")} of ${Math.floor(bytes / layout.item).toLocaleString("en-US")} elements`;
  return places < elements ? `${which}, read as ${elements.toLocaleString("en-US")}` : which;
}

/** What `other` is to an array that shares its storage: "its transpose", "rows 2–5 of it", "the same elements, reshaped". */
export function relationWords(other: Layout, own: Layout, ground: Ground): string {
  if (other.item === own.item && other.dtype === own.dtype) {
    const inside = placed(other, own);
    const around = inside && !isExpanded(own) ? null : placed(own, other);
    if (around) return aroundWords(around, own, other);
    if (inside) return insideWords(inside, other, own);
  }
  const [reach, otherReach] = [reachOf(own), reachOf(other)];
  if (reach[1] <= otherReach[0] || otherReach[1] <= reach[0]) return ANOTHER_PART;
  const same = reach[0] === otherReach[0] && reach[1] === otherReach[1] && isCompact(own) && isCompact(other);
  if (other.dtype !== own.dtype)
    return `${same ? "the same" : "some of the same"} bytes, read as ${other.dtype.slice(0, 30)}`;
  if (same) return `the same elements, reshaped to ${shapeWords(other)}`;
  const [a, b] = [placed(own, ground.base), placed(other, ground.base)];
  if (a && b && disjoint(a, b)) return ANOTHER_PART;
  if (isFull(own) && isFull(other) && reach[0] === otherReach[0] && reach[1] === otherReach[1]) {
    return "the same elements, in another order";
  }
  if (isCompact(own) && contains(reach, otherReach)) return `${pieceWords(other, reach)}${asShape(other)}`;
  if (isCompact(other) && contains(otherReach, reach)) return `this is ${pieceWords(own, otherReach)}${asShape(own)}`;
  return a && b ? "overlaps it" : "in the same memory";
}

/** Whether every element between the first and the last is read. */
function isFull(layout: Layout): boolean {
  const [from, to] = reachOf(layout);
  return coverageOf(layout, layout.item).places * layout.item === to - from;
}

function contains([from, to]: [number, number], [otherFrom, otherTo]: [number, number]): boolean {
  return otherFrom >= from && otherTo <= to;
}

/** A piece of what lies one after the other in `reach`, but is not cut along its axes. */
function pieceWords(piece: Layout, reach: [number, number]): string {
  if (!isCompact(piece)) return "a part of it";
  const [first, end] = reachOf(piece).map((at) => (at - reach[0]) / piece.item);
  return `elements ${first}–${end - 1} of it`;
}

function asShape(piece: Layout): string {
  return isCompact(piece) && piece.shape.length > 1 ? `, reshaped to ${shapeWords(piece)}` : "";
}

function insideWords(placement: Placement, other: Layout, own: Layout): string {
  const parts = partsOf(placement, own, false);
  if (parts) return `${parts}${of(parts, own)}${turned(placement, own, ", transposed")}${again(placement, other)}`;
  if (placement.expanded) return `it${turned(placement, own, ", transposed")}${again(placement, other)}`;
  if (isTurned(placement)) return axesOf(own) === 2 ? "its transpose" : `it${turned(placement, own, "")}`;
  const same = other.shape.length === own.shape.length && other.shape.every((size, axis) => size === own.shape[axis]);
  return same ? "the same elements, in the same order" : `the same elements, reshaped to ${shapeWords(other)}`;
}

/** Where rows and elements are told by number, it must be said whose they are; an axis is the array's own. */
function of(parts: string, { shape }: Layout): string {
  return shape.length > 2 || parts.endsWith("in reverse") ? "" : " of it";
}

function aroundWords(placement: Placement, own: Layout, other: Layout): string {
  const parts = partsOf(placement, other, false);
  const turn = turned(placement, other, ", transposed");
  return parts ? `this is ${parts} of it${turn}${again(placement, own)}` : `this is it${turn}${again(placement, own)}`;
}

/** The parts of the axes that are not read whole: "rows 2–5, every second column". `sized`: with the sizes of these axes. */
function partsOf({ axes, diagonal }: Placement, whole: Layout, sized: boolean): string {
  if (diagonal) return axes.every(({ from }) => from === 0) ? "the diagonal" : "a diagonal";
  return axes
    .map((indices, axis) => indicesWords(indices, axis, whole, sized))
    .filter(Boolean)
    .join(", ");
}

function indicesWords({ from, step, count }: Indices, axis: number, whole: Layout, sized: boolean): string {
  const size = whole.shape[axis];
  if (count === size && step === 1) return "";
  if (size === 1 || whole.strides[axis] === 0) return "";
  const last = from + step * (count - 1);
  const { one, many } = nouns(axis, whole);
  const of = sized && whole.shape.length <= 2 ? ` of ${size}` : "";
  if (count === 1) return `${one(from)}${of}`;
  if (step === 1) return `${many(`${from}–${last}`)}${of}`;
  if (step === -1) return count === size ? `${many("")} in reverse`.trim() : `${many(`${from}–${last}`)} in reverse`;
  const start = from === 0 ? "" : ` from ${from}`;
  const end = last + step < size && last + step >= 0 ? ` to ${last}` : "";
  return `${every(Math.abs(step), one)}${start}${end}${step < 0 ? ", in reverse" : ""}`;
}

/** How indices along an axis are called. An array of more than two axes has no rows: its axes go by name or number. */
function nouns(axis: number, { shape, dimensions }: Layout) {
  const word = shape.length === 1 ? "element" : shape.length === 2 ? ["row", "column"][axis] : "";
  if (word)
    return {
      one: (index: number | "") => `${word} ${index}`.trim(),
      many: (range: string) => `${word}s ${range}`.trim(),
    };
  const name =
    typeof dimensions?.[axis] === "string" && dimensions[axis] ? dimensions[axis].slice(0, 30) : `axis ${axis}`;
  return {
    one: (index: number | "") => `index ${index}`.trim() + ` of ${name}`,
    many: (range: string) => `indices ${range}`.trim() + ` of ${name}`,
  };
}

const ORDINALS = ["", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

function every(step: number, one: (index: number | "") => string): string {
  const ordinal = ORDINALS[step];
  return ordinal ? `every ${ordinal} ${one("")}` : `one ${one("")} of every ${step.toLocaleString("en-US")}`;
}

function isTurned({ order, diagonal }: Placement): boolean {
  return !diagonal && order.some((axis, i) => i > 0 && axis < order[i - 1]);
}

/** How the axes changed places; `simple` is said of two axes. */
function turned(placement: Placement, whole: Layout, simple: string): string {
  if (!isTurned(placement)) return "";
  const { order } = placement;
  if (axesOf(whole) === 2 || order.length === 2) return simple || `, axes ${order[1]} and ${order[0]} swapped`;
  const sorted = order.toSorted((a, b) => a - b);
  const moved = order.filter((axis, i) => axis !== sorted[i]);
  if (moved.length === 2) return `, axes ${moved[1]} and ${moved[0]} swapped`;
  return `, axes in the order ${order.join(", ")}`;
}

function isExpanded({ shape, strides }: Layout): boolean {
  return shape.some((size, axis) => size > 1 && strides[axis] === 0);
}

function axesOf({ shape }: Layout): number {
  return shape.filter((size) => size > 1).length;
}

function again({ expanded }: Placement, part: Layout): string {
  if (!expanded) return "";
  const { places } = coverageOf(part, part.item);
  const words = `${places.toLocaleString("en-US")} ${places === 1 ? "element" : "elements"}`;
  return `, expanded: ${words} read as ${elementsOf(part).toLocaleString("en-US")}`;
}

function shapeWords({ shape }: Layout): string {
  const shown = shape.slice(0, 8).join(", ");
  return `[${shape.length > 8 ? `${shown}, …` : shown}]`;
}
