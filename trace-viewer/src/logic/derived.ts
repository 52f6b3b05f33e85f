import type { Trace } from "../format/generated";
import type { Lecture } from "./lecture";

/** What a step made an array from, and how it is related to that. */
export interface Origin {
  source: string;
  relation: Relation;
}

export type Relation = "same object" | "same memory" | "own memory";

const RELATIONS: Relation[] = ["same object", "same memory", "own memory"];
const MOST_ORIGINS = 8;

const byLecture = new WeakMap<Lecture, Map<number, number[]>>();

/** What the array that `name` became at exactly this position was made from; nothing if it did not become one here. */
export function originsAt(lecture: Lecture, call: number, name: string, position: number): Origin[] {
  let rows = byLecture.get(lecture);
  if (!rows) byLecture.set(lecture, (rows = groupByPosition(lecture)));
  const { derived, steps, strings } = lecture.trace;
  return (rows.get(position) ?? [])
    .filter((row) => strings[derived.name[row]] === name && steps.call[derived.step[row]] === call)
    .slice(0, MOST_ORIGINS)
    .map((row) => ({ source: strings[derived.source[row]], relation: RELATIONS[derived.relation[row]] }));
}

/** A step's array is there once the step has run, with all that it called. */
function groupByPosition({ trace, positions }: { trace: Trace } & Pick<Lecture, "positions">): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  trace.derived.step.forEach((step, row) => {
    const position = positions.exit[step];
    const there = rows.get(position);
    if (there) there.push(row);
    else rows.set(position, [row]);
  });
  return rows;
}
