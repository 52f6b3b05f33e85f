/** Which cells of an array are not what they were. */
import type { Tensor } from "../../format/generated";
import { fieldOf, soundShape, type Field } from "./field";

export interface Change {
  /** By cell: 1 where it changed. Undefined when the two cannot be compared cell by cell. */
  cells?: Uint8Array | undefined;
  count: number;
  /** The shape it had, where that is another. */
  shape?: number[] | undefined;
  /** The dtype it had, where that is another. */
  dtype?: string | undefined;
}

/** What changed from `before` to `tensor`, as far as the record shows both. */
export function changeOf(tensor: Tensor, before: Tensor): Change {
  const change: Change = { count: 0 };
  const [own, was] = [soundShape(tensor), soundShape(before)];
  if (!own || !was) return change;
  if (own.length !== was.length || own.some((size, axis) => size !== was[axis])) change.shape = was;
  if (tensor.dtype !== before.dtype) change.dtype = String(before.dtype);
  const [now, then] = [fieldOf(tensor), fieldOf(before)];
  if (change.shape || !now || !then || !isComparable(now, then)) return change;
  change.cells = new Uint8Array(now.cells.length);
  for (let i = 0; i < now.cells.length; i++) {
    if (now.cells[i] === then.cells[i]) continue;
    change.cells[i] = 1;
    change.count++;
  }
  return change;
}

/** Whether the cells of both are the same elements, as exact in one as in the other. */
function isComparable(now: Field, then: Field): boolean {
  if (now.cells.length !== then.cells.length || now.columns !== then.columns || now.whole !== then.whole) return false;
  const last = now.cells.length - 1;
  return [0, Math.floor(last / 2), last].every((cell) => String(now.indexOf(cell)) === String(then.indexOf(cell)));
}
