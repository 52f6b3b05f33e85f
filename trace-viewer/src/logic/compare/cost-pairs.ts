import type { Account } from "../costs";
import type { Lecture } from "../lecture";
import { bytes, seconds, si } from "../units";
import type { Side } from "./pairs";

/** A quantity on both sides; null where it was not counted. */
export interface CostPair {
  name: string;
  a: number | null;
  b: number | null;
  write(amount: number): string;
}

type Count = (lecture: Lecture) => { ofStep(step: number): Account; lecture: Account; counted: boolean };

/** What the step of each side cost, with all that it called. */
export function stepCosts(a: Side, b: Side, costs: Count | null): CostPair[] {
  const [x, y] = [a, b].map(({ lecture, position }) => {
    const step = position < 0 ? -1 : lecture.positions.step[position];
    if (step < 0) return null;
    const counted = costs && isCounted(lecture) ? costs(lecture).ofStep(step) : null;
    return amounts(lecture.trace.steps.duration[step] / 1e9, counted);
  });
  return rows(x, y);
}

/** What the whole of each run cost. */
export function runCosts(a: Lecture, b: Lecture, costs: Count | null): CostPair[] {
  const [x, y] = [a, b].map((lecture) =>
    amounts(lecture.trace.summary.seconds, costs && isCounted(lecture) ? costs(lecture).lecture : null),
  );
  const steps = { name: "Steps", a: a.trace.steps.call.length, b: b.trace.steps.call.length };
  return [...rows(x, y), { ...steps, write: (n) => n.toLocaleString("en-US") }];
}

/** Whether more than the time was counted in a run. */
export function isCounted({ trace }: Lecture): boolean {
  return trace.operations.step.length > 0 || trace.memory.step.length > 0;
}

interface Amounts {
  time: number;
  flops: number | null;
  moved: number | null;
  peak: number | null;
}

function amounts(time: number, account: Account | null): Amounts {
  if (!account) return { time, flops: null, moved: null, peak: null };
  const { forwardFlops, backwardFlops, forwardBytes, backwardBytes } = account.all;
  return {
    time,
    flops: forwardFlops + backwardFlops,
    moved: forwardBytes + backwardBytes,
    peak: account.peak < 0 ? null : account.peak,
  };
}

function rows(a: Amounts | null, b: Amounts | null): CostPair[] {
  const of = (name: string, quantity: keyof Amounts, write: CostPair["write"]): CostPair[] => {
    const [x, y] = [a?.[quantity] ?? null, b?.[quantity] ?? null];
    return x === null && y === null ? [] : [{ name, a: x, b: y, write }];
  };
  return [
    ...of("Time", "time", seconds),
    ...of("FLOPs", "flops", (n) => si(n, "FLOP")),
    ...of("Bytes moved, unfused", "moved", bytes),
    ...of("Peak memory", "peak", bytes),
  ].filter((pair) => pair.name === "Time" || Boolean(pair.a) || Boolean(pair.b));
}
