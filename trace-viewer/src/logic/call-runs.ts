import { lastAtMost } from "./columns";

/**
 * Calls made one after another by the same functions: `f f f f`, or `step loss step loss` as a loop makes them. The first
 * of them stand for the rest, which are folded into one row.
 */
export interface Run {
  /** Of the calls that one call made: the first of the run, and the one behind its last. */
  from: number;
  to: number;
  /** How many of its calls are shown before the rest is folded. */
  shown: number;
}

/** Calls of a pattern that repeats; a longer one is not looked for. */
const LONGEST_PATTERN = 8;
/** Fewer calls than this are not worth folding. */
const LEAST_FOLDED = 4;

/** The runs in a list of functions, from left to right. */
export function findRuns(functions: ArrayLike<number>): Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < functions.length;) {
    let best: Run | null = null;
    for (let period = 1; period <= LONGEST_PATTERN && from + 2 * period <= functions.length; period++) {
      let to = from + period;
      while (to < functions.length && functions[to] === functions[to - period]) to++;
      const shown = Math.max(period, 2);
      const whole = to - ((to - from) % period); // what has begun another round stands on its own
      if (whole - from - shown < LEAST_FOLDED || (best && whole <= best.to)) continue;
      best = { from, to: whole, shown };
    }
    if (best) runs.push(best);
    from = best ? best.to : from + 1;
  }
  return runs;
}

/** The calls that one call made, as rows: each call one, and one more for what is folded of each run. */
export interface Siblings {
  rows: number;
  /** What a row is: a call, as an index into those made; or the row of a run. */
  at(row: number): { index: number } | { run: number };
  /** The row of a call, or, where it is folded away, that of its run. */
  rowOf(index: number): { row: number; folded: boolean };
}

/** Lay them out; `isOpen` says which runs show all of their calls. Nothing here grows with the number of calls. */
export function laySiblings(count: number, runs: Run[], isOpen: (run: number) => boolean): Siblings {
  const start = new Int32Array(runs.length); // the row at which each run begins
  const end = new Int32Array(runs.length); // the row behind its last
  let row = 0;
  let index = 0;
  runs.forEach(({ from, to, shown }, run) => {
    start[run] = row + from - index;
    end[run] = start[run] + (isOpen(run) ? to - from : shown) + 1;
    [row, index] = [end[run], to];
  });
  return {
    rows: row + count - index,
    at(row) {
      const run = lastAtMost(row, 0, runs.length, (i) => start[i]);
      if (run < 0) return { index: row };
      const { from, to, shown } = runs[run];
      if (row >= end[run]) return { index: to + row - end[run] };
      const within = row - start[run];
      if (within === shown) return { run };
      return { index: from + within - (within > shown ? 1 : 0) };
    },
    rowOf(index) {
      const run = lastAtMost(index, 0, runs.length, (i) => runs[i].from);
      if (run < 0) return { row: index, folded: false };
      const { from, to, shown } = runs[run];
      if (index >= to) return { row: end[run] + index - to, folded: false };
      const within = index - from;
      if (within < shown) return { row: start[run] + within, folded: false };
      if (isOpen(run)) return { row: start[run] + within + 1, folded: false };
      return { row: start[run] + shown, folded: true };
    },
  };
}
