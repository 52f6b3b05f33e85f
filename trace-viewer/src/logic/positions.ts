import type { Trace } from "../format/generated";
import type { CallTree } from "./calls";

/**
 * The places a reader steps through, in order. A step has one position, except a step that called visible code, which has
 * two: on the way in, before that code, and on the way out, after it.
 */
export interface Positions {
  count: number;
  /** Of each position: its step, and 1 when it is that step's way out. */
  step: Int32Array;
  out: Uint8Array;
  /** Of each step: its (first) position, and its way out, which is the same one when it called nothing visible. */
  entry: Int32Array;
  exit: Int32Array;
  /** Of each step: how many calls were open around it. */
  depth: Uint8Array | Uint16Array;
}

/** Calls are counted so far; no Python stack is deeper. */
const DEEPEST = 2 ** 16 - 1;

/**
 * Follows the run with the chain of open steps of each track, outermost first. A step leaves its chain when a step comes
 * that is not inside it; a suspended generator's step may come back, so only its last leaving counts.
 */
export function buildPositions({ calls, steps, tracks, resumes }: Trace, tree: CallTree): Positions {
  const n = steps.call.length;
  const last = new Int32Array(n).fill(-1);
  const depth = new Uint16Array(n);
  const open = new Uint8Array(n);
  const hasInner = new Uint8Array(n);
  const seenAt = new Int32Array(n).fill(-1); // stops a walk that a damaged trace would send round in circles
  let walk = 16 * n + 1_000_000; // … or up and down a deep stack at every step: suspended callers that come back, in all
  const chains = Array.from(tracks.rank, () => [] as number[]);
  const left: number[] = []; // of steps with others inside, pairs: the one that left, the one it left after; inner first

  const leave = (chain: number[], length: number) => {
    const after = chain[chain.length - 1];
    while (chain.length > length) {
      const step = chain.pop()!;
      open[step] = 0;
      last[step] = after;
      if (hasInner[step]) left.push(step, after);
    }
  };

  const inner: number[] = [];
  const moves = resumes.call.length > 0; // whether a call may come to have another caller
  for (let step = 0; step < n; step++) {
    const call = steps.call[step];
    const chain = chains[calls.track[call]];
    const innermost = chain[chain.length - 1];
    if (!moves && chain.length > 0 && steps.call[innermost] === call) {
      // As most do, it follows a step of its own call in which nothing ran.
      last[innermost] = innermost;
      open[innermost] = 0;
      open[step] = 1;
      depth[step] = depth[innermost];
      chain[chain.length - 1] = step;
      continue;
    }
    inner.length = 0;
    let outer = tree.parent(call, step);
    while (outer >= 0 && !open[outer] && seenAt[outer] !== step && walk-- > 0) {
      seenAt[outer] = step;
      inner.push(outer);
      outer = tree.parent(steps.call[outer], step);
    }
    const found = outer >= 0 ? chain.lastIndexOf(outer) : -1;
    if (chain.length > found + 1) leave(chain, found + 1);
    depth[step] = Math.min(chain.length + inner.length, DEEPEST);
    for (let i = inner.length; i >= 0; i--) {
      const opened = i > 0 ? inner[i - 1] : step;
      if (chain.length > 0) hasInner[chain[chain.length - 1]] = 1;
      chain.push(opened);
      open[opened] = 1;
    }
  }
  for (const chain of chains) if (chain.length > 0) leave(chain, 0);

  const shallow = depth.every((calls) => calls < 256);
  return { depth: shallow ? new Uint8Array(depth) : depth, ...arrange(n, left, last) };
}

/** Lay the positions out: each step where it opened, the ways out behind the last step inside them. */
function arrange(n: number, left: number[], last: Int32Array) {
  const ways = new Int32Array(n + 1); // ways[s]: how many ways out follow step s
  const counts = (i: number) => last[left[i]] === left[i + 1];
  for (let i = 0; i < left.length; i += 2) if (counts(i)) ways[left[i + 1]]++;
  const entry = new Int32Array(n);
  let count = 0;
  for (let s = 0; s < n; s++) {
    entry[s] = count;
    count += 1 + ways[s];
  }
  const step = new Int32Array(count);
  const out = new Uint8Array(count);
  const exit = entry.slice();
  for (let s = 0; s < n; s++) step[entry[s]] = s;
  const next = new Int32Array(n).fill(1);
  for (let i = 0; i < left.length; i += 2) {
    if (!counts(i)) continue;
    const after = left[i + 1];
    const position = entry[after] + next[after]++;
    step[position] = left[i];
    out[position] = 1;
    exit[left[i]] = position;
  }
  return { count, step, out, entry, exit };
}

/** The last step that ran inside a step: itself, if none did. A step's way out stands behind it. */
export function lastInside({ step, out, exit }: Positions, of: number): number {
  let position = exit[of];
  while (out[position]) position--;
  return step[position];
}

/** The same of every step. */
export function lastsInside({ step, out, entry, count }: Positions): Int32Array {
  const last = new Int32Array(entry.length);
  let latest = 0;
  for (let position = 0; position < count; position++) {
    if (!out[position]) latest = step[position];
    last[step[position]] = latest;
  }
  return last;
}

/** When something that `step` left behind, recorded while `at` was the newest step, is known to a reader. */
export function knownFrom({ count, entry, exit }: Positions, step: number, at: number): number {
  if (step === at) return entry[at];
  return exit[step] >= entry[at] ? exit[step] : Math.min(entry[at] + 1, count - 1);
}
