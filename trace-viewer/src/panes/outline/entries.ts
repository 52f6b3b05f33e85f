import type { Heading } from "../../logic/headings";

/** Levels that an outline has at most: what is deeper is found by reading. */
const DEEPEST = 3;

export interface Entry {
  heading: Heading;
  /** Of the heading among all of the lecture. */
  index: number;
  /** How deep it stands, from 1: levels that the author left out do not count. */
  level: number;
}

/** What an outline shows of the headings of a lecture, always the same: what grows and shrinks under the eyes disturbs. */
export function entriesOf(headings: Heading[]): Entry[] {
  const above: number[] = [];
  return headings.flatMap((heading, index) => {
    while (above.length > 0 && above.at(-1)! >= heading.level) above.pop();
    const level = above.push(heading.level);
    return level <= DEEPEST ? [{ heading, index, level }] : [];
  });
}
