import type { Failure, Trace } from "../format/generated";
import { buildBindings, type Bindings } from "./bindings";
import { buildCallTree, type CallTree, type Frame } from "./calls";
import { buildElided, type Elided } from "./elided";
import { buildExecutions, type Executions } from "./executions";
import { findHeadings, type Heading } from "./headings";
import { buildOutputs, type Outputs } from "./outputs";
import { buildPositions, lastInside, type Positions } from "./positions";
import { buildPrinted, type Printed } from "./printed";
import type { OfRank } from "./ranks";

/** A trace and everything that is worked out from it, once, when it is opened. */
export interface Lecture {
  trace: Trace;
  tree: CallTree;
  positions: Positions;
  executions: Executions;
  elided: Elided;
  bindings: Bindings;
  outputs: Outputs;
  printed: Printed;
  headings: Heading[];
  /** In a run of several ranks: whose steps these are. */
  rank?: OfRank;
  title: string;
  /** The calls open at a position, the innermost first. */
  stackAt(position: number): Frame[];
  /** The step that made the call which this position is in, or -1. */
  callerOf(position: number): number;
  /** The file and line of a step's statement. */
  placeOf(step: number): { file: number; line: number; endLine: number };
  functionName(call: number): string;
  /** The exception that the step at this position was left by, handled or not, shown where the step ends. */
  raisedAt(position: number): Failure | null;
}

export function openLecture(trace: Trace): Lecture {
  const tree = buildCallTree(trace);
  const positions = buildPositions(trace, tree);
  const executions = buildExecutions(trace);
  const outputs = buildOutputs(trace, positions, executions);
  const headings = findHeadings(trace, outputs);
  const { steps, statements, calls, functions, strings } = trace;
  const failureOf = new Map(Array.from(trace.raised.step, (step, row) => [step, trace.raised.failure[row]]));
  // A way out stands at the end of what ran inside, so that is the time at which to ask who called whom.
  const timeOf = (position: number) => {
    const step = positions.step[position];
    return positions.out[position] ? lastInside(positions, step) : step;
  };
  return {
    trace,
    tree,
    positions,
    executions,
    elided: buildElided(trace),
    bindings: buildBindings(trace, positions),
    outputs,
    printed: buildPrinted(trace, positions),
    headings,
    title: headings.find(({ level }) => level === 1)?.text || trace.summary.title || trace.summary.name,
    stackAt(position) {
      if (position < 0 || position >= positions.count) return [];
      const step = positions.step[position];
      const frames = tree.stack(steps.call[step], timeOf(position));
      frames[0].step = step;
      return frames;
    },
    callerOf(position) {
      if (position < 0 || position >= positions.count) return -1;
      return tree.parent(steps.call[positions.step[position]], timeOf(position));
    },
    placeOf(step) {
      const statement = steps.statement[step];
      return {
        file: statements.file[statement],
        line: statements.line[statement],
        endLine: statements.end_line[statement],
      };
    },
    raisedAt(position) {
      if (position < 0) return null;
      const step = positions.step[position];
      const failure = positions.exit[step] === position ? failureOf.get(step) : undefined;
      return failure === undefined ? null : trace.failures[failure];
    },
    functionName: (call) => strings[functions.name[calls.function[call]]],
  };
}
