import { ROLE_ARGUMENT, ROLE_WRITTEN, type Failure, type Value } from "../format/generated";
import { lastAtMost } from "./columns";
import type { Lecture } from "./lecture";
import { partOf, splitExpression } from "./parts";
import { callIndexOf, type Seen } from "./seen";

/** What the record says of an expression, as an execution saw it. */
export type Answer =
  | {
      kind: "value";
      value: Value;
      /** The row of `trace.bindings` that it comes from, and the position from which that is known. */
      row: number;
      known: number;
      /** It was written to by another name, or anew, rather than bound. */
      written: boolean;
      /** What was recorded, where that is not the expression itself but what it is a part of. */
      of: string;
      /** Of that, the part that was asked for is not in the record: the value is the whole. */
      partial: boolean;
    }
  /** Its function binds it later: first at this position. */
  | { kind: "not yet"; known: number }
  /** It is shown no longer since this position. */
  | { kind: "cleared"; known: number };

const DEEPEST = 8;

/** The value of an expression as an execution saw it, in its call or in a function around that; null if none is recorded. */
export function answerFor(lecture: Lecture, { call, step, at }: Seen, expression: string): Answer | null {
  return around(lecture, call, step, at, expression, 0);
}

function around(
  lecture: Lecture,
  call: number,
  step: number,
  at: number,
  expression: string,
  depth: number,
): Answer | null {
  const own = recorded(lecture, call, at, expression);
  if (own) return own;
  const split = depth < DEEPEST ? splitExpression(expression) : null;
  if (split) {
    const whole = around(lecture, call, step, at, split.whole, depth + 1);
    if (whole?.kind !== "value") return whole;
    const of = whole.of || split.whole;
    const part = whole.partial ? undefined : partOf(whole.value, split.part);
    return part === undefined ? { ...whole, of, partial: true } : { ...whole, of, value: part };
  }
  for (const frame of lecture.tree.stack(call, step).slice(1)) {
    if (!lecture.functionName(call).startsWith(`${lecture.functionName(frame.call)}.<locals>.`)) continue;
    const outer = recorded(lecture, frame.call, at, expression);
    if (outer) return outer;
  }
  return null;
}

function recorded({ bindings, trace }: Lecture, call: number, at: number, expression: string): Answer | null {
  const rows = bindings.names(call).find(({ name }) => name.replace(/\s+/g, "") === expression)?.rows;
  if (!rows) return null;
  const found = lastAtMost(at, 0, rows.length, (i) => bindings.known[rows[i]]);
  if (found < 0) return { kind: "not yet", known: bindings.known[rows[0]] };
  const row = rows[found];
  const [value, known] = [trace.bindings.value[row], bindings.known[row]];
  if (value < 0) return { kind: "cleared", known };
  const written = trace.bindings.role[row] === ROLE_WRITTEN;
  return { kind: "value", value: trace.values[value], row, known, written, of: "", partial: false };
}

/** A call that was stepped into, or could have been. */
export interface TracedCall {
  call: number;
  /** How many calls the execution made here: in a comprehension, several. */
  of: number;
  arguments: { name: string; value: Value }[];
  /** The position of its first step. */
  enter: number;
  /** What it returned; undefined if that is not recorded, or not known yet. */
  result: Value | undefined;
  raised: Failure | null;
  /** At the position asked about, it has not ended yet. */
  open: boolean;
}

/** A call in a statement: the last name of what it calls, and its place among the statement's calls. */
interface Site {
  callee: string;
  order: number;
}

/** The call that an execution made at a site; null if nothing that is in the record was called there. */
export function callMadeAt(
  lecture: Lecture,
  { step, at }: Seen,
  site: Site,
  sites: readonly Site[],
): TracedCall | null {
  const index = callIndexOf(lecture);
  const { start, order } = index.byParent;
  const made = Array.from(order.subarray(start[step + 1], start[step + 2])).filter((call) => index.first[call] >= 0);
  const { chosen, of } = choose(made, (call) => lecture.functionName(call), site, sites);
  return chosen < 0 ? null : tracedCall(lecture, chosen, of, at);
}

function tracedCall(lecture: Lecture, call: number, of: number, at: number): TracedCall {
  const { trace, positions, bindings } = lecture;
  const index = callIndexOf(lecture);
  const [first, last] = [index.first[call], index.last[call]];
  const open = positions.exit[last] > at;
  const row = index.returned[call];
  const returned = open || row < 0 ? -1 : trace.bindings.value[row];
  const given = bindings.names(call).filter(({ rows }) => trace.bindings.role[rows[0]] === ROLE_ARGUMENT);
  return {
    call,
    of,
    open,
    arguments: given.flatMap(({ name, rows }) => {
      const value = trace.bindings.value[rows[0]];
      return value < 0 ? [] : [{ name, value: trace.values[value] }];
    }),
    enter: positions.entry[first],
    result: returned < 0 ? undefined : trace.values[returned],
    raised: open || row >= 0 ? null : lecture.raisedAt(positions.exit[last]),
  };
}

/** What an object runs when it is called itself. */
const CALLED_ITSELF = /(?:^|\.)(?:__call__|forward)$/;

/**
 * Which of the calls that a step made is the one at a site. They are told apart by name and, where names repeat, by order;
 * a call of an object, `layer(x)`, runs a method of another name, and is what is left.
 */
function choose(
  made: number[],
  nameOf: (call: number) => string,
  site: Site,
  sites: readonly Site[],
): { chosen: number; of: number } {
  const pick = (calls: number[], alike: readonly Site[]) => {
    const rank = alike.findIndex(({ order }) => order === site.order);
    if (calls.length === 0 || rank < 0) return { chosen: -1, of: 0 };
    if (calls.length === alike.length) return { chosen: calls[rank], of: 1 };
    return { chosen: calls[Math.min(rank, calls.length - 1)], of: alike.length > 1 ? 1 : calls.length };
  };
  const inOrder = sites.toSorted((a, b) => a.order - b.order);
  const fits = (call: number, { callee }: Site) => isNamed(nameOf(call), callee);
  const named = made.filter((call) => fits(call, site));
  if (named.length > 0)
    return pick(
      named,
      inOrder.filter(({ callee }) => callee === site.callee),
    );
  const left = made.filter((call) => CALLED_ITSELF.test(nameOf(call)) && !sites.some((each) => fits(call, each)));
  const free = inOrder.filter((each) => !BUILT_IN.has(each.callee) && !made.some((call) => fits(call, each)));
  return free.length === left.length || free.length === 1 ? pick(left, free) : { chosen: -1, of: 0 };
}

/** Whether a function of this qualified name runs when `callee` is called: the function itself, or how a class begins. */
function isNamed(qualified: string, callee: string): boolean {
  const parts = qualified.split(".");
  const last = parts.at(-1);
  return last === callee || (/^__(?:init|new|post_init|call)__$/.test(last ?? "") && parts.at(-2) === callee);
}

/** Names that are never objects of the lecture with a method of their own to run. */
const BUILT_IN = new Set(
  `print len range zip enumerate sorted reversed list dict set tuple str int float bool sum min max abs round isinstance
   getattr hasattr iter next map filter any all repr type super text table code note image plot graph`.split(/\s+/),
);

/** What a step returned from its call, or bound to a name: the result of a call that was not stepped into. */
export function resultOf(lecture: Lecture, { call, step, at }: Seen, result: string): Value | undefined {
  const { trace, positions } = lecture;
  if (!result || positions.exit[step] > at) return undefined;
  const row =
    result === "return"
      ? callIndexOf(lecture).returned[call]
      : rowOf(recorded(lecture, call, positions.exit[step], result));
  if (row < 0 || trace.bindings.step[row] !== step || trace.bindings.value[row] < 0) return undefined;
  return trace.values[trace.bindings.value[row]];
}

function rowOf(answer: Answer | null): number {
  return answer?.kind === "value" ? answer.row : -1;
}

export interface Definition {
  file: number;
  line: number;
  calls: number;
}

/** The function or class of a visible file that a name means: where it is, and how often it was called. */
export function definitionOf(lecture: Lecture, name: string, file: number): Definition | null {
  const { functions, strings } = lecture.trace;
  const { byFunction } = callIndexOf(lecture);
  let best: Definition | null = null;
  for (let fn = 0; fn < functions.name.length; fn++) {
    const qualified = strings[functions.name[fn]];
    if (qualified !== name && !qualified.endsWith(`.${name}`)) continue;
    const found = {
      file: functions.file[fn],
      line: functions.line[fn],
      calls: byFunction.start[fn + 1] - byFunction.start[fn],
    };
    if (!best || (found.file === file && best.file !== file)) best = found;
  }
  return best;
}
