import type { Lecture } from "../lecture";
import { identify, NO_RELABEL, type Identities, type Keys, type Relabel } from "./identity";
import { Nodes } from "./nodes";
import type { Sources } from "./sources";

/** Which step of one run is which of the other. */
export interface Alignment {
  a: Lecture;
  b: Lecture;
  sources: Sources;
  /** Of each step of A its counterpart in B, or -1; and the other way round. */
  toB: Int32Array;
  toA: Int32Array;
  /** Of each step of A the last one of its call up to it that has a counterpart, else that of the step that called; or -1. */
  lastPaired: Int32Array;
  lastPairedB: Int32Array;
  /** Where, in numbers of `nodes`, the steps of A stand. */
  nodes: Nodes;
  places: Identities;
  /** The place within which a run is laid over itself, at another turn; -1 for two runs. */
  scope: number;
}

/** Two places of one trace that are to lie over each other, as steps. */
export interface Anchor {
  a: number;
  b: number;
}

/** Align two runs. Yields the share that is done. */
export function* alignRuns(a: Lecture, b: Lecture, sources: Sources): Generator<number, Alignment> {
  const nodes = new Nodes(a.trace.steps.call.length + a.trace.calls.parent.length);
  const whole = a.trace.steps.call.length + b.trace.steps.call.length + 1;
  const keysA = { statement: sources.statementA, function: sources.functionA };
  const keysB = { statement: sources.statementB, function: sources.functionB };
  const places = yield* share(identify(nodes, a.trace, keysA), 0, whole);
  const others = yield* share(identify(nodes, b.trace, keysB), a.trace.steps.call.length, whole);
  return { a, b, sources, nodes, places, scope: -1, ...(yield* match(a, b, places, others, nodes)) };
}

/**
 * Lay a run over itself, so that one step lies over another: turn 3 of a loop over turn 40, and then 4 over 41. Null where
 * the two places have nothing in common that could be compared.
 */
export function* alignTurns(lecture: Lecture, sources: Sources, anchor: Anchor): Generator<number, Alignment | null> {
  const { trace } = lecture;
  const count = trace.steps.call.length;
  const nodes = new Nodes(count + trace.calls.parent.length);
  const keys: Keys = { statement: sources.statementA, function: sources.functionA };
  const places = yield* share(identify(nodes, trace, keys), 0, 2 * count + 1);
  const found = layOver(lecture, nodes, places, anchor);
  if (!found) return null;
  const others = yield* share(identify(nodes, trace, keys, found.relabel), count, 2 * count + 1);
  const { scope } = found;
  return {
    a: lecture,
    b: lecture,
    sources,
    nodes,
    places,
    scope,
    ...(yield* match(lecture, lecture, places, others, nodes)),
  };
}

function* share<T>(work: Generator<number, T>, before: number, whole: number): Generator<number, T> {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
    yield (before + next.value) / whole;
  }
}

function* match(
  lectureA: Lecture,
  lectureB: Lecture,
  { ofStep: a }: Identities,
  { ofStep: b }: Identities,
  nodes: Nodes,
) {
  const stepOf = new Int32Array(nodes.count).fill(-1);
  for (let step = 0; step < b.length; step++) stepOf[b[step]] = step;
  yield 1;
  const toB = new Int32Array(a.length);
  const toA = new Int32Array(b.length).fill(-1);
  for (let step = 0; step < a.length; step++) {
    const to = (toB[step] = stepOf[a[step]]);
    if (to >= 0) toA[to] = step;
  }
  yield 1;
  const lastPaired = lastPairedOf(lectureA, toB);
  yield 1;
  return { toB, toA, lastPaired, lastPairedB: lastPairedOf(lectureB, toA) };
}

function lastPairedOf({ trace: { steps, calls } }: Lecture, to: Int32Array): Int32Array {
  const latest = new Int32Array(calls.parent.length).fill(-2); // of each call; -2: it has not begun
  const found = new Int32Array(to.length);
  for (let step = 0; step < to.length; step++) {
    const call = steps.call[step];
    const parent = calls.parent[call];
    if (latest[call] === -2) latest[call] = parent >= 0 && parent < step ? found[parent] : -1;
    if (to[step] >= 0) latest[call] = step;
    found[step] = latest[call];
  }
  return found;
}

/** What must count as what, so that the step `b` stands where `a` does. */
function layOver({ trace }: Lecture, nodes: Nodes, { ofStep, ofCall }: Identities, { a, b }: Anchor) {
  const [pathA, pathB] = [nodes.path(ofStep[a]), nodes.path(ofStep[b])];
  const [callA, callB] = [trace.steps.call[a], trace.steps.call[b]];
  let at = 0;
  while (at < pathA.length && at < pathB.length && pathA[at] === pathB[at]) at++;
  const apart = at < pathA.length && at < pathB.length;
  if (apart && nodes.key[pathA[at]] === nodes.key[pathB[at]]) {
    const shifts = shiftsAlong(nodes, pathA.slice(at), pathB.slice(at));
    return shifts && { scope: pathA[at], relabel: { ...NO_RELABEL, shifts } };
  }
  if (callA === callB || trace.calls.function[callA] !== trace.calls.function[callB]) return null;
  const [as, was] = [ofCall[callA], ofCall[callB]];
  const shifts = shiftsAlong(nodes, pathA.slice(pathA.indexOf(as) + 1), pathB.slice(pathB.indexOf(was) + 1));
  const relabel: Relabel = { shifts: shifts ?? new Map(), call: callB, as, away: callA };
  return shifts && { scope: as, relabel };
}

/** Two ways down from one place that differ in nothing but which of several: by place, by how many. */
function shiftsAlong(nodes: Nodes, pathA: number[], pathB: number[]): Map<number, number> | null {
  if (pathA.length !== pathB.length) return null;
  const shifts = new Map<number, number>();
  for (let at = 0; at < pathA.length; at++) {
    const [a, b] = [pathA[at], pathB[at]];
    if (nodes.key[a] !== nodes.key[b]) return null;
    if (nodes.nth[a] !== nodes.nth[b]) shifts.set(nodes.parent[a], nodes.nth[b] - nodes.nth[a]);
  }
  return shifts;
}

/** The same, seen from the other side. */
export function turnedRound(alignment: Alignment): Alignment {
  const { a, b, sources, toA, toB, lastPaired, lastPairedB } = alignment;
  const { files, pairOfA, pairOfB, statementA, statementB, functionA, functionB } = sources;
  const flipped: Sources = {
    files: files.map((pair) => ({
      a: pair.b,
      b: pair.a,
      lines: pair.lines.map((line) => ({ ...line, a: line.b, b: line.a })),
    })),
    pairOfA: pairOfB,
    pairOfB: pairOfA,
    statementA: statementB,
    statementB: statementA,
    functionA: functionB,
    functionB: functionA,
  };
  return {
    ...alignment,
    a: b,
    b: a,
    sources: flipped,
    toA: toB,
    toB: toA,
    lastPaired: lastPairedB,
    lastPairedB: lastPaired,
  };
}

/** Where the other side stands when A is at a position: its counterpart, else that of the last step before that has one. */
export function counterpart(
  { a, b, toB, lastPaired }: Alignment,
  position: number,
): { position: number; exact: boolean } {
  if (position < 0 || toB.length === 0) return { position: Math.min(0, b.positions.count - 1), exact: false };
  const { step, out } = a.positions;
  const to = toB[step[position]];
  if (to >= 0) return { position: out[position] ? b.positions.exit[to] : b.positions.entry[to], exact: true };
  const before = lastPaired[step[position]];
  if (before < 0) return { position: 0, exact: false };
  // What a step of this call made has run by now; a step that this call was made by is still at it.
  const { call } = a.trace.steps;
  const over = call[before] === call[step[position]];
  return { position: (over ? b.positions.exit : b.positions.entry)[toB[before]], exact: false };
}

/** The steps of A that are compared: all of them, or those of the turn or the call that a step is in. */
export function scopeAround({ a, nodes, places, scope }: Alignment, step: number): { from: number; to: number } {
  const count = places.ofStep.length;
  if (scope < 0) return { from: 0, to: count };
  const { parent, key } = nodes;
  // The one among those beside `scope` that the step is in; places within have higher numbers than what they are in.
  let own = places.ofStep[step];
  while (own > 0 && !(parent[own] === parent[scope] && key[own] === key[scope])) own = parent[own];
  if (own <= 0) own = scope;
  const isInside = (at: number) => {
    let node = places.ofStep[at];
    while (node > own) node = parent[node];
    return node === own;
  };
  let from = step;
  while (from > 0 && isInside(from - 1)) from--;
  let to = step + 1;
  while (to < count && isInside(to)) to++;
  // A line that ran again, in no loop that is known: until it does so once more.
  if (places.ofStep[from] === own && to === from + 1) {
    const next = a.executions.turnFrom(from, 1);
    if (next > from) to = next;
  }
  return { from, to };
}
