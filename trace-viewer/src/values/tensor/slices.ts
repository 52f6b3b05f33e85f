/** Which slices of an array are shown: for each axis before the last two one index, or all. */
import type { Field } from "./field";
import { axisName } from "./facts";

/** By leading axis: the index shown, or null for all. */
export type Slice = readonly (number | null)[];

/** What the reader's choice of a slice is kept under: arrays with the same leading axes show the same. */
export function sliceKey({ leading, shape }: Field, dimensions: string[] | null | undefined): string {
  return leading.map(({ axis }) => `${axisName(axis, dimensions)} ${shape[axis]}`).join(", ");
}

/** The choice as far as it holds for this array: an index that is not in the record gives way to the nearest that is. */
export function soundSlice({ leading }: Field, chosen: Slice | undefined): Slice {
  return leading.map(({ indices }, i) => {
    const at = chosen?.[i];
    if (at === null || at === undefined || indices.length === 0) return null;
    return indices.reduce((best, index) => (Math.abs(index - at) < Math.abs(best - at) ? index : best));
  });
}

/** The numbers of the slices shown, in order. */
export function shownSlices({ leading }: Field, slice: Slice): number[] {
  return leading.reduce(
    (found, { indices }, i) => {
      const at = slice[i];
      const wanted = at === null || at === undefined ? indices.map((_, ordinal) => ordinal) : [indices.indexOf(at)];
      return found.flatMap((outer) => wanted.map((ordinal) => outer * indices.length + ordinal));
    },
    [0],
  );
}
