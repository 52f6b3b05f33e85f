import { groupRows, lastAtMost, type Groups } from "./columns";
import type { Lecture } from "./lecture";

/** The execution of a line that tells what its names were, for a reader at a position. */
export interface Seen {
  step: number;
  call: number;
  /** The position whose values it is about: where the step ended, or where the reader is, if it has not ended by then. */
  at: number;
  /**
   * `now`: the reader is at it, or inside what it called; `before`: it ran earlier in a call that is still open;
   * `elsewhere`: in another call; `ahead`: it has not run yet.
   */
  when: "now" | "before" | "elsewhere" | "ahead";
  /** How many positions lie between it and the reader. */
  away: number;
}

/** Executions looked at in search of one in the reader's own call. */
const MOST_LOOKED_AT = 5000;

/** The latest execution of a line up to a position, in the reader's call if there is one; else the first to come. */
export function executionSeen(lecture: Lecture, file: number, line: number, position: number): Seen | null {
  const { executions, positions, trace } = lecture;
  const { start, order } = executions.byStatement;
  const statement = executions.statementsAt(file, line).find((at) => start[at] < start[at + 1]);
  if (statement === undefined) return null;
  const [from, to] = [start[statement], start[statement + 1]];
  const last = lastAtMost(position, from, to, (i) => positions.entry[order[i]]);
  if (last < 0) return seenAt(lecture, order[from], position);
  const stack = lecture.stackAt(position).map(({ call }) => call);
  let open = -1;
  for (let i = last; i >= from && i > last - MOST_LOOKED_AT; i--) {
    const call = trace.steps.call[order[i]];
    if (call === stack[0]) return seenAt(lecture, order[i], position);
    if (open < 0 && stack.includes(call)) open = order[i];
  }
  return seenAt(lecture, open >= 0 ? open : order[last], position);
}

/** The call that tells what the parameters on the first lines of a function were: an open one, the latest, or the next. */
export function callSeen(lecture: Lecture, file: number, line: number, position: number): Seen | null {
  const { trace, positions } = lecture;
  const { functions, calls } = trace;
  let found = -1;
  for (let fn = 0; fn < functions.file.length; fn++) {
    const here = functions.file[fn] === file && functions.line[fn] <= line && line <= functions.end_line[fn];
    if (here && (found < 0 || functions.line[fn] >= functions.line[found])) found = fn;
  }
  if (found < 0) return null;
  const index = callIndexOf(lecture);
  const { start, order } = index.byFunction;
  const [from, to] = [start[found], start[found + 1]];
  const open = lecture.stackAt(position).find(({ call }) => calls.function[call] === found);
  if (open) return { step: open.step, call: open.call, at: position, when: "now", away: 0 };
  const began = (i: number) => (index.first[order[i]] < 0 ? Infinity : positions.entry[index.first[order[i]]]);
  if (from === to) return null;
  const last = lastAtMost(position, from, to, began);
  return wholeCall(lecture, order[last < 0 ? from : last], position);
}

/** What a call that is shown in place tells of one of its lines: the latest execution in it, or for parameters the call itself. */
export function seenInCall(
  lecture: Lecture,
  place: { file: number; line: number; call: number },
  ofParameters: boolean,
  position: number,
): Seen | null {
  const { file, line, call } = place;
  if (ofParameters) return wholeCall(lecture, call, position);
  const { executions } = lecture;
  for (const statement of executions.statementsAt(file, line)) {
    const step = executions.within(statement, call).at(-1);
    if (step !== undefined) return seenAt(lecture, step, position);
  }
  return null;
}

/** A call from its first step to its last; null for one without steps. */
function wholeCall(lecture: Lecture, call: number, position: number): Seen | null {
  const { positions } = lecture;
  const { first, last } = callIndexOf(lecture);
  const step = first[call];
  if (step < 0) return null;
  const [entry, exit] = [positions.entry[step], positions.exit[last[call]]];
  if (lecture.stackAt(position).some((frame) => frame.call === call))
    return { step, call, at: position, when: "now", away: 0 };
  return {
    step,
    call,
    at: exit,
    when: entry > position ? "ahead" : "elsewhere",
    away: Math.abs(position - entry),
  };
}

function seenAt(lecture: Lecture, step: number, position: number): Seen {
  const { positions, trace } = lecture;
  const [entry, exit, call] = [positions.entry[step], positions.exit[step], trace.steps.call[step]];
  if (entry > position) return { step, call, at: exit, when: "ahead", away: entry - position };
  if (exit >= position) return { step, call, at: position, when: "now", away: 0 };
  const open = lecture.stackAt(position).some((frame) => frame.call === call);
  return { step, call, at: exit, when: open ? "before" : "elsewhere", away: position - exit };
}

/** Of each call its first and last step and the row of `trace.bindings` with what it returned, or -1; calls by who made them. */
export interface CallIndex {
  first: Int32Array;
  last: Int32Array;
  returned: Int32Array;
  /** By the step that made them, plus one. */
  byParent: Groups;
  byFunction: Groups;
}

const ROLE_RETURNED = 1;
const indexes = new WeakMap<Lecture, CallIndex>();

/** Made when first asked for. */
export function callIndexOf(lecture: Lecture): CallIndex {
  const known = indexes.get(lecture);
  if (known) return known;
  const { calls, steps, functions, bindings } = lecture.trace;
  const count = calls.parent.length;
  const first = new Int32Array(count).fill(-1);
  const last = new Int32Array(count).fill(-1);
  for (let step = 0; step < steps.call.length; step++) {
    const call = steps.call[step];
    if (first[call] < 0) first[call] = step;
    last[call] = step;
  }
  const returned = new Int32Array(count).fill(-1);
  for (let row = 0; row < bindings.role.length; row++) {
    if (bindings.role[row] === ROLE_RETURNED) returned[steps.call[bindings.step[row]]] = row;
  }
  const parents = Int32Array.from(calls.parent, (parent) => parent + 1);
  const index = {
    first,
    last,
    returned,
    byParent: groupRows(parents, steps.call.length + 1),
    byFunction: groupRows(calls.function, functions.name.length),
  };
  indexes.set(lecture, index);
  return index;
}
