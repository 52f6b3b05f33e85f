import type { Lecture } from "./lecture";

/**
 * The position where a run ended: for an exception, the step in which it came up, else the last one. The rows of an
 * exception that leaves calls follow each other from the innermost step to the outermost, which is the earliest.
 */
export function endOf({ trace, positions }: Lecture): number {
  const { raised, failures, summary } = trace;
  const ended = failures[summary.outcome.failure ?? -1];
  const isIt = (row: number) => {
    const failure = failures[raised.failure[row]];
    return failure?.type === ended?.type && failure?.message === ended?.message;
  };
  let row = raised.step.length - 1;
  if (!ended || row < 0 || !isIt(row)) return positions.count - 1;
  while (row > 0 && isIt(row - 1) && raised.step[row - 1] > raised.step[row]) row--;
  return positions.exit[raised.step[row]];
}
