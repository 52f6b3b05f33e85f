import { groupRows, lastAtMost, type Groups } from "./columns";
import type { Lecture } from "./lecture";

/** Which call was made by which, and by which statements: what a page needs to know before any call is looked at. */
export interface CallLinks {
  /** The calls that ran a line, in the order in which they began. */
  order: Int32Array;
  /** By call: its first and its last own step, and the call that made it; -1 where there is none. */
  first: Int32Array;
  last: Int32Array;
  parent: Int32Array;
  /** The calls that a call made, in the order in which they began: group `call + 1`; group 0 has no caller. */
  children: Groups;
  /** 1 for the statements that made a call. */
  calling: Uint8Array;
}

const built = new WeakMap<Lecture, CallLinks>();

/** Worked out when first asked for. */
export function callLinks(lecture: Lecture): CallLinks {
  let links = built.get(lecture);
  if (!links) built.set(lecture, (links = buildLinks(lecture)));
  return links;
}

function buildLinks({ trace: { calls, steps, statements } }: Lecture): CallLinks {
  const count = calls.parent.length;
  const first = new Int32Array(count).fill(-1);
  const last = new Int32Array(count).fill(-1);
  const parent = new Int32Array(count).fill(-1);
  const calling = new Uint8Array(statements.file.length);
  const found: number[] = [];
  for (let step = 0; step < steps.call.length; step++) {
    const call = steps.call[step];
    last[call] = step;
    if (first[call] >= 0) continue;
    first[call] = step;
    found.push(call);
    const made = calls.parent[call];
    if (made < 0) continue;
    parent[call] = steps.call[made];
    calling[steps.statement[made]] = 1;
  }
  const order = Int32Array.from(found);
  const above = parent.map((call) => call + 1);
  return { order, first, last, parent, children: groupRows(above, count + 1, order), calling };
}

/** 1 for the statements that made a call: all that a page needs to be drawn, and quicker to find than the links. */
export function callingStatements({ trace: { calls, steps, statements } }: Lecture): Uint8Array {
  const calling = new Uint8Array(statements.file.length);
  for (const step of calls.parent) if (step >= 0) calling[steps.statement[step]] = 1;
  return calling;
}

/** The calls that a call made, in the order in which they began; those of -1: the ones that nothing visible made. */
export function childrenOf({ children: { start, order } }: CallLinks, call: number): Int32Array {
  return order.subarray(start[call + 1], start[call + 2]);
}

/** Those of them that one statement made. */
export function callsMadeBy({ trace }: Lecture, links: CallLinks, statement: number, call: number): Int32Array {
  const { steps, calls } = trace;
  return childrenOf(links, call).filter((made) => steps.statement[calls.parent[made]] === statement);
}

/** The first of such calls that this execution of the statement made, as an index into them, or -1. */
export function madeAt({ trace: { calls } }: Lecture, made: Int32Array, step: number): number {
  const before = lastAtMost(step - 1, 0, made.length, (index) => calls.parent[made[index]]);
  return calls.parent[made[before + 1]] === step ? before + 1 : -1;
}

/**
 * The execution that a statement's line stands for at a position: the step itself; else the latest one, begun by then, of
 * the innermost open call that ran it; else the latest one at all, or the first to come. -1: it never ran.
 */
export function executionShown(lecture: Lecture, statement: number, position: number): number {
  const { positions, executions, trace, outputs } = lecture;
  if (position >= 0 && trace.steps.statement[positions.step[position]] === statement) return positions.step[position];
  for (const { call } of lecture.stackAt(position)) {
    const steps = executions.within(statement, call);
    const at = lastAtMost(position, 0, steps.length, (index) => positions.entry[steps[index]]);
    if (at >= 0) return steps[at];
  }
  return outputs.executionAt(statement, position);
}
