import type { Trace } from "../format/generated";
import { callLinks, childrenOf } from "./call-links";
import { lastAtMost } from "./columns";
import { openLecture, type Lecture } from "./lecture";
import { lastInside } from "./positions";
import { lanesOf, rankTrace, type Lanes } from "./rank-trace";
import { followWay, type Counterpart } from "./same-place";

/** A run of several ranks: each is a lecture of its own, and all stand on one clock. */
export interface Run {
  trace: Trace;
  lanes: Lanes;
  /** The ranks, ascending. */
  ranks: number[];
  /** What a rank did; of a number that is no rank, the first one. */
  open(rank: number): RankLecture;
  /** The same, if it was opened before. */
  opened(rank: number): RankLecture | null;
}

/** What one rank did, and where its steps stand in the whole run. */
export interface RankLecture extends Lecture {
  rank: OfRank;
}

export interface OfRank {
  number: number;
  run: Run;
  /** Of each step its number in the whole run. */
  steps: Int32Array;
  /** The first and the last of them that are its own, and not of the process that started it; -1: there are none. */
  first: number;
  last: number;
}

const runs = new WeakMap<Trace, Run>();

export function runOf(trace: Trace): Run {
  let run = runs.get(trace);
  if (!run) runs.set(trace, (run = buildRun(trace)));
  return run;
}

function buildRun(trace: Trace): Run {
  const lanes = lanesOf(trace);
  const opened = new Map<number, RankLecture>();
  const run: Run = {
    trace,
    lanes,
    ranks: lanes.ranks,
    open(asked) {
      const number = lanes.ranks.includes(asked) ? asked : (lanes.ranks[0] ?? 0);
      let lecture = opened.get(number);
      if (!lecture) {
        const own = rankTrace(trace, lanes, number);
        let [first, last] = [0, own.steps.length - 1];
        while (first <= last && !own.isOwn(first)) first++;
        while (last >= first && !own.isOwn(last)) last--;
        const ends = first <= last ? { first, last } : { first: -1, last: -1 };
        lecture = { ...openLecture(own.trace), rank: { number, run, steps: own.steps, ...ends } };
        opened.set(number, lecture);
      }
      return lecture;
    },
    opened: (rank) => opened.get(rank) ?? null,
  };
  return run;
}

/** The step of the whole run that a position of a rank is: of a way out, the last one inside it. */
export function momentOf({ rank, positions }: RankLecture, position: number): number {
  if (position < 0) return -1;
  const step = positions.step[position];
  return rank.steps[positions.out[position] ? lastInside(positions, step) : step];
}

/** Where a rank was at a step of the whole run: at the line that it had begun last, or -1: it had begun none. */
export function positionAt({ rank, positions }: RankLecture, moment: number): number {
  const step = lastAtMost(moment, 0, rank.steps.length, (i) => rank.steps[i]);
  return step < 0 ? -1 : positions.entry[step];
}

/** Where another rank stands as `position` does in this one: on its line, in its turn. Null for one that ran nothing like it. */
export function sameLine(lecture: RankLecture, position: number, other: RankLecture): Counterpart | null {
  if (position < 0 || other.positions.count === 0) return null;
  if (other === lecture) return { position, isSame: true };
  const frames = lecture.stackAt(position);
  const { call: outermost } = frames[frames.length - 1];
  const alike = (of: Lecture) =>
    childrenOf(callLinks(of), -1).filter(
      (call) => of.trace.calls.function[call] === lecture.trace.calls.function[outermost],
    );
  const call = alike(other)[alike(lecture).indexOf(outermost)];
  if (call === undefined) return null;
  return followWay(lecture, position, frames.length - 1, other, call, callLinks(other).first[call]);
}
