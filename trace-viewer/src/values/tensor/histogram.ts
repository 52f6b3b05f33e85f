/** How the elements of an array are spread over its range. */
import type { Stats } from "../../format/generated";
import type { Field } from "./field";

export interface Histogram {
  from: number;
  to: number;
  counts: number[];
  total: number;
  /** It counts the cells in the record, not all elements. */
  isOfCells: boolean;
}

const BINS = 32;
const MOST_BINS = 64;

/** The record's own counts when there are any, else those of the cells; undefined where all numbers are equal. */
export function histogramOf(field: Field, stats?: Stats | null): Histogram | undefined {
  const recorded = stats?.histogram;
  if (
    Array.isArray(recorded) &&
    typeof stats?.min === "number" &&
    typeof stats.max === "number" &&
    stats.min < stats.max
  ) {
    const counts = recorded.slice(0, 4096).map((count) => (Number.isFinite(count) && count > 0 ? count : 0));
    if (counts.length > 0) return summed(merged(counts), stats.min, stats.max, false);
  }
  const { least, greatest, numbers, kind } = field;
  if (kind === "text" || !(least < greatest)) return undefined;
  const isWhole = kind === "bool" || numbers.every((n) => n !== n || Number.isInteger(n));
  // Whole numbers of a small range have a bin each, with the number in its middle.
  const span = greatest - least;
  const [from, to, bins] =
    isWhole && span < MOST_BINS ? [least - 0.5, greatest + 0.5, span + 1] : [least, greatest, BINS];
  const counts = Array.from({ length: bins }, () => 0);
  const perUnit = bins / (to - from);
  for (const n of numbers) if (n - n === 0) counts[Math.min(bins - 1, Math.floor((n - from) * perUnit))]++;
  return summed(counts, from, to, !field.whole);
}

/** Bins taken together until there are few enough to see. */
function merged(counts: number[]): number[] {
  const each = Math.ceil(counts.length / MOST_BINS);
  if (each === 1) return counts;
  const wide = Array.from({ length: Math.ceil(counts.length / each) }, () => 0);
  counts.forEach((count, i) => (wide[Math.floor(i / each)] += count));
  return wide;
}

function summed(counts: number[], from: number, to: number, isOfCells: boolean): Histogram {
  return { from, to, counts, total: counts.reduce((sum, count) => sum + count, 0), isOfCells };
}
