import type { Account, Costs } from "./costs";
import { MEASURES, type Measure } from "./measures";
import { bytes, percent, seconds, si } from "./units";

/** How hot a line is. */
export interface Heat {
  /** From 0 (nothing beside the costliest line of the lecture) to 1 (that line itself). */
  share: number;
  /** The amount in two figures: `1.2 ms`; "" where it cost nothing. */
  text: string;
  /** The same in words, for who cannot see the colour: `1.2 ms, 34 % of the lecture`. */
  label: string;
}

/** What an account cost, by itself or with what it called; -1 where that is not known. */
export function amountOf({ own, all, peak }: Account, measure: Measure, calls: boolean): number {
  const cost = calls ? all : own;
  if (measure === "time") return cost.seconds;
  if (measure === "flops") return cost.forwardFlops + cost.backwardFlops;
  if (measure === "bytes") return cost.forwardBytes + cost.backwardBytes;
  return peak;
}

export function amountText(amount: number, measure: Measure, figures: 2 | 3 = 3): string {
  if (amount < 0) return "–";
  if (measure === "time") return seconds(amount, figures);
  return measure === "flops" ? si(amount, "FLOP", figures) : bytes(amount, figures);
}

/** What can be weighed in this lecture: time always, the rest where it was counted. */
export function measuresOf({ counted, lecture }: Costs): Measure[] {
  return MEASURES.filter((measure) => measure === "time" || (measure === "memory" ? lecture.peak >= 0 : counted));
}

/** The measure, if this lecture can be weighed by it; else time. */
export function usable(costs: Costs, measure: Measure): Measure {
  return measuresOf(costs).includes(measure) ? measure : "time";
}

/** The heat of the lines of a file that ran. */
export function heatOf(costs: Costs, file: number, measure: Measure, calls: boolean): Map<number, Heat> {
  const most = costs.lines.reduce((most, line) => Math.max(most, amountOf(line, measure, calls)), 0);
  const whole = amountOf(costs.lecture, measure, calls);
  const heat = new Map<number, Heat>();
  for (const account of costs.lines) {
    const amount = amountOf(account, measure, calls);
    if (account.file !== file) continue;
    if (amount <= 0) {
      heat.set(account.line, { share: 0, text: "", label: "nothing" });
      continue;
    }
    const text = amountText(amount, measure, 2);
    const of = measure === "memory" ? "at most" : `${percent(amount / whole)} of the lecture`;
    // What costs a hundredth is seen a tenth as strongly: amounts differ by more than an eye can tell apart.
    heat.set(account.line, {
      share: Math.sqrt(amount / most),
      text,
      label: measure === "memory" ? `${of} ${text}` : `${text}, ${of}`,
    });
  }
  return heat;
}
