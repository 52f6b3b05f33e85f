/** Which colour a number has: what the ends and the middle of the ramp stand for. */
import type { Stats } from "../../format/generated";
import type { Field } from "./field";

export interface Scale {
  /** Centred on zero, for numbers of both signs. */
  diverging: boolean;
  /** What the ends of the ramp stand for. */
  low: number;
  high: number;
  /** The numbers there are; beyond `low` or `high` they have the colour of the end. */
  least: number;
  greatest: number;
}

/** A number that many times larger than the next smaller one is no measure for the others: -1e9 in a mask. */
const FAR_OUT = 1000;

/** … if at least this share of the numbers is smaller. */
const OTHERS = 0.25;

const SAMPLED = 2048;

/** The scale of an array: of all its elements where the record tells their range, else of the cells. */
export function scaleOf(field: Field, stats?: Stats | null): Scale {
  if (field.kind === "bool") return { diverging: false, low: 0, high: 1, least: 0, greatest: 1 };
  let { least, greatest } = field;
  if (field.kind === "number" && typeof stats?.min === "number" && typeof stats.max === "number") {
    if (Number.isFinite(stats.min)) least = Math.min(least, stats.min);
    if (Number.isFinite(stats.max)) greatest = Math.max(greatest, stats.max);
  }
  const reach = usualSize(field);
  const low = Math.max(least, -reach);
  const high = Math.min(greatest, reach);
  if (!(low < 0 && high > 0)) return { diverging: false, low, high, least, greatest };
  const bound = Math.max(-low, high);
  return { diverging: true, low: -bound, high: bound, least, greatest };
}

/** The place of a number on a ramp, 0 to 1. */
export function placeOf({ low, high }: Scale, n: number): number {
  if (high === low) return n === 0 ? 0 : 0.5;
  return Math.min(1, Math.max(0, (n - low) / (high - low)));
}

/** The largest size but for those far out; infinite where none are. */
function usualSize({ numbers, least, greatest }: Field): number {
  const step = Math.max(1, Math.floor(numbers.length / SAMPLED));
  const sizes = [Math.abs(least), Math.abs(greatest)];
  for (let i = 0; i < numbers.length; i += step) if (numbers[i] - numbers[i] === 0) sizes.push(Math.abs(numbers[i]));
  const sorted = Float64Array.from(sizes).sort();
  for (let i = sorted.length - 1; i >= sorted.length * OTHERS && i > 0; i--)
    if (sorted[i] > FAR_OUT * sorted[i - 1] && sorted[i - 1] > 0) return sorted[i - 1];
  return Infinity;
}
