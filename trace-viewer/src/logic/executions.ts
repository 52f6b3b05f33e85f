import type { Trace } from "../format/generated";
import { groupRows, lastAtMost, type Groups } from "./columns";

/** Which steps executed which statement, and which statements lie on a line. */
export interface Executions {
  /** The steps of each statement, in order. */
  byStatement: Groups;
  /** Statements of a file that cover a line, the smallest first. */
  statementsAt(file: number, line: number): number[];
  /** The next step, after `step`, to execute this line; else the first to do so; -1 if none does. */
  nextAt(file: number, line: number, step: number): number;
  /** Which turn of its statement this step is within its call, from 1, and of how many. */
  turnOf(step: number): { turn: number; of: number };
  /** The step `by` turns on, within the same call, or -1. */
  turnFrom(step: number, by: number): number;
}

export function buildExecutions({ statements, steps, calls, files }: Trace): Executions {
  const count = statements.file.length;
  const byStatement = groupRows(steps.statement, count);
  const byFile = groupRows(statements.file, files.length);

  const statementsAt = (file: number, line: number) => {
    const found: number[] = [];
    for (let i = byFile.start[file]; i < byFile.start[file + 1]; i++) {
      const statement = byFile.order[i];
      if (statements.line[statement] <= line && line <= statements.end_line[statement]) found.push(statement);
    }
    const size = (statement: number) => statements.end_line[statement] - statements.line[statement];
    return found.sort((a, b) => size(a) - size(b));
  };

  // Grouped by statement and, within it, by call: made when first asked for, since most readers never ask.
  let turns: { order: Int32Array; place: Int32Array } | undefined;
  const byTurn = () => {
    if (turns) return turns;
    const { order } = groupRows(steps.statement, count, groupRows(steps.call, calls.parent.length).order);
    const place = new Int32Array(order.length);
    for (let i = 0; i < order.length; i++) place[order[i]] = i;
    return (turns = { order, place });
  };
  const sameTurns = (a: number, b: number) =>
    steps.statement[a] === steps.statement[b] && steps.call[a] === steps.call[b];

  return {
    byStatement,
    statementsAt,
    nextAt(file, line, step) {
      const [statement] = statementsAt(file, line);
      if (statement === undefined) return -1;
      const { start, order } = byStatement;
      const [from, to] = [start[statement], start[statement + 1]];
      if (from === to) return -1;
      const at = lastAtMost(step, from, to, (i) => order[i]);
      return at >= 0 && at + 1 < to ? order[at + 1] : order[from];
    },
    turnOf(step) {
      const { start, order: all } = byStatement;
      const statement = steps.statement[step];
      if (start[statement + 1] - start[statement] < 2 || all.length === 0) return { turn: 1, of: 1 };
      const { order, place } = byTurn();
      // The group lies around the step's place: find its ends by halving, since a loop may have a million turns.
      const inGroup = (i: number) => i >= 0 && i < order.length && sameTurns(order[i], step);
      const reach = (direction: 1 | -1) => {
        let far = 1;
        while (inGroup(place[step] + direction * far)) far *= 2;
        let [near, beyond] = [far >> 1, far];
        while (beyond - near > 1) {
          const middle = (near + beyond) >> 1;
          if (inGroup(place[step] + direction * middle)) near = middle;
          else beyond = middle;
        }
        return near;
      };
      const before = reach(-1);
      return { turn: before + 1, of: before + 1 + reach(1) };
    },
    turnFrom(step, by) {
      const { order, place } = byTurn();
      const at = place[step] + by;
      return at >= 0 && at < order.length && sameTurns(order[at], step) ? order[at] : -1;
    },
  };
}
