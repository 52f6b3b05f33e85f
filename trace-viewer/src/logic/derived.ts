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
  const origins = new Map<string, Origin>(); // a step that names an array twice is told of it once
  for (const row of rows.get(position) ?? []) {
    if (strings[derived.name[row]] !== name || steps.call[derived.step[row]] !== call) continue;
    const [source, relation] = [strings[derived.source[row]], RELATIONS[derived.relation[row]]];
    if (origins.size < MOST_ORIGINS) origins.set(`${relation} ${source}`, { source, relation });
  }
  return [...origins.values()];
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
