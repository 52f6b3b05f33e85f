import { scanned } from "./lines";

/** Of each line of a Python source, the column at which its comment begins, or -1: a `#` in a string begins none. */
export function commentColumns(text: string): number[] {
  return scanned(text).comments;
}
