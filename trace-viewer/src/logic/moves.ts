import type { Lecture } from "./lecture";

/** Where a key press leads: from a position to a position, -1 when there is nothing further that way. */
export type Move = (lecture: Lecture, position: number) => number;

export const forward: Move = ({ positions }, position) => (position + 1 < positions.count ? position + 1 : -1);

export const back: Move = (_, position) => position - 1;

/** On without entering what this step calls: to its way out, else to the next position no deeper than this one. */
export const over: Move = ({ positions }, position) => {
  const { step, out, exit, depth, count } = positions;
  if (position < 0) return -1;
  const here = step[position];
  if (!out[position] && exit[here] !== position) return exit[here];
  for (let next = position + 1; next < count; next++) if (depth[step[next]] <= depth[here]) return next;
  return -1;
};

/** The same backwards: from a way out to the way in, else to the position before that is no deeper. */
export const overBack: Move = ({ positions }, position) => {
  const { step, out, entry, depth } = positions;
  if (position < 0) return -1;
  const here = step[position];
  if (out[position]) return entry[here];
  for (let next = position - 1; next >= 0; next--) if (depth[step[next]] <= depth[here]) return next;
  return -1;
};

/** Out of this call, to where its caller goes on; from the outermost call, to the end. */
export const out: Move = (lecture, position) => {
  const { positions } = lecture;
  const caller = lecture.callerOf(position);
  const target = caller < 0 ? positions.count - 1 : positions.exit[caller];
  return target > position ? target : -1;
};

/** Out of this call backwards, to where its caller entered it; from the outermost call, to the start. */
export const outBack: Move = (lecture, position) => {
  const caller = lecture.callerOf(position);
  const target = caller < 0 ? 0 : lecture.positions.entry[caller];
  return target < position ? target : -1;
};

/** The next turn of the same statement in the same call, as a loop takes it. */
export const nextTurn: Move = (lecture, position) => turn(lecture, position, 1);

export const previousTurn: Move = (lecture, position) => turn(lecture, position, -1);

function turn(lecture: Lecture, position: number, by: 1 | -1): number {
  if (position < 0) return -1;
  const { positions, executions } = lecture;
  const step = executions.turnFrom(positions.step[position], by);
  return step < 0 ? -1 : positions.entry[step];
}

/** The next heading, in the order in which a reader comes to them. */
export const nextHeading: Move = ({ headings }, position) => {
  let next = -1;
  for (const heading of headings)
    if (heading.position > position && (next < 0 || heading.position < next)) next = heading.position;
  return next;
};

/** Back to the heading of this section; from a heading, to the one before. */
export const previousHeading: Move = ({ headings }, position) => {
  let before = -1;
  for (const heading of headings)
    if (heading.position < position && heading.position > before) before = heading.position;
  return before;
};

/** The same move, repeated until it reaches a position that the reader can see. */
export function visible(move: Move, isHidden: (position: number) => boolean): Move {
  return (lecture, position) => {
    let next = move(lecture, position);
    while (next >= 0 && isHidden(next)) {
      const further = move(lecture, next);
      if (further === next) return -1;
      next = further;
    }
    return next;
  };
}
