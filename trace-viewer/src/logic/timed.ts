import type { Trace } from "../format/generated";

/** Whether the run kept times, or counted anything: foreign traces know nothing of what lines cost. */
export function isTimed({ summary, operations }: Trace): boolean {
  return summary.seconds > 0 || operations.step.length > 0;
}
