import { lastAtMost } from "../../logic/columns";
import type { Lecture } from "../../logic/lecture";

/** The executions of the line at a position, in all of the run: which this is, how many there are, and the step of each. */
export function otherTurns(
  { executions: { byStatement }, positions, trace }: Lecture,
  position: number,
): { turn: number; of: number; step(nth: number): number } {
  const here = positions.step[position];
  const statement = trace.steps.statement[here];
  const { start, order } = byStatement;
  const [from, to] = [start[statement], start[statement + 1]];
  const at = lastAtMost(here, from, to, (index) => order[index]);
  return { turn: at - from + 1, of: to - from, step: (nth) => order[Math.min(Math.max(from + nth - 1, from), to - 1)] };
}
