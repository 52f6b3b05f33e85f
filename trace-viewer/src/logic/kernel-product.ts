import type { Product } from "./kernel-sheets";
import { boxOf, type Box } from "./kernel-tiles";
import { kernelsOf } from "./kernels";
import type { Lecture } from "./lecture";

/** So many programs, and accesses of each, are looked at. */
const MOST_PROGRAMS = 8;
const MOST_ACCESSES = 64;
/** Programs looked at for one that differs in the first dimension alone. */
const MOST_ACROSS = 4096;

/**
 * Whether a launch multiplies two of its matrices, so that they are drawn as one does on paper: a program that stores rows r and
 * columns c of one loads rows r of a second, never cut to columns c, and columns c of a third. `arrays` are those drawn, in order.
 */
export function productOf(lecture: Lecture, programs: ArrayLike<number>, arrays: readonly number[]): Product | null {
  const { trace } = lecture;
  const { byProgram } = kernelsOf(lecture);
  for (let i = 0; i < Math.min(programs.length, MOST_PROGRAMS); i++) {
    const { start, order } = byProgram;
    const [from, to] = [start[programs[i] + 1], start[programs[i] + 2]];
    const rows = [
      ...order.subarray(from, Math.min(to, from + MOST_ACCESSES)),
      ...order.subarray(Math.max(from, to - 4), to),
    ];
    const touched = (wanted: boolean) =>
      rows.flatMap((row) => {
        const box = boxOf(trace, row);
        const array = trace.accesses.array[row];
        const at = arrays.indexOf(array);
        const isStore = trace.accesses.kind[row] > 0;
        return box && at >= 0 && box.length === 2 && isStore === wanted
          ? [{ at, box, shape: trace.arrays[array].shape }]
          : [];
      });
    for (const stored of touched(true)) {
      const loaded = touched(false).filter(({ at }) => at !== stored.at);
      const left = loaded.find(
        ({ box, shape }) => isSame(box, stored.box, 0) && !isSame(box, stored.box, 1) && shape[0] === stored.shape[0],
      );
      const above = loaded.find(
        ({ at, box, shape }) =>
          at !== left?.at && isSame(box, stored.box, 1) && !isSame(box, stored.box, 0) && shape[1] === stored.shape[1],
      );
      if (left && above && left.shape[1] === above.shape[0]) {
        return { left: left.at, above: above.at, product: stored.at };
      }
    }
  }
  return null;
}

/**
 * Whether the first dimension of the grid goes down the rows of what its programs store, and not across the columns: then it is
 * drawn downwards, too.
 */
export function goesDown(lecture: Lecture, programs: ArrayLike<number>): boolean {
  const { trace } = lecture;
  const { x, y, z } = trace.programs;
  const { byProgram } = kernelsOf(lecture);
  const lastStore = (program: number) => {
    const [from, to] = [byProgram.start[program + 1], byProgram.start[program + 2]];
    const rows = byProgram.order.subarray(Math.max(from, to - 4), to);
    return rows.findLast((row) => trace.accesses.kind[row] > 0 && (boxOf(trace, row)?.length ?? 0) > 1);
  };
  const first = programs[0];
  for (let i = 1; i < Math.min(programs.length, MOST_ACROSS); i++) {
    const other = programs[i];
    if (x[other] === x[first] || y[other] !== y[first] || z[other] !== z[first]) continue;
    const [one, two] = [lastStore(first), lastStore(other)];
    if (one === undefined || two === undefined || trace.accesses.array[one] !== trace.accesses.array[two]) continue;
    const [a, b] = [boxOf(trace, one)!.slice(-2), boxOf(trace, two)!.slice(-2)];
    return !isSame(a, b, 0) && isSame(a, b, 1);
  }
  return false;
}

function isSame(a: Box, b: Box, axis: number): boolean {
  return a[axis].start === b[axis].start && a[axis].stop === b[axis].stop;
}
