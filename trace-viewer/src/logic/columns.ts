/** Small tools over columns of integers, all linear or logarithmic: a trace may have a million rows. */

/** Rows grouped by a key: those of key k, in their own order, are `order[start[k]]` … `order[start[k + 1] - 1]`. */
export interface Groups {
  start: Int32Array;
  order: Int32Array;
}

/** Group rows by an integer key below `keys`; `rows` (all of them in order, if left out) is kept stable. */
export function groupRows(key: ArrayLike<number>, keys: number, rows?: Int32Array): Groups {
  const count = rows?.length ?? key.length;
  const start = new Int32Array(keys + 1);
  for (let i = 0; i < count; i++) start[key[rows ? rows[i] : i] + 1]++;
  for (let k = 0; k < keys; k++) start[k + 1] += start[k];
  const next = start.slice();
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const row = rows ? rows[i] : i;
    order[next[key[row]]++] = row;
  }
  return { start, order };
}

/** The last index in [from, to) whose `value` is at most `limit`, or -1; `value` must not decrease. */
export function lastAtMost(limit: number, from: number, to: number, value: (index: number) => number): number {
  const first = from;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (value(middle) <= limit) from = middle + 1;
    else to = middle;
  }
  return from > first ? from - 1 : -1;
}
