import type { Column } from "../format/column";
import { END_NEXT, END_OPEN, type Trace } from "../format/generated";

/** One rank's own trace, and which step of the whole run each of its steps is. */
export interface RankTrace {
  trace: Trace;
  /** Of each own step its number in the whole run, ascending. */
  steps: Int32Array;
  /** Whether an own step is the rank's, and not one of the process that started the ranks. */
  isOwn(step: number): boolean;
}

/** Whose tracks, calls and steps are whose, and when each step began: worked out once for all ranks. */
export interface Lanes {
  /** The ranks, ascending. */
  ranks: number[];
  /** Of each track and each step of the whole run, its rank; -1: the process that started them. */
  ofTrack: Int32Array;
  ofStep: Int32Array;
  /** Of each step, nanoseconds since the clock base. */
  start: Float64Array;
}

export function lanesOf({ ranks, tracks, calls, steps }: Trace): Lanes {
  const numbers = new Set(ranks.map(({ rank }) => rank));
  for (const rank of tracks.rank) if (rank >= 0) numbers.add(rank);
  const ofTrack = Int32Array.from(tracks.rank);
  const count = steps.call.length;
  const ofStep = new Int32Array(count);
  const start = new Float64Array(count);
  let time = 0;
  for (let step = 0; step < count; step++) {
    ofStep[step] = ofTrack[calls.track[steps.call[step]]];
    start[step] = time += steps.start[step];
  }
  return { ranks: [...numbers].sort((a, b) => a - b), ofTrack, ofStep, start };
}

/**
 * What one rank did, with what the process did that started it: a trace like any other, in which every line has run as often
 * as it did there. Where that process only waited meanwhile, the statement that started the rank is who called it.
 */
export function rankTrace(whole: Trace, lanes: Lanes, rank: number): RankTrace {
  const { ofStep, ofTrack, start } = lanes;
  const isIn = (lane: number) => lane === rank || lane === -1;
  const steps = rowsWhere(ofStep.length, (step) => isIn(ofStep[step]));
  const calls = rowsWhere(whole.calls.track.length, (call) => isIn(ofTrack[whole.calls.track[call]]));
  const at = placesOf(steps, ofStep.length);
  const callAt = placesOf(calls, whole.calls.track.length);
  const stepTo = (step: number) => (step < 0 ? -1 : at[step]);
  /** The rows of a table whose steps are in it, with the columns that say steps renumbered. */
  const own = <T extends object>(table: T, ...others: (keyof T)[]): T => {
    const columns = table as Record<string, Column>;
    const rows = rowsWhere(columns.step.length, (row) => stepTo(columns.step[row]) >= 0);
    return taken(table, rows, Object.fromEntries(["step", ...others].map((name) => [name, stepTo])));
  };
  const trace: Trace = {
    ...whole,
    summary: { ...whole.summary, steps: steps.length, outcome: outcomeOf(whole, lanes, rank) },
    calls: joined(whole, lanes, rank, taken(whole.calls, calls, { parent: stepTo }), at),
    steps: {
      ...taken(whole.steps, steps, { call: (call) => callAt[call] }),
      start: Float64Array.from(steps, (step, i) => start[step] - (i > 0 ? start[steps[i - 1]] : 0)),
    },
    resumes: taken(
      whole.resumes,
      rowsWhere(whole.resumes.call.length, (row) => callAt[whole.resumes.call[row]] >= 0),
      { call: (call) => callAt[call], step: stepTo, parent: stepTo },
    ),
    elided: ownElided(whole, steps, at),
    bindings: own(whole.bindings, "at"),
    shown: own(whole.shown, "at"),
    printed: own(whole.printed, "at"),
    derived: own(whole.derived),
    operations: own(whole.operations),
    memory: own(whole.memory),
    launches: taken(whole.launches, null, { step: stepTo }),
    programs: taken(
      whole.programs,
      rowsWhere(whole.programs.call.length, (row) => callAt[whole.programs.call[row]] >= 0),
      { call: (call) => callAt[call] },
    ),
    accesses: own(whole.accesses),
    collectives: own(whole.collectives, "waited_step"),
    raised: own(whole.raised),
    notices: whole.notices.flatMap((notice) => {
      const step = notice.step ?? -1;
      return step < 0 ? [notice] : at[step] < 0 ? [] : [{ ...notice, step: at[step] }];
    }),
  };
  return { trace, steps, isOwn: (step) => ofStep[steps[step]] === rank };
}

/** Nothing of a rank's own is lost in the job's end: where the rank did not finish, that is what is told. */
function outcomeOf({ ranks, summary }: Trace, { ofStep }: Lanes, rank: number) {
  if (ofStep.includes(-1)) return summary.outcome;
  const own = ranks.findLast((each) => each.rank === rank)?.outcome;
  return own && own.status !== "finished" ? own : summary.outcome;
}

/**
 * The calls with those that a rank's main thread began put below the step that waited for them, on its track. A process that
 * goes on while its ranks run stays beside them, as threads do.
 */
function joined(whole: Trace, lanes: Lanes, rank: number, calls: Trace["calls"], at: Int32Array): Trace["calls"] {
  const { tracks, calls: all, steps } = whole;
  const { ofStep, ofTrack } = lanes;
  const waiting = new Map<number, { first: number; last: number; before: number }>(); // by the rank's track
  let before = -1; // the latest step of the process that started the ranks
  for (let step = 0; step < ofStep.length; step++) {
    if (ofStep[step] === -1) before = step;
    else if (ofStep[step] === rank) {
      const track = all.track[steps.call[step]];
      const seen = waiting.get(track);
      if (!seen) waiting.set(track, { first: step, last: step, before });
      else {
        seen.last = step;
        if (seen.before !== before) seen.before = -1;
      }
    }
  }
  const callers = new Map<number, number>();
  for (const [track, { before: latest, first }] of waiting) {
    const caller = openAt(whole, lanes, latest, first);
    if (caller >= 0 && tracks.thread[track] === 0) callers.set(track, caller);
  }
  if (callers.size === 0) return calls;
  const parent = Int32Array.from(calls.parent);
  const track = Int32Array.from(calls.track);
  for (let call = 0; call < track.length; call++) {
    const caller = ofTrack[track[call]] === rank ? callers.get(track[call]) : undefined;
    if (caller === undefined) continue;
    if (parent[call] < 0) parent[call] = at[caller];
    track[call] = all.track[steps.call[caller]];
  }
  return { ...calls, parent, track };
}

/**
 * The innermost step still open when `first` began, of those that lead to `latest`: what ended its call had gone on if there
 * was time for that, while what was followed by another line of its call waited, since that line came later.
 */
function openAt({ calls, steps }: Trace, { start }: Lanes, latest: number, first: number): number {
  const isOver = (step: number) =>
    steps.end[step] !== END_NEXT && steps.end[step] !== END_OPEN && start[step] + steps.duration[step] < start[first];
  while (latest >= 0 && isOver(latest)) latest = calls.parent[steps.call[latest]];
  return latest;
}

/** One row a statement tells of all ranks together: it stands at this rank's own last turn. */
function ownElided({ elided, steps }: Trace, own: Int32Array, at: Int32Array): Trace["elided"] {
  if (elided.statement.length === 0) return elided;
  const last = new Map<number, number>(Array.from(elided.statement, (statement) => [statement, -1]));
  own.forEach((step, i) => {
    if (last.has(steps.statement[step])) last.set(steps.statement[step], i);
  });
  const rows = rowsWhere(elided.statement.length, (row) => last.get(elided.statement[row])! >= 0);
  const table = taken(elided, rows, {});
  const step = Int32Array.from(rows, (row) => {
    const there = at[elided.step[row]] ?? -1;
    return there >= 0 ? there : last.get(elided.statement[row])!;
  });
  return { ...table, step };
}

function rowsWhere(count: number, isIn: (row: number) => boolean): Int32Array {
  let kept = 0;
  for (let row = 0; row < count; row++) if (isIn(row)) kept++;
  const rows = new Int32Array(kept);
  kept = 0;
  for (let row = 0; row < count; row++) if (isIn(row)) rows[kept++] = row;
  return rows;
}

/** Of each row its place among `rows`, or -1. */
function placesOf(rows: Int32Array, count: number): Int32Array {
  const places = new Int32Array(count).fill(-1);
  for (let i = 0; i < rows.length; i++) places[rows[i]] = i;
  return places;
}

/** Some rows of a table (all: null), with some of its columns renumbered. */
function taken<T extends object>(
  table: T,
  rows: Int32Array | null,
  renumbered: Partial<Record<string, (cell: number) => number>>,
): T {
  const columns = Object.entries(table as Record<string, Column>).map(([name, column]) => {
    const to = renumbered[name];
    const count = rows ? rows.length : column.length;
    const cells = to ? new Int32Array(count) : sameKind(column, count);
    for (let i = 0; i < count; i++) {
      const cell = column[rows ? rows[i] : i];
      cells[i] = to ? to(cell) : cell;
    }
    return [name, cells];
  });
  return Object.fromEntries(columns) as T;
}

function sameKind(column: Column, count: number): Int32Array | Uint8Array | Uint16Array | Float64Array {
  if (column instanceof Uint8Array) return new Uint8Array(count);
  if (column instanceof Uint16Array) return new Uint16Array(count);
  return column instanceof Int32Array ? new Int32Array(count) : new Float64Array(count);
}
