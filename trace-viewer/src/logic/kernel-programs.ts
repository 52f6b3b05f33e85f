import { callLinks, childrenOf } from "./call-links";
import { lastAtMost } from "./columns";
import { kernelAt } from "./kernel-place";
import type { Lecture } from "./lecture";
import { loopsOf } from "./loops";

/** Where a program stands as another one does. */
export interface Counterpart {
  position: number;
  /** It is on the same line; else the program never came there, and this is as far as the way goes. */
  isSame: boolean;
}

/**
 * Where `program` stands as `position` does in its own: on the same line, in the same turns of the loops around it, in the
 * same calls. From elsewhere, the program's first line. Null for a program that ran no line.
 */
export function counterpartOf(lecture: Lecture, position: number, program: number): Counterpart | null {
  const { trace, positions } = lecture;
  const links = callLinks(lecture);
  let call = trace.programs.call[program];
  if (!(links.first[call] >= 0)) return null;
  const place = kernelAt(lecture, position);
  const from = place && place.program >= 0 ? trace.programs.call[place.program] : -1;
  // The steps that lead from the program's own line inwards to the position.
  const frames = lecture.stackAt(position);
  const depth = frames.findIndex((frame) => frame.call === from);
  if (depth < 0) return { position: positions.entry[links.first[call]], isSame: true };
  let reached = links.first[call];
  for (let level = depth; level >= 0; level--) {
    const like = frames[level].step;
    const found = sameInCall(lecture, like, call);
    if (found < 0) {
      // It never came into the loop: the loop's header says why.
      const headers = loopsOf(lecture)
        .around(like)
        .map(({ statement }) => lecture.executions.within(statement, call));
      const nearest = headers.find(({ length }) => length > 0)?.at(-1) ?? reached;
      return { position: positions.entry[nearest], isSame: false };
    }
    reached = found;
    if (level === 0) {
      const isWayOut = positions.out[position] === 1;
      return { position: isWayOut ? positions.exit[found] : positions.entry[found], isSame: true };
    }
    call = sameCall(lecture, like, frames[level - 1].call, found);
    if (call < 0) break;
  }
  return { position: positions.entry[reached], isSame: false };
}

/** The step of another call of the same function that stands as `like` does: on its line, in the same turns; -1 if none. */
function sameInCall(lecture: Lecture, like: number, call: number): number {
  const { executions, positions, trace } = lecture;
  const loops = loopsOf(lecture);
  let steps = executions.within(trace.steps.statement[like], call);
  for (const wanted of loops.around(like).toReversed()) {
    // Of those that are left, the ones in the same turn of this loop, or in its last.
    const run =
      steps.length > 0 ? loops.around(steps[0]).find(({ statement }) => statement === wanted.statement) : null;
    if (!run) break;
    const { from, to } = loops.span(run, Math.min(wanted.turn, run.turns));
    const before = (limit: number) => lastAtMost(limit - 1, 0, steps.length, (i) => positions.entry[steps[i]]) + 1;
    const inTurn = steps.subarray(before(from), before(to));
    // A header that ends its loop is in no turn of it.
    if (wanted.ended && trace.steps.statement[like] === wanted.statement) steps = steps.subarray(before(to));
    else if (inTurn.length > 0) steps = inTurn;
  }
  return steps[0] ?? -1;
}

/** The call made by `step` that is to it what `made` is to `like`: of the same function, and as many calls on. */
function sameCall(lecture: Lecture, like: number, made: number, step: number): number {
  const { calls, steps } = lecture.trace;
  const links = callLinks(lecture);
  const madeBy = (of: number) => {
    const children = childrenOf(links, steps.call[of]);
    const before = lastAtMost(of - 1, 0, children.length, (i) => calls.parent[children[i]]) + 1;
    const behind = lastAtMost(of, before, children.length, (i) => calls.parent[children[i]]) + 1;
    return children.subarray(before, behind || before).filter((call) => calls.function[call] === calls.function[made]);
  };
  return madeBy(step)[madeBy(like).indexOf(made)] ?? -1;
}
