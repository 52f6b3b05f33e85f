import { lastAtMost } from "./columns";
import type { Lecture } from "./lecture";

/** The executions of the statement on a line, as positions: where each began. */
export interface LineRuns {
  count: number;
  /** The first one behind a position, and the last one before it; -1 where there is none. */
  after(position: number): number;
  before(position: number): number;
  first: number;
  last: number;
}

const NONE: LineRuns = { count: 0, after: () => -1, before: () => -1, first: -1, last: -1 };

export function runsOfLine({ executions, positions }: Lecture, file: number, line: number): LineRuns {
  const [statement] = executions.statementsAt(file, line);
  if (statement === undefined) return NONE;
  const { start, order } = executions.byStatement;
  const [from, to] = [start[statement], start[statement + 1]];
  if (from === to) return NONE;
  const entry = (i: number) => positions.entry[order[i]];
  const atMost = (position: number) => lastAtMost(position, from, to, entry);
  return {
    count: to - from,
    after(position) {
      const at = atMost(position);
      const next = at < 0 ? from : at + 1;
      return next < to ? entry(next) : -1;
    },
    before(position) {
      const at = atMost(position - 1);
      return at < 0 ? -1 : entry(at);
    },
    first: entry(from),
    last: entry(to - 1),
  };
}
