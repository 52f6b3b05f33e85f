import type { Failure } from "../format/generated";
import { callFacts } from "./call-facts";
import type { Lecture } from "./lecture";

/** One call as it ran: what each statement of its function did in it. */
export interface CallInPlace {
  call: number;
  file: number;
  /** The lines of the function, its head and decorators included. */
  line: number;
  endLine: number;
  /** Index into `trace.values`, or -1. */
  returned: number;
  raised: Failure | null;
  /** By the first line of each statement that ran in it. */
  ran: ReadonlyMap<number, StatementInCall>;
  /** The same by their last lines. */
  ends: ReadonlyMap<number, StatementInCall>;
  /** The lines that ran: those of such statements. */
  reached: ReadonlySet<number>;
  /** The first of them: what stands before it is the head, and a docstring. */
  firstReached: number;
}

export interface StatementInCall {
  statement: number;
  endLine: number;
  /** How often it ran in this call, and its last execution. */
  times: number;
  step: number;
  /** What was inspected there, as it was at the end of the call: indices into `trace.values`. */
  values: { name: string; value: number }[];
}

const INSPECTED = [0, 4];
/** Lines looked at of a function: its record may claim any number. */
const MOST_LINES = 20_000;

const latest = new WeakMap<Lecture, Map<number, CallInPlace>>();
const MOST_KEPT = 64;

/** What a call did, kept for the calls that were last asked about. */
export function callInPlace(lecture: Lecture, call: number): CallInPlace {
  let known = latest.get(lecture);
  if (!known) latest.set(lecture, (known = new Map()));
  let found = known.get(call);
  if (!found) {
    if (known.size >= MOST_KEPT) known.clear();
    known.set(call, (found = build(lecture, call)));
  }
  return found;
}

function build(lecture: Lecture, call: number): CallInPlace {
  const { trace, executions, bindings } = lecture;
  const { functions, statements, steps, calls } = trace;
  const facts = callFacts(lecture);
  const fn = calls.function[call];
  const file = functions.file[fn];
  const line = functions.line[fn];
  const endLine = Math.min(functions.end_line[fn], line + MOST_LINES);

  const ran = new Map<number, StatementInCall>();
  const ends = new Map<number, StatementInCall>();
  const byStatement = new Map<number, StatementInCall>();
  const reached = new Set<number>();
  for (let statement = 0; statement < statements.file.length; statement++) {
    const from = statements.line[statement];
    if (statements.file[statement] !== file || from < line || from > endLine) continue;
    const turns = executions.within(statement, call);
    if (turns.length === 0) continue;
    const to = Math.min(statements.end_line[statement], endLine);
    const did = { statement, endLine: to, times: turns.length, step: turns[turns.length - 1], values: [] };
    if (!ran.has(from)) {
      ran.set(from, did);
      ends.set(to, did);
    }
    byStatement.set(statement, did);
    for (let at = from; at <= to; at++) reached.add(at);
  }
  for (const { name, rows } of bindings.names(call)) {
    const last = new Map<StatementInCall, number>();
    for (const row of rows) {
      if (!INSPECTED.includes(trace.bindings.role[row]) || trace.bindings.value[row] < 0) continue;
      const did = byStatement.get(steps.statement[trace.bindings.step[row]]);
      if (did) last.set(did, trace.bindings.value[row]);
    }
    for (const [did, value] of last) did.values.push({ name, value });
  }
  const exit = facts.last[call] < 0 ? -1 : lecture.positions.exit[facts.last[call]];
  return {
    call,
    file,
    line,
    endLine,
    returned: facts.returned[call],
    raised: facts.raised[call] ? lecture.raisedAt(exit) : null,
    ran,
    ends,
    reached,
    firstReached: reached.size > 0 ? [...reached].reduce((a, b) => Math.min(a, b)) : endLine,
  };
}
