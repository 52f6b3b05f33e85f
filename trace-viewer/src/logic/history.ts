import type { Value } from "../format/generated";
import { groupRows, lastAtMost, type Groups } from "./columns";
import type { Lecture } from "./lecture";
import { loopsOf } from "./loops";
import { seriesOf, type Series } from "./series";

/** Whose moments: those of one call, or of all calls of its function. */
export type Scope = "call" | "function";

/** The moments at which a name was bound, in the order in which a reader comes to them. */
export interface History {
  scope: Scope;
  /** Of each moment: the position from which it is known, and its row of `trace.bindings`. */
  positions: Int32Array;
  rows: Int32Array;
  /** Those that differ from the one before: what a list shows when it folds the others. */
  distinct: Int32Array;
  /** The numbers that the values are, or hold; null where they are none. */
  series: Series | null;
}

/** The value of a moment; undefined where the name was shown no longer. */
export function valueAt({ trace }: Lecture, { rows }: History, moment: number): Value | undefined {
  const value = trace.bindings.value[rows[moment]];
  return value < 0 ? undefined : trace.values[value];
}

/** The latest moment that is known at a position, or -1. */
export function momentAt({ positions }: History, position: number): number {
  return lastAtMost(position, 0, positions.length, (i) => positions[i]);
}

/**
 * The history of a name in a call, or in all calls of its function; null where there is nothing to tell: fewer than two
 * moments. Without a scope, the call's own if it has one.
 */
export function historyOf(lecture: Lecture, call: number, name: string, scope?: Scope): History | null {
  if (scope === undefined) return historyOf(lecture, call, name, "call") ?? historyOf(lecture, call, name, "function");
  const { calls } = lecture.trace;
  const known = historiesOf(lecture);
  const key = `${scope === "call" ? call : calls.function[call]} ${name}`;
  const cache = known[scope];
  let history = cache.get(key);
  if (history === undefined) {
    const rows = scope === "call" ? rowsOfCall(lecture, call, name) : rowsOfFunction(lecture, call, name);
    history = rows.length < 2 ? null : buildHistory(lecture, scope, rows);
    cache.set(key, history);
  }
  return history;
}

interface Known {
  call: Map<string, History | null>;
  function: Map<string, History | null>;
  /** All rows by function and, within it, by name. */
  byFunction: Groups | null;
}

const histories = new WeakMap<Lecture, Known>();

function historiesOf(lecture: Lecture): Known {
  let known = histories.get(lecture);
  if (!known) histories.set(lecture, (known = { call: new Map(), function: new Map(), byFunction: null }));
  return known;
}

const NONE = new Int32Array(0);
const RETURNED = 1;

function rowsOfCall({ bindings }: Lecture, call: number, name: string): Int32Array {
  return bindings.names(call).find((each) => each.name === name)?.rows ?? NONE;
}

/** In the order in which they become known, which that of recording is not where a function calls itself. */
function rowsOfFunction(lecture: Lecture, call: number, name: string): Int32Array {
  const { trace, bindings } = lecture;
  const { calls, functions, steps, strings } = trace;
  const known = historiesOf(lecture);
  if (!known.byFunction) {
    const functionOf = Int32Array.from(trace.bindings.step, (step) => calls.function[steps.call[step]]);
    known.byFunction = groupRows(
      functionOf,
      functions.name.length,
      groupRows(trace.bindings.name, strings.length).order,
    );
  }
  const { start, order } = known.byFunction;
  const [from, to] = [start[calls.function[call]], start[calls.function[call] + 1]];
  const string = strings.indexOf(name);
  const nameAt = (i: number) => trace.bindings.name[order[i]];
  const last = lastAtMost(string, from, to, nameAt);
  if (last < 0 || nameAt(last) !== string) return NONE;
  const before = lastAtMost(string - 1, from, to, nameAt);
  const rows = order
    .slice(before < 0 ? from : before + 1, last + 1)
    .filter((row) => trace.bindings.role[row] !== RETURNED);
  const positionOf = (row: number) => bindings.known[row];
  const inOrder = rows.every((row, i) => i === 0 || positionOf(rows[i - 1]) <= positionOf(row));
  return inOrder ? rows : rows.sort((a, b) => positionOf(a) - positionOf(b) || a - b);
}

/** Of the rows known at one position the last is what a reader sees; a loop that only ends binds nothing anew. */
function buildHistory(lecture: Lecture, scope: Scope, rows: Int32Array): History | null {
  const { trace, bindings } = lecture;
  const { step, value } = trace.bindings;
  const loops = loopsOf(lecture);
  const kept = new Int32Array(rows.length);
  const distinct: number[] = [];
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (i + 1 < rows.length && bindings.known[rows[i + 1]] === bindings.known[row]) continue;
    const before = count > 0 ? value[kept[count - 1]] : -1;
    if (value[row] === before && (value[row] < 0 || loops.ends(step[row]))) continue;
    if (value[row] !== before) distinct.push(count);
    kept[count++] = row;
  }
  if (count < 2) return null;
  const moments = kept.slice(0, count);
  return {
    scope,
    positions: moments.map((row) => bindings.known[row]),
    rows: moments,
    distinct: Int32Array.from(distinct),
    series: seriesOf(
      trace.values,
      moments.map((row) => value[row]),
    ),
  };
}
