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
  let depth: Uint8Array | Uint16Array = new Uint8Array(n);
  const open = new Uint8Array(n);
  const hasInner = new Uint8Array(n);
  const moves = resumes.call.length > 0; // whether a call may come to have another caller
  const seenAt = moves ? new Int32Array(n).fill(-1) : []; // stops a walk that a damaged trace would send round in circles
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
    if (inner.length > 0) inner.length = 0;
    let outer = tree.parent(call, step);
    while (outer >= 0 && !open[outer] && seenAt[outer] !== step && walk-- > 0) {
      if (moves) seenAt[outer] = step; // elsewhere a caller always came before
      inner.push(outer);
      outer = tree.parent(steps.call[outer], step);
    }
    const found = outer >= 0 ? chain.lastIndexOf(outer) : -1;
    if (chain.length > found + 1) leave(chain, found + 1);
    const deep = chain.length + inner.length;
    if (deep > 255 && depth instanceof Uint8Array) depth = new Uint16Array(depth);
    depth[step] = Math.min(deep, DEEPEST);
    for (let i = inner.length; i >= 0; i--) {
      const opened = i > 0 ? inner[i - 1] : step;
      if (chain.length > 0) hasInner[chain[chain.length - 1]] = 1;
      chain.push(opened);
      open[opened] = 1;
    }
  }
  for (const chain of chains) if (chain.length > 0) leave(chain, 0);

  return { depth, ...arrange(n, left, last) };
}

/** Lay the positions out: each step where it opened, the ways out behind the last step inside them. */
function arrange(n: number, left: number[], last: Int32Array) {
  // Of the pairs, those that are a step's last leaving.
  let kept = 0;
  for (let i = 0; i < left.length; i += 2) {
    if (last[left[i]] !== left[i + 1]) continue;
    left[kept++] = left[i];
    left[kept++] = left[i + 1];
  }
  const count = n + kept / 2;
  const step = new Int32Array(count);
  const out = new Uint8Array(count);
  const entry = new Int32Array(n); // first, how many ways out follow a step
  const exit = last; // which has told all that it knows
  for (let i = 0; i < kept; i += 2) entry[left[i + 1]]++;
  let position = 0;
  for (let s = 0; s < n; s++) {
    const ways = entry[s];
    entry[s] = position;
    exit[s] = position;
    step[position] = s;
    position += 1 + ways;
  }
  const laid = new Uint32Array(n); // of the ways out that follow a step
  for (let i = 0; i < kept; i += 2) {
    const after = left[i + 1];
    position = entry[after] + ++laid[after];
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
