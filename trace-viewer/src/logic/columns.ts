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
  const order = new Int32Array(count);
  if (rows) for (let i = 0; i < count; i++) start[key[rows[i]] + 1]++;
  else for (let row = 0; row < count; row++) start[key[row] + 1]++;
  for (let k = 0, sum = 0; k < keys; k++) start[k + 1] = sum += start[k + 1];
  const next = start.slice();
  if (rows) for (let i = 0; i < count; i++) order[next[key[rows[i]]]++] = rows[i];
  else for (let row = 0; row < count; row++) order[next[key[row]]++] = row;
  return { start, order };
}

/** All rows in the order of an integer key below `keys`, those of one key in their own order. */
export function sortRows(key: ArrayLike<number>, keys: number): Int32Array {
  const rows = Int32Array.from({ length: key.length }, (_, row) => row);
  // Next to few rows, groups of so many keys are long to count through.
  if (rows.length * 32 < keys) return rows.sort((a, b) => key[a] - key[b] || a - b);
  return groupRows(key, keys, rows).order;
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
