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
  /** The steps that executed a statement within a call, in order. */
  within(statement: number, call: number): Int32Array;
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

  // The steps of a statement by their call, and in a call in order: made when first asked for, since most are never.
  const byCall = new Map<number, Int32Array>();
  const orderByCall = (statement: number) => {
    const inOrder = byStatement.order.subarray(byStatement.start[statement], byStatement.start[statement + 1]);
    // Where none of its calls made another in between, that is how they come.
    const isDone = inOrder.every((step, i) => i === 0 || steps.call[inOrder[i - 1]] <= steps.call[step]);
    return isDone ? inOrder : groupRows(steps.call, calls.parent.length, inOrder).order;
  };

  const within = (statement: number, call: number) => {
    const order = byCall.get(statement) ?? orderByCall(statement);
    byCall.set(statement, order);
    const callAt = (i: number) => steps.call[order[i]];
    const from = lastAtMost(call - 1, 0, order.length, callAt) + 1;
    return order.subarray(from, lastAtMost(call, from, order.length, callAt) + 1 || from);
  };

  const turnsAround = (step: number) => {
    const turns = within(steps.statement[step], steps.call[step]);
    return { turns, at: lastAtMost(step, 0, turns.length, (i) => turns[i]) };
  };

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
      const { start } = byStatement;
      const statement = steps.statement[step];
      if (start[statement + 1] - start[statement] < 2) return { turn: 1, of: 1 };
      const { turns, at } = turnsAround(step);
      return { turn: at + 1, of: turns.length };
    },
    turnFrom(step, by) {
      const { turns, at } = turnsAround(step);
      return turns[at + by] ?? -1;
    },
    within,
  };
}
