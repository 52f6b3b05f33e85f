import type { Heading } from "../../logic/headings";

/** Levels that an outline has at most: what is deeper is found by reading. */
const DEEPEST = 3;

/** With more entries than this, subsections show only in the section where the reader is. */
const MANY = 26;

/** How deep each heading stands in the outline, from 1: as many levels as there are kinds of headings above it. */
export function levelsOf(headings: Pick<Heading, "level">[]): number[] {
  const above: number[] = [];
  return headings.map(({ level }) => {
    while (above.length > 0 && above.at(-1)! >= level) above.pop();
    above.push(level);
    return above.length;
  });
}

/** The entries to show, as indices of headings: all, if they are few; else the sections, and what is in the current one. */
export function entriesAround(levels: number[], section: number): number[] {
  const all = levels.flatMap((level, index) => (level <= DEEPEST ? [index] : []));
  if (all.length <= MANY) return all;
  const opened = levels.findLastIndex((level, index) => level < DEEPEST && index <= section);
  const closed = levels.findIndex((level, index) => level < DEEPEST && index > Math.max(opened, 0));
  const inside = (index: number) => opened >= 0 && index > opened && (closed < 0 || index < closed);
  return all.filter((index) => levels[index] < DEEPEST || inside(index));
}
