import { callLinks, childrenOf } from "./call-links";
import { lastAtMost } from "./columns";
import type { Lecture } from "./lecture";
import { loopsOf } from "./loops";

/** Where something stands as a position does elsewhere. */
export interface Counterpart {
  position: number;
  /** It is on the same line; else it never came there, and this is as far as the way goes. */
  isSame: boolean;
}

/**
 * Follow the way that leads to `position`, given as its frames from `depth` inwards, in `call` of `other`: the same lines, in
 * the same turns of the loops around them, and the same calls. `reached` is told where the way parts at once. Statements and
 * functions have the same numbers in both.
 */
export function followWay(
  lecture: Lecture,
  position: number,
  depth: number,
  other: Lecture,
  call: number,
  reached: number,
): Counterpart {
  const { positions } = other;
  const frames = lecture.stackAt(position);
  for (let level = depth; level >= 0; level--) {
    const like = frames[level].step;
    const found = sameInCall(lecture, like, other, call);
    if (found < 0) {
      // It never came into the loop: the loop's header says why.
      const headers = loopsOf(lecture)
        .around(like)
        .map(({ statement }) => other.executions.within(statement, call));
      const nearest = headers.find(({ length }) => length > 0)?.at(-1) ?? reached;
      return { position: positions.entry[nearest], isSame: false };
    }
    reached = found;
    if (level === 0) {
      const isWayOut = lecture.positions.out[position] === 1;
      return { position: isWayOut ? positions.exit[found] : positions.entry[found], isSame: true };
    }
    call = sameCall(lecture, like, frames[level - 1].call, other, found);
    if (call < 0) break;
    reached = callLinks(other).first[call];
  }
  return { position: positions.entry[reached], isSame: false };
}

/** The step of another call of the same function that stands as `like` does: on its line, in the same turns; -1 if none. */
function sameInCall(lecture: Lecture, like: number, other: Lecture, call: number): number {
  const { executions, positions } = other;
  const statement = lecture.trace.steps.statement[like];
  const loops = loopsOf(other);
  let steps = executions.within(statement, call);
  for (const wanted of loopsOf(lecture).around(like).toReversed()) {
    // Of those that are left, the ones in the same turn of this loop, or in its last.
    const run = steps.length > 0 ? loops.around(steps[0]).find((each) => each.statement === wanted.statement) : null;
    if (!run) break;
    const { from, to } = loops.span(run, Math.min(wanted.turn, run.turns));
    const before = (limit: number) => lastAtMost(limit - 1, 0, steps.length, (i) => positions.entry[steps[i]]) + 1;
    const inTurn = steps.subarray(before(from), before(to));
    // A header that ends its loop is in no turn of it.
    if (wanted.ended && statement === wanted.statement) steps = steps.subarray(before(to));
    else if (inTurn.length > 0) steps = inTurn;
  }
  return steps[0] ?? -1;
}

/** The call made by `step` that is to it what `made` is to `like`: of the same function, and as many calls on. */
function sameCall(lecture: Lecture, like: number, made: number, other: Lecture, step: number): number {
  const madeBy = (within: Lecture, of: number) => {
    const { calls, steps } = within.trace;
    const children = childrenOf(callLinks(within), steps.call[of]);
    const before = lastAtMost(of - 1, 0, children.length, (i) => calls.parent[children[i]]) + 1;
    const behind = lastAtMost(of, before, children.length, (i) => calls.parent[children[i]]) + 1;
    const wanted = lecture.trace.calls.function[made];
    return children.subarray(before, behind || before).filter((call) => calls.function[call] === wanted);
  };
  return madeBy(other, step)[madeBy(lecture, like).indexOf(made)] ?? -1;
}
