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
  const allowed = typeof tolerance === "number" && tolerance >= 0 ? tolerance : 0;
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

/** Where things stand on a bar that shows ratios from 0 to twice, or as far as the tolerance reaches: shares of its width. */
export function onBar(
  ratio: number,
  tolerance: unknown,
): { at: number; from: number; to: number; one: number; beyond: boolean } {
  const allowed = typeof tolerance === "number" && tolerance >= 0 ? Math.min(tolerance, 1e6) : 0;
  const most = 1 + Math.max(1, allowed * 1.25);
  const share = (value: number) => Math.min(Math.max(value / most, 0), 1);
  return {
    at: Number.isNaN(ratio) ? 0 : share(ratio),
    from: share(1 - allowed),
    to: share(1 + allowed),
    one: share(1),
    beyond: ratio > most || ratio < 0,
  };
}
