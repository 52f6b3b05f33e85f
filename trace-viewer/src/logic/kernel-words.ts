import type { Trace } from "../format/generated";
import { boxOf, extent, isFull, overhangOf, volume, type Box, type Range, type TileShapes } from "./kernel-tiles";

const VERBS = ["loads", "stores", "updates"];
/** How each verb goes on with the array. */
const LINKS = ["of", "to", "of"];
const LONGEST_NAME = 40;
const MOST_AXES = 8;

/** What an access did, as a clause: `loads rows 16–31, columns 0–15 of a, 3 of 16 columns masked`. */
export function accessWords(trace: Trace, shapes: TileShapes, access: number): string {
  const { kind, array, masked, elements, beyond } = trace.accesses;
  const what = VERBS[kind[access]];
  const box = boxOf(trace, access);
  if (array[access] < 0)
    return `${what} ${elementsWords(elements[access])} ${LINKS[kind[access]]} memory that no argument names`;
  const name = arrayName(trace, array[access]);
  const wrong = beyond[access] > 0 ? beyondWords(trace, access) : "";
  if (!box) {
    const all = masked[access] > 0 ? `: all ${count(masked[access])} elements are masked` : "";
    return wrong ? `${what} ${wrong}` : `${what} nothing ${LINKS[kind[access]]} ${name}${all}`;
  }
  const full = isFull(trace, access);
  const place = boxWords(box);
  const some = full
    ? place
    : `${count(trace.accesses.distinct[access])} of the ${count(volume(box))} elements in ${place}`;
  const left = maskWords(trace, shapes, access, box);
  const again =
    elements[access] > trace.accesses.distinct[access] ? `, addressed ${count(elements[access])} times in all` : "";
  return `${what} ${some} ${LINKS[kind[access]]} ${name}${left}${again}${wrong && `, and ${wrong}`}`;
}

/** An access beyond its array is a bug of the kernel, and is said so. */
export function beyondWords(trace: Trace, access: number): string {
  const { beyond, array, kind } = trace.accesses;
  const what = elementsWords(beyond[access]);
  const where = `outside of ${arrayName(trace, array[access])}`;
  return `${what} ${where}, with no mask: ${kind[access] === 0 ? "what it reads there is anything" : "it writes over what is not its own"}`;
}

function maskWords(trace: Trace, shapes: TileShapes, access: number, box: Box): string {
  const { masked, elements } = trace.accesses;
  if (masked[access] === 0) return "";
  const overhang = trace.accesses.beyond[access] > 0 ? null : overhangOf(trace, shapes, access);
  if (!overhang) return `, ${count(masked[access])} of ${count(masked[access] + elements[access])} elements masked`;
  const parts = box.flatMap((range, axis) => {
    const missing = overhang.before[axis] + overhang.after[axis];
    const [, many] = axisNames(axis, box.length);
    return missing > 0 ? [`${count(missing)} of ${count(missing + extent(range))} ${many}`] : [];
  });
  return `, ${parts.join(" and ")} masked`;
}

/** `rows 16–31, columns 0–15`; of more dimensions, those before the last two as a slice: `slice [0, 2], rows 16–31, …`. */
export function boxWords(box: Box): string {
  const leading = box.slice(0, -2);
  const slice = leading.length > 0 ? [sliceWords(leading)] : [];
  const last = box.slice(-2).map((range, i) => {
    const [one, many] = axisNames(leading.length + i, box.length);
    return extent(range) === 1 ? `${one} ${count(range.start)}` : `${many} ${rangeWords(range)}`;
  });
  return [...slice, ...last].join(", ") || "the number";
}

function sliceWords(leading: Box): string {
  const shown = leading.slice(0, MOST_AXES).map((range) => rangeWords(range));
  return `${leading.every((range) => extent(range) === 1) ? "slice" : "slices"} [${shown.join(", ")}]`;
}

/** Both ends included, as readers count: `16–31`. */
export function rangeWords({ start, stop, step }: Range): string {
  const size = Math.ceil((stop - start) / step);
  if (size === 1) return count(start);
  const last = start + (size - 1) * step;
  if (size === 2 && step > 1) return `${count(start)} and ${count(last)}`;
  return `${count(start)}–${count(last)}${step > 1 ? ` in steps of ${count(step)}` : ""}`;
}

/** What one of a dimension, and several, are called. */
export function axisNames(axis: number, dimensions: number): [string, string] {
  if (dimensions === 1) return ["element", "elements"];
  if (axis === dimensions - 1) return ["column", "columns"];
  return axis === dimensions - 2 ? ["row", "rows"] : ["slice", "slices"];
}

function elementsWords(number: number): string {
  return `${count(number)} ${number === 1 ? "element" : "elements"}`;
}

export function arrayName({ arrays }: Trace, array: number): string {
  return arrays[array].name.slice(0, LONGEST_NAME);
}

/** `Program 5`, `Program (1, 0)`: as many numbers as its grid has dimensions. */
export function programWords({ programs, launches }: Trace, program: number): string {
  const launch = programs.launch[program];
  return `Program ${placeWords(
    [programs.x[program], programs.y[program], programs.z[program]],
    [launches.x[launch], launches.y[launch], launches.z[launch]],
  )}`;
}

export function placeWords(place: number[], grid: number[]): string {
  const shown = place.slice(0, dimensionsOf(grid)).map(count);
  return shown.length === 1 ? shown[0] : `(${shown.join(", ")})`;
}

/** How many dimensions of a grid are more than one program long, counted up to the last such. */
export function dimensionsOf([, y, z]: number[]): number {
  return z > 1 ? 3 : y > 1 ? 2 : 1;
}

/** A whole number with its thousands apart. */
export function count(n: number): string {
  return n >= 1e15 ? n.toExponential(2) : String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
