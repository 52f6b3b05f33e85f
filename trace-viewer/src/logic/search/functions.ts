import type { Lecture } from "../lecture";

/** A function of the lecture that ran. */
export interface FunctionEntry {
  name: string;
  file: number;
  line: number;
  calls: number;
  /** The position at which it first ran. */
  position: number;
}

const byLecture = new WeakMap<Lecture, FunctionEntry[]>();

/** The functions that ran, in the order in which they first did; class bodies and the like are among them. */
export function functionsOf(lecture: Lecture): FunctionEntry[] {
  let found = byLecture.get(lecture);
  if (!found) byLecture.set(lecture, (found = collect(lecture)));
  return found;
}

function collect({ trace, positions }: Lecture): FunctionEntry[] {
  const { functions, calls, steps, strings } = trace;
  const count = new Int32Array(functions.name.length);
  for (const fn of calls.function) count[fn]++;
  const first = new Int32Array(functions.name.length).fill(-1);
  let open = count.reduce((sum, times) => sum + (times > 0 ? 1 : 0), 0);
  for (let step = 0; step < steps.call.length && open > 0; step++) {
    const fn = calls.function[steps.call[step]];
    if (first[fn] >= 0) continue;
    first[fn] = step;
    open--;
  }
  return Array.from(functions.name, (name, fn) => ({
    name: strings[name],
    file: functions.file[fn],
    line: functions.line[fn],
    calls: count[fn],
    position: first[fn] < 0 ? -1 : positions.entry[first[fn]],
  }))
    .filter(({ position }) => position >= 0)
    .sort((a, b) => a.position - b.position);
}
