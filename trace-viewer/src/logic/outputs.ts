import type { Output, Trace } from "../format/generated";
import { lastAtMost, sortRows } from "./columns";
import { pairContexts } from "./contexts";
import type { Executions } from "./executions";
import { knownFrom, type Positions } from "./positions";

export interface Outputs {
  /** The statements that showed something in any of their executions, by file. */
  statements: number[][];
  /** The rows of `trace.shown` that a step made. */
  ofStep(step: number): Output[];
  /**
   * The execution whose outputs a statement shows at a position: the latest one reached, else the first one to come. Where
   * that is a `with` that shows something on its way out, or in, alone, it is that one.
   */
  executionAt(statement: number, position: number): number;
  /** From which position on the outputs of a step are there. */
  knownFrom(step: number): number;
}

export function buildOutputs(trace: Trace, positions: Positions, executions: Executions): Outputs {
  const { shown, steps, statements, files, outputs } = trace;
  const order = sortRows(shown.step, steps.call.length);
  const stepAt = (i: number) => shown.step[order[i]];
  const { byStatement } = executions;

  const showing = new Uint8Array(statements.file.length);
  for (const step of shown.step) showing[steps.statement[step]] = 1;
  const perFile: number[][] = files.map(() => []);
  for (let statement = 0; statement < showing.length; statement++) {
    if (showing[statement]) perFile[statements.file[statement]].push(statement);
  }

  const contexts = pairContexts(trace, perFile.flat(), executions);
  /** Where in `order` the rows of a step begin. */
  const firstOf = (step: number) => lastAtMost(step - 1, 0, order.length, stepAt) + 1;
  const shows = (step: number) => {
    const i = firstOf(step);
    return i < order.length && stepAt(i) === step;
  };

  const known = (step: number) =>
    shows(step) ? knownFrom(positions, step, shown.at[order[firstOf(step)]]) : positions.entry[step];

  return {
    statements: perFile,
    ofStep(step) {
      const found: Output[] = [];
      for (let i = firstOf(step); i < order.length && stepAt(i) === step; i++)
        found.push(outputs[shown.output[order[i]]]);
      return found;
    },
    executionAt(statement, position) {
      const from = byStatement.start[statement];
      const to = byStatement.start[statement + 1];
      if (from === to) return -1;
      let at = lastAtMost(position, from, to, (i) => positions.entry[byStatement.order[i]]);
      // A step that calls visible code first shows its outputs on its way out: until then the turn before it stands.
      while (at > from && known(byStatement.order[at]) > position) at--;
      const step = byStatement.order[at < 0 ? from : at];
      const other = contexts.get(step) ?? -1;
      return other >= 0 && !shows(step) && shows(other) ? other : step;
    },
    knownFrom: known,
  };
}
