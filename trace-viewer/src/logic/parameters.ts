import type { Lecture } from "./lecture";

const byLecture = new WeakMap<Lecture, Map<number, number>>();

/** How many parameters take so many bytes, if a module that the lecture looked at has exactly these; else null. */
export function parameterCount(lecture: Lecture, bytes: number): number | null {
  let counts = byLecture.get(lecture);
  if (!counts) byLecture.set(lecture, (counts = countsByBytes(lecture)));
  return counts.get(bytes) || null;
}

function countsByBytes({ trace }: Lecture): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of trace.values) {
    if (value === null || typeof value !== "object" || value.kind !== "module") continue;
    const { parameter_bytes: bytes, parameter_count: count } = value;
    if (!(bytes > 0) || !(count > 0)) continue;
    const known = counts.get(bytes);
    counts.set(bytes, known === undefined || known === count ? count : 0); // two that differ say nothing
  }
  return counts;
}
