import type { Trace } from "../format/generated";
import { groupRows, lastAtMost } from "./columns";
import type { Lecture } from "./lecture";
import { lastInside } from "./positions";

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

/** Whether a position may be in a loop: as long as the loops are not worked out, by the lines that its calls stand on. */
export function mayBeInLoop(lecture: Lecture, position: number): boolean {
  if (built.has(lecture)) return true;
  const { statements } = lecture.trace;
  const loops = Array.from(statements.file.keys()).filter((statement) => statements.loop_end[statement] > 0);
  const places = lecture.stackAt(position).map(({ step }) => lecture.placeOf(step));
  return loops.some((header) =>
    places.some(
      ({ file, line }) =>
        file === statements.file[header] && statements.line[header] <= line && line <= statements.loop_end[header],
    ),
  );
}

function buildLoops(lecture: Lecture): Loops {
  const { trace, positions, executions, elided } = lecture;
  const { steps } = trace;
  const runs = followRuns(trace);

  /** The executions of a run's header, in order: each but perhaps the last opens a turn. */
  const headers = (run: number) => {
    const all = executions.within(runs.statement[run], runs.call[run]);
    const before = (step: number) => lastAtMost(step - 1, 0, all.length, (i) => all[i]) + 1;
    return all.subarray(before(runs.firstStep[run]), before(runs.lastStep[run] + 1));
  };
  /** The header that opens a turn (of the turn behind the last: that ends the run), or -1. */
  const opens = (run: number, turn: number) => headers(run)[turn - 1] ?? -1;
  const turnsOf = (run: number) => headers(run).length - (runs.finished[run] ? 1 : 0);

  /** The innermost run around a step, in its call: the latest to have begun, or one that this lies in. */
  const innermost = (step: number) => {
    const { start, order } = runs.byCall;
    const call = steps.call[step];
    const at = lastAtMost(step, start[call], start[call + 1], (i) => runs.firstStep[order[i]]);
    let run = at < 0 ? -1 : order[at];
    while (run >= 0 && runs.lastStep[run] < step) run = runs.outer[run];
    return run;
  };

  const around = (step: number) => {
    const found: LoopPlace[] = [];
    for (let run = innermost(step); run >= 0 && found.length < DEEPEST; run = runs.outer[run]) {
      const turns = turnsOf(run);
      if (turns === 0) continue;
      const opened = headers(run);
      const turn = lastAtMost(step, 0, opened.length, (i) => opened[i]) + 1; // 0 before the first
      const place = { turn: Math.min(turn, turns), ended: turn > turns, step };
      found.push({ index: run, statement: runs.statement[run], call: runs.call[run], turns, ...place });
    }
    return found;
  };

  let timed: { run: number; times: Float64Array } | undefined;
  /** Of each turn of a run, the nanoseconds that its steps took; kept until another run is asked for. */
  const timesOf = (run: number) => {
    if (timed?.run !== run) timed = { run, times: timeTurns(trace, headers(run), runs.call[run], runs.lastStep[run]) };
    return timed.times;
  };

  /** The steps of one statement in a turn: of the loop's own call, or else of calls as deep as that of `like`. */
  const repeats = ({ index, call }: LoopRun, turn: number, like: number): number[] => {
    const { start, order } = executions.byStatement;
    const statement = steps.statement[like];
    const own = steps.call[like] === call;
    const from = opens(index, turn);
    const next = opens(index, turn + 1);
    const to = next >= 0 ? next : lastInside(positions, runs.lastStep[index]) + 1;
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
      const run = innermost(step);
      return run >= 0 && runs.finished[run] === 1 && headers(run).at(-1) === step;
    },
    span({ index }, turn) {
      const next = opens(index, turn + 1);
      const to = next >= 0 ? positions.entry[next] : positions.exit[runs.lastStep[index]] + 1;
      return { from: positions.entry[opens(index, turn)], to };
    },
    duration: ({ index }, turn) => timesOf(index)[turn - 1],
    more: ({ index }) => elided.wordsAfter(headers(index).at(-1)!),
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

/** Nanoseconds between the headers of a run, by the steps of its call, which take what they called with them. */
function timeTurns({ steps }: Trace, headers: Int32Array, call: number, lastStep: number): Float64Array {
  const times = new Float64Array(headers.length);
  let turn = 0;
  for (let step = headers[0]; step <= lastStep; step++) {
    if (steps.call[step] !== call) continue;
    if (step === headers[turn + 1]) turn++;
    times[turn] += steps.duration[step];
  }
  return times;
}

/**
 * Follow every call through its loops. A run begins with a loop's header and ends when a step of the same call lies outside
 * of the loop, header to last line; each execution of the header begins a turn. The last one does not if nothing of the
 * body followed: it found nothing left to do, and the run is `finished`.
 */
function followRuns({ steps, statements, calls }: Trace) {
  const count = statements.loop_end.some((line) => line > 0) ? steps.call.length : 0;
  const callCount = calls.parent.length;
  const innermost = new Int32Array(callCount).fill(-1); // of each call, the run that it is in
  const latest = new Int32Array(callCount).fill(-1); // of each call, its last step so far
  const [statement, call, outer, firstStep, lastStep, finished]: number[][] = [[], [], [], [], [], []];

  const end = (run: number, of: number) => {
    lastStep[run] = latest[of];
    return outer[run];
  };

  for (let step = 0; step < count; step++) {
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
        firstStep.push(step);
        lastStep.push(step);
        run = finished.push(1) - 1;
      }
      finished[run] = 1;
    }
    innermost[of] = run;
    latest[of] = step;
  }
  for (let of = 0; of < callCount; of++) for (let run = innermost[of]; run >= 0;) run = end(run, of);
  return {
    statement: Int32Array.from(statement),
    call: Int32Array.from(call),
    outer: Int32Array.from(outer),
    firstStep: Int32Array.from(firstStep),
    lastStep: Int32Array.from(lastStep),
    finished: Uint8Array.from(finished),
    byCall: groupRows(call, callCount),
  };
}
