import type { Trace } from "../format/generated";
import { groupRows, lastAtMost } from "./columns";
import type { Lecture } from "./lecture";

/** A loop as a call went through it once; coming to it again is another run. */
export interface LoopRun {
  index: number;
  /** Its header, in `trace.statements`. */
  statement: number;
  call: number;
  /** How many turns were recorded. */
  turns: number;
}

/** Where a step stands in a run that is around it. */
export interface LoopPlace extends LoopRun {
  /** The turn, from 1. */
  turn: number;
  /** The turns are over: the header asks once more, and lets the program go on. `turn` is the last one. */
  ended: boolean;
  /** The step of the run's own call that this is about: the step itself, or the one that it was called from. */
  step: number;
}

export interface Loops {
  /** The loops around a position, the innermost first: those of its call, then those of the calls that led to it. */
  at(position: number): LoopPlace[];
  /** The loops around a step in its own call, the innermost first. */
  around(step: number): LoopPlace[];
  /** Whether this step is a header's last, which found nothing left to do. */
  ends(step: number): boolean;
  /** The positions of a turn: the first, and the one behind the last. */
  span(run: LoopRun, turn: number): { from: number; to: number };
  /** Nanoseconds that a turn took, with all that it called. */
  duration(run: LoopRun, turn: number): number;
  /** What to say of turns behind the last one: `501 more not recorded`, or nothing. */
  more(run: LoopRun): string;
  /**
   * Where another turn of a loop around `position` stands as this position does: on the same line, as deep in calls, as
   * many times around in loops within; else on the line that the call started from; else on the header.
   */
  counterpart(place: LoopPlace, turn: number, position: number): number;
}

/** So many loops around a position are enough for anyone, and a damaged record may have any number. */
const DEEPEST = 32;
/** Steps looked at for a counterpart within a turn. */
const FARTHEST = 100_000;

const built = new WeakMap<Lecture, Loops>();

/** The loops of a lecture, worked out when first asked for. */
export function loopsOf(lecture: Lecture): Loops {
  let loops = built.get(lecture);
  if (!loops) built.set(lecture, (loops = buildLoops(lecture)));
  return loops;
}

function buildLoops(lecture: Lecture): Loops {
  const { trace, positions, executions, elided } = lecture;
  const { steps } = trace;
  const runs = followRuns(trace);
  const headers = groupRows(runs.headerRun, runs.statement.length);

  /** How many times a run executed its header. */
  const asked = (run: number) => headers.start[run + 1] - headers.start[run];
  /** The row of the header that opens a turn (of the turn behind the last: that ends the run), or -1. */
  const opening = (run: number, turn: number) =>
    turn <= asked(run) ? headers.order[headers.start[run] + turn - 1] : -1;
  const opens = (run: number, turn: number) => {
    const row = opening(run, turn);
    return row < 0 ? -1 : runs.headerStep[row];
  };
  /** The last turn that had begun at a step; 0 before the first. */
  const begun = (run: number, step: number) => {
    const { start, order } = headers;
    return lastAtMost(step, 0, asked(run), (i) => runs.headerStep[order[start[run] + i]]) + 1;
  };
  const turnsOf = (run: number) => asked(run) - (runs.finished[run] ? 1 : 0);

  const around = (step: number) => {
    const found: LoopPlace[] = [];
    for (let run = runs.ofStep[step]; run >= 0 && found.length < DEEPEST; run = runs.outer[run]) {
      const turns = turnsOf(run);
      if (turns === 0) continue;
      const turn = begun(run, step);
      const place = { turn: Math.min(turn, turns), ended: turn > turns, step };
      found.push({ index: run, statement: runs.statement[run], call: runs.call[run], turns, ...place });
    }
    return found;
  };

  /** The steps of one statement in a turn: of the loop's own call, or else of calls as deep as that of `like`. */
  const repeats = ({ index, call }: LoopRun, turn: number, like: number): number[] => {
    const { start, order } = executions.byStatement;
    const statement = steps.statement[like];
    const own = steps.call[like] === call;
    const from = opens(index, turn);
    const next = opens(index, turn + 1);
    const to = next >= 0 ? next : positions.last[runs.lastStep[index]] + 1;
    const before = lastAtMost(from - 1, start[statement], start[statement + 1], (i) => order[i]);
    const first = before < 0 ? start[statement] : before + 1;
    const found: number[] = [];
    for (let i = first; i < start[statement + 1] && i < first + FARTHEST && order[i] < to; i++) {
      const same = own ? steps.call[order[i]] === call : positions.depth[order[i]] === positions.depth[like];
      if (same) found.push(order[i]);
    }
    return found;
  };

  return {
    around,
    at(position) {
      const found: LoopPlace[] = [];
      if (runs.statement.length === 0) return found;
      for (const { step } of lecture.stackAt(position)) {
        found.push(...around(step));
        if (found.length >= DEEPEST) return found.slice(0, DEEPEST);
      }
      return found;
    },
    ends(step) {
      const run = runs.ofStep[step];
      return run >= 0 && runs.finished[run] === 1 && opens(run, asked(run)) === step;
    },
    span({ index }, turn) {
      const next = opens(index, turn + 1);
      const to = next >= 0 ? positions.entry[next] : positions.exit[runs.lastStep[index]] + 1;
      return { from: positions.entry[opens(index, turn)], to };
    },
    duration({ index }, turn) {
      const next = opening(index, turn + 1);
      return (next >= 0 ? runs.headerTime[next] : runs.endTime[index]) - runs.headerTime[opening(index, turn)];
    },
    more: ({ index }) => elided.wordsAfter(opens(index, asked(index))),
    counterpart(place, turn, position) {
      const here = positions.step[position];
      for (const like of here === place.step ? [here] : [here, place.step]) {
        if (steps.statement[like] === place.statement && steps.call[like] === place.call) break;
        const nth = repeats(place, place.turn, like).indexOf(like);
        const there = repeats(place, turn, like);
        if (there.length === 0) continue;
        const found = there[Math.max(Math.min(nth, there.length - 1), 0)];
        return like === here && positions.out[position] ? positions.exit[found] : positions.entry[found];
      }
      return positions.entry[opens(place.index, turn)];
    },
  };
}

/**
 * Follow every call through its loops. A run begins with a loop's header and ends when a step of the same call lies outside
 * of the loop, header to last line; each execution of the header begins a turn. The last one does not if nothing of the
 * body followed: it found nothing left to do, and the run is `finished`.
 */
function followRuns({ steps, statements, calls }: Trace) {
  const count = steps.call.length;
  const callCount = calls.parent.length;
  const ofStep = new Int32Array(count).fill(-1); // the innermost run around each step, in its call
  const innermost = new Int32Array(callCount).fill(-1); // of each call, now
  const latest = new Int32Array(callCount).fill(-1); // of each call, its last step so far
  const spent = new Float64Array(callCount); // … and the nanoseconds that its steps took

  // Runs, and the executions of their headers.
  const [statement, call, outer, lastStep, finished]: number[][] = [[], [], [], [], []];
  const endTime: number[] = [];
  const [headerRun, headerStep, headerTime]: number[][] = [[], [], []];

  const end = (run: number, of: number) => {
    lastStep[run] = latest[of];
    endTime[run] = spent[of];
    return outer[run];
  };

  const last = statements.loop_end.some((line) => line > 0) ? count : 0;
  for (let step = 0; step < last; step++) {
    const of = steps.call[step];
    const here = steps.statement[step];
    const line = statements.line[here];
    let run = innermost[of];
    while (run >= 0) {
      const header = statement[run];
      if (header === here || (statements.line[header] <= line && line <= statements.loop_end[header])) break;
      run = end(run, of);
    }
    if (run >= 0 && statement[run] !== here) finished[run] = 0; // the latest turn has a body
    if (statements.loop_end[here] > 0) {
      if (run < 0 || statement[run] !== here) {
        statement.push(here);
        call.push(of);
        outer.push(run);
        lastStep.push(step);
        endTime.push(0);
        run = finished.push(1) - 1;
      }
      finished[run] = 1;
      headerRun.push(run);
      headerStep.push(step);
      headerTime.push(spent[of]);
    }
    ofStep[step] = innermost[of] = run;
    latest[of] = step;
    spent[of] += steps.duration[step];
  }
  for (let of = 0; of < callCount; of++) for (let run = innermost[of]; run >= 0;) run = end(run, of);
  return {
    ofStep,
    statement: Int32Array.from(statement),
    call: Int32Array.from(call),
    outer: Int32Array.from(outer),
    lastStep: Int32Array.from(lastStep),
    endTime: Float64Array.from(endTime),
    finished: Uint8Array.from(finished),
    headerRun: Int32Array.from(headerRun),
    headerStep: Int32Array.from(headerStep),
    headerTime: Float64Array.from(headerTime),
  };
}
