import { ROLE_RETURNED, type Trace } from "../../format/generated";
import { groupRows, type Groups } from "../columns";
import type { Lecture } from "../lecture";
import { agree, type Tolerance } from "./agreement";
import type { Alignment } from "./align";

/** Something that differs at a line, in one or more of its executions. */
export interface Divergence {
  /** `path`: another line ran next. `value`: `name` is another. `output`: it shows or prints something else. */
  kind: "path" | "value" | "output";
  /** The first time, as steps of both sides, and how often in all. */
  a: number;
  b: number;
  count: number;
  /** Of a value: its name, "" for what was returned, and what it is on both sides (of `trace.values`). */
  name: string;
  valueA: number;
  valueB: number;
  /** Of a path: the steps that ran next, -1 where the run ends. */
  nextA: number;
  nextB: number;
}

/** What is to see of each step of A: alike, something recorded differs, it runs on one side alone. */
export const ALIKE = 0;
export const DIFFERS = 1;
export const ALONE = 2;

export interface Divergences {
  /** In the order in which they first come up. */
  list: Divergence[];
  /** More than are listed. */
  cut: boolean;
  /** The first of each kind, or null. */
  path: Divergence | null;
  value: Divergence | null;
  /** By step of A, from `from` on. */
  states: Uint8Array;
  from: number;
  /** Steps that were compared, and of these, those that differ in nothing. */
  compared: number;
  alike: number;
}

const SLICE = 2048;
const MOST_LISTED = 1000;

/** Compare the steps of A from one to before another with their counterparts, in slices; yields the share that is done. */
export function* findDivergences(
  alignment: Alignment,
  { from, to }: { from: number; to: number },
  tolerance: Tolerance,
): Generator<number, Divergences> {
  const { a, b, toB, toA } = alignment;
  const states = new Uint8Array(to - from);
  const found = new Map<string, Divergence>();
  const [nextOfA, nextOfB] = [follower(a.trace), follower(b.trace)];
  const values = valueComparer(a, b, tolerance);
  const outputs = outputComparer(a, b);
  let [compared, alike, cut] = [0, 0, false];

  const note = (kind: Divergence["kind"], key: string, at: Pick<Divergence, "a" | "b"> & Partial<Divergence>) => {
    const full = `${kind} ${key}`;
    const known = found.get(full);
    if (known) known.count++;
    else if (found.size >= MOST_LISTED) cut = true;
    else found.set(full, { kind, count: 1, name: "", valueA: -1, valueB: -1, nextA: -1, nextB: -1, ...at });
  };

  for (let step = from; step < to; step++) {
    if ((step - from) % SLICE === SLICE - 1) yield (step - from) / (to - from);
    const other = toB[step];
    if (other < 0) {
      states[step - from] = ALONE;
      continue;
    }
    compared++;
    const statement = a.trace.steps.statement[step];
    const differing = values(step, other);
    for (const { name, valueA, valueB } of differing) {
      note("value", `${statement} ${name}`, { a: step, b: other, name, valueA, valueB });
    }
    const shows = outputs(step, other);
    if (shows) note("output", String(statement), { a: step, b: other });
    if (differing.length > 0 || shows) states[step - from] = DIFFERS;
    else alike++;

    const [nextA, nextB] = [nextOfA(step), nextOfB(other)];
    const onAlone = nextB >= 0 && toA[nextB] < 0;
    if (onAlone) states[step - from] = ALONE;
    if (step === to - 1 && to < toB.length) continue; // what follows is no longer compared
    const together = nextA < 0 || nextB < 0 ? nextA === nextB : toB[nextA] === nextB;
    if (!together) note("path", String(statement), { a: step, b: other, nextA, nextB });
  }
  const list = inTime(a, [...found.values()]);
  const first = (kind: Divergence["kind"]) => list.find((each) => each.kind === kind) ?? null;
  return { list, cut, path: first("path"), value: first("value"), states, from, compared, alike };
}

/** In the order in which a reader meets them: what a step leaves is there once all that it called has run. */
function inTime({ positions }: Lecture, list: Divergence[]): Divergence[] {
  const { entry, exit, count } = positions;
  const known = ({ kind, a, nextA }: Divergence) => (kind !== "path" ? exit[a] : nextA < 0 ? count : entry[nextA]);
  return list.sort((x, y) => known(x) - known(y) || x.a - y.a);
}

/** The step that a thread runs next, or -1. */
function follower({ steps, calls, tracks }: Trace): (step: number) => number {
  const count = steps.call.length;
  if (tracks.rank.length < 2) return (step) => (step + 1 < count ? step + 1 : -1);
  const next = new Int32Array(count).fill(-1);
  const latest = new Int32Array(tracks.rank.length).fill(-1);
  for (let step = 0; step < count; step++) {
    const track = calls.track[steps.call[step]];
    if (latest[track] >= 0) next[latest[track]] = step;
    latest[track] = step;
  }
  return (step) => next[step];
}

interface Differing {
  name: string;
  valueA: number;
  valueB: number;
}

const NONE: Differing[] = [];

/** Pairs of values whose comparison is kept: interned values come up again and again. */
const MOST_KEPT = 100_000;

/** The values recorded with two steps that are not alike. What only one side recorded is none of them. */
function valueComparer(a: Lecture, b: Lecture, tolerance: Tolerance): (a: number, b: number) => Differing[] {
  const [ofA, ofB] = [rowsByStep(a.trace), rowsByStep(b.trace)];
  const [rowsA, rowsB] = [a.trace.bindings, b.trace.bindings];
  const nameInB = namesIn(a.trace, b.trace);
  const known = new Map<number, boolean>();
  const size = b.trace.values.length + 1;
  const same = (x: number, y: number) => {
    if (x < 0 || y < 0) return x === y;
    const [own, other] = [a.trace.values[x], b.trace.values[y]];
    if (typeof own !== "object" || typeof other !== "object") return agree(own, other, tolerance);
    const key = x * size + y;
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = agree(own, other, tolerance);
    if (known.size < MOST_KEPT) known.set(key, result);
    return result;
  };
  const last = (groups: Groups, step: number, is: (row: number) => boolean) => {
    for (let i = groups.start[step + 1] - 1; i >= groups.start[step]; i--)
      if (is(groups.order[i])) return groups.order[i];
    return -1;
  };
  return (stepA, stepB) => {
    let found = NONE;
    for (let i = ofA.start[stepA]; i < ofA.start[stepA + 1]; i++) {
      const row = ofA.order[i];
      const name = rowsA.name[row];
      const returned = rowsA.role[row] === ROLE_RETURNED;
      const other = last(
        ofB,
        stepB,
        (at) => rowsB.name[at] === nameInB[name] && (rowsB.role[at] === ROLE_RETURNED) === returned,
      );
      if (other < 0 || same(rowsA.value[row], rowsB.value[other])) continue;
      const differing = { name: a.trace.strings[name], valueA: rowsA.value[row], valueB: rowsB.value[other] };
      found = [...found.filter((each) => each.name !== differing.name), differing];
    }
    return found;
  };
}

function rowsByStep({ bindings, steps }: Trace): Groups {
  return groupRows(bindings.step, steps.call.length);
}

/** Of each string of A, its number in B, or -1. */
function namesIn(a: Trace, b: Trace): Int32Array {
  const numbers = new Map(b.strings.map((text, index) => [text, index]));
  return Int32Array.from(a.strings, (text) => numbers.get(text) ?? -1);
}

/** Whether two steps show or print something else. */
function outputComparer(a: Lecture, b: Lecture): (a: number, b: number) => boolean {
  const [printsA, printsB] = [printedBy(a.trace), printedBy(b.trace)];
  const silent = a.trace.shown.step.length + b.trace.shown.step.length === 0;
  return (stepA, stepB) => {
    if (printsA(stepA) !== printsB(stepB)) return true;
    if (silent) return false;
    const [own, other] = [a.outputs.ofStep(stepA), b.outputs.ofStep(stepB)];
    return (
      own.length !== other.length || own.some((output, index) => !agree(output as never, other[index] as never, 0))
    );
  };
}

/** What a step printed, as one text. */
export function printedBy({ printed, steps, strings }: Trace): (step: number) => string {
  if (printed.step.length === 0) return () => "";
  const { start, order } = groupRows(printed.step, steps.call.length);
  return (step) => {
    if (start[step] === start[step + 1]) return "";
    let text = "";
    for (let i = start[step]; i < start[step + 1]; i++) text += strings[printed.text[order[i]]];
    return text;
  };
}
