import type { Breakpoint } from "./breakpoints";
import { functionAt, MOST_BREAKPOINTS } from "./breakpoints";
import { lastAtMost } from "./columns";
import { ConditionProblem, readCondition, rowsNamed, TRUE, UNDECIDED, type Condition } from "./condition";
import type { Lecture } from "./lecture";
import { runsOfLine } from "./line-runs";

/** The positions at which a breakpoint stops, as far as they have been looked for: from the beginning on, once. */
export interface Stops {
  /** How many were found, and whether these are all. */
  count: number;
  done: boolean;
  /** At how many places the condition was neither true nor false, and why at the latest. */
  undecided: number;
  why: string;
  /** What is wrong with the condition; there are no stops then. */
  problem: ConditionProblem | null;
  /** Look on, at about `places` more places at most. */
  look(places: number): void;
  /** The first stop behind a position, the last one before it; -1: none; null: not known before more is looked at. */
  after(position: number): number | null;
  before(position: number): number | null;
  /** The stop with this number, from 0, of those found. */
  at(index: number): number;
}

type Where = Pick<Breakpoint, "file" | "line" | "condition"> & { anchor: unknown };

/** So many breakpoints and conditions are remembered of a lecture, the latest asked for. */
const REMEMBERED = MOST_BREAKPOINTS + 40;

const built = new WeakMap<Lecture, Map<string, Stops>>();

/** The stops of a breakpoint, remembered. */
export function stopsOf(lecture: Lecture, where: Where): Stops {
  let known = built.get(lecture);
  if (!known) built.set(lecture, (known = new Map()));
  const key = where.anchor === null ? `* ${where.condition}` : `${where.file}:${where.line} ${where.condition}`;
  const stops = known.get(key) ?? buildStops(lecture, where);
  known.delete(key);
  known.set(key, stops);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  return stops;
}

function buildStops(lecture: Lecture, { anchor, file, line, condition }: Where): Stops {
  if (anchor !== null && condition === "") return everyTime(lecture, file, line);
  try {
    if (anchor === null) return whereItBecomesTrue(lecture, readCondition(lecture, condition));
    return whereItHolds(lecture, file, line, readCondition(lecture, condition, functionAt(lecture, file, line)));
  } catch (problem) {
    if (!(problem instanceof ConditionProblem)) throw problem;
    return { ...everyTime(lecture, -1, 0), problem };
  }
}

/** A line without a condition: nothing needs to be looked for. */
function everyTime(lecture: Lecture, file: number, line: number): Stops {
  const runs = runsOfLine(lecture, file, line);
  const [statement] = runs.count > 0 ? lecture.executions.statementsAt(file, line) : [-1];
  const { start, order } = lecture.executions.byStatement;
  return {
    count: runs.count,
    done: true,
    undecided: 0,
    why: "",
    problem: null,
    look: () => undefined,
    after: runs.after,
    before: runs.before,
    at: (index) => lecture.positions.entry[order[start[statement] + index]],
  };
}

/** A line with a condition: the executions of the line, each as it begins or, where it calls something, as it ends. */
function whereItHolds(lecture: Lecture, file: number, line: number, condition: Condition): Stops {
  const { executions, positions, trace } = lecture;
  const [statement = -1] = executions.statementsAt(file, line);
  const { start, order } = executions.byStatement;
  const from = statement < 0 ? 0 : start[statement];
  const count = statement < 0 ? 0 : start[statement + 1] - from;
  return search({
    condition,
    count,
    known: (index) => positions.entry[order[from + index]],
    stopAt(index, judge) {
      const step = order[from + index];
      const [entry, exit] = [positions.entry[step], positions.exit[step]];
      const call = trace.steps.call[step];
      if (judge(call, entry)) return entry;
      return exit !== entry && judge(call, exit) ? exit : -1;
    },
  });
}

/** A condition alone: it can become true only where one of its names is bound. */
function whereItBecomesTrue(lecture: Lecture, condition: Condition): Stops {
  const { bindings, trace } = lecture;
  const rows = inOrderOfKnowing(rowsNamed(lecture, condition.names), bindings.known);
  const held = new Uint8Array(trace.calls.parent.length); // in each call, when it was last looked at
  return search({
    condition,
    count: rows.length,
    known: (index) => bindings.known[rows[index]],
    stopAt(index, judge) {
      const row = rows[index];
      const call = trace.steps.call[trace.bindings.step[row]];
      const before = held[call];
      const position = bindings.known[row];
      const holds = judge(call, position);
      held[call] = holds ? 1 : 0;
      return holds && before === 0 ? position : -1;
    },
  });
}

/** Rows are recorded in the order in which they become known, nearly always. */
function inOrderOfKnowing(rows: Int32Array, known: Int32Array): Int32Array {
  let ordered = true;
  for (let i = 1; ordered && i < rows.length; i++) ordered = known[rows[i - 1]] <= known[rows[i]];
  if (ordered) return rows;
  const keys = Float64Array.from(rows, (row, i) => known[row] * rows.length + i).sort();
  return Int32Array.from(keys, (key) => rows[key % rows.length]);
}

type Judge = (call: number, position: number) => boolean;

/** Places in order, each of which may be a stop: not before the position from which it is known. */
interface Places {
  condition: Condition;
  count: number;
  known(index: number): number;
  /** The position of the stop there, or -1. */
  stopAt(index: number, judge: Judge): number;
}

function search({ condition, count, known, stopAt }: Places): Stops {
  const found: number[] = [];
  let next = 0; // the place to look at next: no stop that is still to be found lies before it
  const judge: Judge = (call, position) => {
    const verdict = condition.judge(call, position);
    if (verdict === UNDECIDED) {
      stops.undecided++;
      stops.why = condition.why;
    }
    return verdict === TRUE;
  };
  const add = (position: number) => {
    // Ways out of calls come in the other order than ways in.
    const before = found.length === 0 || found[found.length - 1] < position ? found.length : place(position) + 1;
    if (found[before - 1] !== position) found.splice(before, 0, position);
  };
  const place = (position: number) => lastAtMost(position, 0, found.length, (i) => found[i]);
  const stops: Stops = {
    count: 0,
    done: count === 0,
    undecided: 0,
    why: "",
    problem: null,
    look(places) {
      const to = Math.min(next + places, count);
      for (; next < to; next++) {
        const position = stopAt(next, judge);
        if (position >= 0) add(position);
      }
      stops.count = found.length;
      stops.done = next === count;
    },
    after(position) {
      const at = place(position) + 1;
      if (at < found.length && (stops.done || found[at] < known(next))) return found[at];
      return stops.done ? -1 : null;
    },
    before(position) {
      if (!stops.done && known(next) < position) return null;
      const at = place(position - 1);
      return at < 0 ? -1 : found[at];
    },
    at: (index) => found[index] ?? -1,
  };
  return stops;
}
