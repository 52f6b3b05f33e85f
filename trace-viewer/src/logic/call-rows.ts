import type { CallFacts } from "./call-facts";
import { childrenOf } from "./call-links";
import { findRuns, laySiblings, type Run, type Siblings } from "./call-runs";
import { lastAtMost } from "./columns";

/** A row of the tree of calls. */
export type CallRow = OneCall | FoldedCalls;

export interface OneCall {
  kind: "call";
  call: number;
  level: number;
  /** Whether it made calls, and whether they are shown. */
  openable: boolean;
  open: boolean;
  /** Its place among the calls that its caller made, from 1, and how many these are. */
  place: number;
  of: number;
}

/** Stands for the calls of a run that are folded away, or, when open, above them. */
export interface FoldedCalls {
  kind: "more";
  /** The first call of the run: its name. */
  run: number;
  level: number;
  open: boolean;
  /** How many calls it stands for, and of how many functions. */
  count: number;
  functions: number;
}

/** The rows that there are, without making any but those asked for. */
export interface CallRows {
  count: number;
  at(row: number): CallRow;
  /** The row of a call (or of the run named by its first call), or -1 when it is not shown. */
  rowOf(key: { call: number } | { run: number }): number;
}

/** What a reader has opened and closed. A call that is open around the present one is open unless it was closed. */
export interface Opened {
  calls: ReadonlySet<number>;
  closed: ReadonlySet<number>;
  /** Runs, by their first call. */
  runs: ReadonlySet<number>;
}

export const nothingOpened: Opened = { calls: new Set(), closed: new Set(), runs: new Set() };

interface Kin {
  calls: Int32Array;
  runs: Run[];
  /** As they were last laid out, for which open runs. */
  laid: { runs: ReadonlySet<number>; layout: Siblings } | null;
}

const kinOf = new WeakMap<CallFacts, Map<number, Kin>>();

/** The calls that a call made and the runs among them, found once. */
function kin(facts: CallFacts, functions: ArrayLike<number>, call: number): Kin {
  let known = kinOf.get(facts);
  if (!known) kinOf.set(facts, (known = new Map()));
  let found = known.get(call);
  if (!found) {
    const calls = childrenOf(facts, call);
    found = { calls, runs: findRuns(calls.map((each) => functions[each])), laid: null };
    known.set(call, found);
  }
  return found;
}

/** The calls from the outermost to this one. */
export function pathTo({ parent }: CallFacts, call: number): number[] {
  const path: number[] = [];
  for (let at = call; at >= 0; at = parent[at]) path.push(at);
  return path.toReversed();
}

/** Rows `from` to `to` (not included) of the calls that `parent` made, or a single call of a folded run. */
interface Chunk {
  parent: number;
  level: number;
  from: number;
  to: number;
  single: number;
}

/**
 * The tree with the calls of `path` in it, however they are folded: work for the path and for what is open, and not for
 * the calls that there are.
 */
export function callRows(
  facts: CallFacts,
  functions: ArrayLike<number>,
  opened: Opened,
  path: readonly number[],
): CallRows {
  const onPath = new Set(path);
  // The calls around the present one are open, and so is the outermost: alone it would say nothing.
  const leads = (call: number) => onPath.has(call) && (path.at(-1) !== call || facts.parent[call] < 0);
  const isOpen = (call: number) => opened.calls.has(call) || leads(call);
  const openNow = (call: number) => isOpen(call) && !opened.closed.has(call);

  // Of each call: those that it made and that are open, or must be seen; in order.
  const marked = new Map<number, number[]>();
  const markOf = (call: number) => {
    const above = facts.parent[call];
    const marks = marked.get(above);
    if (marks) marks.push(call);
    else marked.set(above, [call]);
  };
  for (const call of onPath) markOf(call);
  for (const call of opened.calls) if (!onPath.has(call) && facts.first[call] >= 0) markOf(call);

  const indexIn = (calls: Int32Array, call: number) => indexAmong(facts, calls, call);
  const sorted = (calls: number[] = []) => calls.toSorted((a, b) => facts.first[a] - facts.first[b]);

  const layoutOf = (call: number) => {
    const of = kin(facts, functions, call);
    if (of.laid?.runs !== opened.runs) {
      const isOpenRun = (run: number) => opened.runs.has(of.calls[of.runs[run].from]);
      of.laid = { runs: opened.runs, layout: laySiblings(of.calls.length, of.runs, isOpenRun) };
    }
    return of.laid.layout;
  };

  const chunks: Chunk[] = [];
  const starts: number[] = [];
  let count = 0;
  const put = (chunk: Chunk) => {
    if (chunk.to <= chunk.from) return;
    starts.push(count);
    chunks.push(chunk);
    count += chunk.to - chunk.from;
  };

  // Without recursion: calls may be nested ten thousand deep.
  const walk = [{ parent: -1, level: 1, cursor: 0, marks: sorted(marked.get(-1)), next: 0 }];
  for (let frame = walk.at(-1); frame; frame = walk.at(-1)) {
    const { parent, level, marks } = frame;
    const layout = layoutOf(parent);
    const call = marks[frame.next++];
    if (call === undefined) {
      put({ parent, level, from: frame.cursor, to: layout.rows, single: -1 });
      walk.pop();
      continue;
    }
    const { row, folded } = layout.rowOf(indexIn(kin(facts, functions, parent).calls, call));
    put({ parent, level, from: frame.cursor, to: row + 1, single: -1 });
    frame.cursor = Math.max(frame.cursor, row + 1);
    if (folded) put({ parent, level, from: 0, to: 1, single: call });
    if (openNow(call))
      walk.push({ parent: call, level: level + 1, cursor: 0, marks: sorted(marked.get(call)), next: 0 });
  }

  const oneCall = (call: number, level: number, place: number, of: number): OneCall => {
    const openable = facts.children.start[call + 2] > facts.children.start[call + 1];
    return { kind: "call", call, level, openable, open: openable && openNow(call), place, of };
  };

  return {
    count,
    at(row) {
      const chunk = lastAtMost(row, 0, starts.length, (i) => starts[i]);
      const { parent, level, from, single } = chunks[chunk];
      const { calls, runs } = kin(facts, functions, parent);
      if (single >= 0) return oneCall(single, level, indexIn(calls, single) + 1, calls.length);
      const found = layoutOf(parent).at(from + row - starts[chunk]);
      if ("index" in found) return oneCall(calls[found.index], level, found.index + 1, calls.length);
      const run = runs[found.run];
      const open = opened.runs.has(calls[run.from]);
      const seen = open ? 0 : (marked.get(parent) ?? []).filter((call) => isFolded(run, indexIn(calls, call))).length;
      const functionsOf = new Set(Array.from({ length: run.shown }, (_, i) => functions[calls[run.from + i]]));
      return {
        kind: "more",
        run: calls[run.from],
        level,
        open,
        count: run.to - run.from - run.shown - seen,
        functions: functionsOf.size,
      };
    },
    rowOf(key) {
      const call = "call" in key ? key.call : key.run;
      const parent = facts.parent[call];
      const { calls, runs } = kin(facts, functions, parent);
      const index = indexIn(calls, call);
      let wanted: number;
      if ("run" in key) {
        const run = runs.find(({ from }) => from === index);
        if (!run) return -1;
        wanted = layoutOf(parent).rowOf(index).row + run.shown;
      } else {
        const { row, folded } = layoutOf(parent).rowOf(index);
        const single = folded ? chunks.findIndex((chunk) => chunk.single === call) : -1;
        if (folded) return single < 0 ? -1 : starts[single];
        wanted = row;
      }
      const chunk = chunks.findIndex(
        (each) => each.parent === parent && each.single < 0 && each.from <= wanted && wanted < each.to,
      );
      return chunk < 0 ? -1 : starts[chunk] + wanted - chunks[chunk].from;
    },
  };
}

function isFolded({ from, to, shown }: Run, index: number): boolean {
  return index >= from + shown && index < to;
}

/** Where a call stands among those that its caller made, which are in the order in which they began. */
export function indexAmong({ first }: CallFacts, calls: Int32Array, call: number): number {
  return lastAtMost(first[call], 0, calls.length, (index) => first[calls[index]]);
}
