import { bytes, percent, plain, seconds, si } from "../../logic/units";
import { count } from "../../values/numbers";

/** One quantity of an expectation, as it is shown. */
export interface Judgement {
  name: string;
  predicted: Quantity;
  /** null where it was not measured. */
  measured: Quantity | null;
  /** Measured by predicted; NaN where there is no such number. */
  ratio: number;
  verdict: "met" | "missed" | "unmeasured";
  words: string;
}

export interface Quantity {
  /** In engineering form: `3.42 GFLOP`. */
  text: string;
  /** Every digit: `3,421,772,800 FLOP`. */
  exact: string;
}

const MEASURES: Record<string, { name: string; unit: string; write: (value: number) => string }> = {
  flops: { name: "FLOPs", unit: "FLOP", write: (value) => si(value, "FLOP") },
  bytes: { name: "Bytes moved, unfused", unit: "B", write: (value) => bytes(value) },
  peak_bytes: { name: "Peak memory", unit: "B", write: (value) => bytes(value) },
  seconds: { name: "Time", unit: "s", write: (value) => seconds(value) },
};

/** Hold one item of an expectation against its tolerance. Whatever the trace says, the answer can be shown. */
export function judge(item: unknown, tolerance: unknown): Judgement {
  const { measure, expected, measured } = (typeof item === "object" && item !== null ? item : {}) as Record<
    string,
    unknown
  >;
  const known = typeof measure === "string" && Object.hasOwn(MEASURES, measure) ? MEASURES[measure] : null;
  const quantity = (value: unknown): Quantity => {
    if (typeof value !== "number" || !Number.isFinite(value)) return { text: short(value), exact: short(value) };
    if (!known) return { text: plain(value), exact: count(value) };
    return { text: known.write(value), exact: `${known.unit === "s" ? value : count(value)} ${known.unit}` };
  };
  const judged = {
    name: known?.name ?? short(measure),
    predicted: quantity(expected),
    measured: measured === null || measured === undefined ? null : quantity(measured),
  };
  if (judged.measured === null) return { ...judged, ratio: NaN, verdict: "unmeasured", words: "not measured" };
  const allowed = allowance(tolerance);
  if (typeof expected !== "number" || typeof measured !== "number") {
    return { ...judged, ratio: NaN, verdict: "missed", words: "no numbers to compare" };
  }
  const ratio = measured === expected ? 1 : measured / expected;
  if (Math.abs(measured - expected) <= allowed * Math.abs(expected)) {
    const words = measured === expected ? "exact" : `within ${percent(allowed)}`;
    return { ...judged, ratio, verdict: "met", words };
  }
  return { ...judged, ratio, verdict: "missed", words: missWords(ratio) };
}

function missWords(ratio: number): string {
  if (!Number.isFinite(ratio)) return "missed: none was predicted";
  if (ratio >= 2) return `missed: ${plain(ratio)} times as much`;
  return `missed: ${percent(Math.abs(ratio - 1))} ${ratio > 1 ? "more" : "less"}`;
}

function short(value: unknown): string {
  if (typeof value === "object" && value !== null) return "?";
  return String(value).slice(0, 40);
}

/**
 * How far to each side of 1 the bars of an expectation reach: four times its tolerance, or to the ratio that is furthest
 * away, but never further than from nothing to twice.
 */
export function reachOf(ratios: number[], tolerance: unknown): number {
  const far = ratios.map((ratio) => Math.abs(ratio - 1) * 1.15).filter((distance) => distance <= 1.15);
  return Math.min(Math.max(allowance(tolerance) * 4, ...far, 0.01), 1);
}

/** Where things stand on a bar: shares of its width. */
export function onBar(ratio: number, tolerance: unknown, reach: number): OnBar {
  const share = (value: number) => Math.min(Math.max((value - 1 + reach) / (2 * reach), 0), 1);
  const allowed = allowance(tolerance);
  return {
    at: Number.isNaN(ratio) ? 0 : share(ratio),
    from: share(1 - allowed),
    to: share(1 + allowed),
    beyond: Math.abs(ratio - 1) > reach,
  };
}

interface OnBar {
  /** What was measured; at an end when it is `beyond` it. */
  at: number;
  /** The tolerance. The prediction is in the middle. */
  from: number;
  to: number;
  beyond: boolean;
}

function allowance(tolerance: unknown): number {
  return typeof tolerance === "number" && tolerance >= 0 ? tolerance : 0;
}
