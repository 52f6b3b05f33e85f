import { useStore as useZustand } from "zustand";
import { createStore } from "zustand/vanilla";
import { loadTrace } from "../format/load";
import { TraceProblem } from "../format/problem";
import type { Tolerance } from "../logic/compare/agreement";
import { alignRuns, alignTurns, counterpart, scopeAround, turnedRound, type Alignment } from "../logic/compare/align";
import { findDivergences, type Divergences } from "../logic/compare/divergences";
import { inSlices } from "../logic/compare/in-slices";
import { alignSources } from "../logic/compare/sources";
import { FROM_FILE, type Comparing } from "../logic/comparing";
import type { Lecture } from "../logic/lecture";
import { openRun } from "../logic/open";
import { keepFile } from "./actions";
import { prepare } from "./at-rest";
import { lectureOf, store, type State } from "./store";

/** What the open trace (A) is compared with (B), and what was found out. `comparing` in the store is what was asked for. */
export interface Comparison {
  status: "opening" | "problem" | "ready";
  path: string;
  problem: TraceProblem | null;
  lecture: Lecture | null;
  /** Where B stands, in its positions. */
  position: number;
  /** B goes where A leads; else it stays until it is moved. */
  together: boolean;
  /** While they go together: what A stands on is there in B, too. */
  exact: boolean;
  /** Null while it is worked out, and where nothing can be aligned. */
  alignment: Alignment | null;
  divergences: Divergences | null;
  /** The share of the work that is done, or null: there is none. */
  progress: number | null;
  tolerance: Tolerance;
}

const nothing: Comparison = {
  status: "opening",
  path: "",
  problem: null,
  lecture: null,
  position: 0,
  together: false,
  exact: false,
  alignment: null,
  divergences: null,
  progress: 0,
  tolerance: 1e-6,
};

export const comparison = createStore<Comparison>(() => nothing);

export function useComparison<T>(select: (state: Comparison) => T): T {
  return useZustand(comparison, select);
}

/** Lectures that were opened to be compared, by path, and the alignment of the two last ones. */
const kept = new Map<string, Lecture>();
let ready: Alignment | null = null;
/** The files of the reader's among them. */
const files = new Map<string, File>();

let work: AbortController | null = null;
/** What this module last wrote to the store: a change that is not news. */
let written: Comparing | null = null;

/** Compare with a lecture that has no address: one from a file of the reader's. */
export function keepOpened(file: File, lecture: Lecture): string {
  const path = FROM_FILE + file.name;
  kept.set(path, lecture);
  files.set(path, file);
  keepFile(file);
  return path;
}

/** Keep the comparison true to the store. Returns what stops it. */
export function followComparison(): () => void {
  const follow = (state: State, before?: State) => {
    const { comparing, opened, position } = state;
    if (!comparing || opened.status !== "ready") return;
    if (opened !== before?.opened || comparing.path !== before.comparing?.path) return void start(state);
    if (comparing !== before.comparing && comparing !== written) return place(state);
    if (position !== before.position) moved(state);
  };
  follow(store.getState());
  const unsubscribe = store.subscribe(follow);
  return () => {
    unsubscribe();
    work?.abort();
    for (const path of kept.keys()) if (!files.has(path)) kept.delete(path);
    ready = null;
    comparison.setState(nothing);
  };
}

async function start({ opened, comparing }: State): Promise<void> {
  if (opened.status !== "ready" || !comparing) return;
  work?.abort();
  const { signal } = (work = new AbortController());
  const { path } = comparing;
  const { tolerance } = comparison.getState();
  comparison.setState({ ...nothing, path, tolerance });
  kept.set(opened.file ? FROM_FILE + opened.path : opened.path, opened.lecture);
  try {
    let lecture = kept.get(path);
    if (!lecture) {
      lecture = await openRun(await loadTrace(path, signal), opened.lecture.rank?.number);
      if (signal.aborted) return;
      kept.set(path, lecture);
      prepare(lecture);
    }
    comparison.setState({ status: "ready", lecture });
    place(store.getState());
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof TraceProblem)) console.error(error);
    const unknown = new TraceProblem(
      "This trace cannot be compared",
      "The viewer met something it does not understand.",
    );
    comparison.setState({ status: "problem", problem: error instanceof TraceProblem ? error : unknown });
  }
}

/** Whether both sides are one trace. */
function isOneTrace({ opened, comparing }: State): boolean {
  return opened.status === "ready" && opened.path === comparing?.path;
}

/** B stands where the store says, and goes with A if it can. */
function place(state: State): void {
  const { lecture } = comparison.getState();
  const { comparing } = state;
  if (!lecture || !comparing) return;
  const steps = lecture.positions.entry.length;
  const step = Math.min(Math.max(comparing.step, 0), steps - 1);
  const position = steps === 0 ? -1 : comparing.out ? lecture.positions.exit[step] : lecture.positions.entry[step];
  comparison.setState({ position, together: comparing.step < 0 });
  void align(state);
}

/** Work out what belongs together, and then what differs. */
async function align(state: State): Promise<void> {
  const { lecture: b, position } = comparison.getState();
  const a = lectureOf(state);
  if (!a || !b) return;
  work?.abort();
  const { signal } = (work = new AbortController());
  const progress = (share: number) => comparison.setState({ progress: share / 2 });
  comparison.setState({ progress: 0 });
  try {
    let alignment: Alignment | null;
    const one = isOneTrace(state);
    if (one) {
      const anchor = { a: a.positions.step[state.position], b: b.positions.step[position] };
      alignment =
        anchor.a === anchor.b
          ? null
          : await inSlices(alignTurns(a, alignSources(a.trace, a.trace), anchor), signal, progress);
      comparison.setState({ together: alignment !== null });
    } else {
      alignment =
        ready?.a === a && ready.b === b
          ? ready
          : await inSlices(alignRuns(a, b, alignSources(a.trace, b.trace)), signal, progress);
      ready = alignment;
    }
    comparison.setState({ alignment, progress: alignment ? 0.5 : null, divergences: null });
    if (alignment && !one) {
      const { position: found } = counterpart(alignment, store.getState().position);
      if (found === comparison.getState().position) comparison.setState({ together: true });
    }
    moved(store.getState());
    if (alignment) await diverge(alignment, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Find what differs, in all of two runs, or in the turn that A is in. */
async function diverge(alignment: Alignment, signal: AbortSignal): Promise<void> {
  const { position } = store.getState();
  const scope = scopeAround(alignment, position < 0 ? 0 : alignment.a.positions.step[position]);
  const { tolerance } = comparison.getState();
  comparison.setState({ progress: 0.5 });
  const found = findDivergences(alignment, scope, tolerance);
  const divergences = await inSlices(found, signal, (share) => comparison.setState({ progress: 0.5 + share / 2 }));
  comparison.setState({ divergences, progress: null });
}

function again(): void {
  const { alignment } = comparison.getState();
  if (!alignment) return;
  work?.abort();
  const { signal } = (work = new AbortController());
  diverge(alignment, signal).catch((error: unknown) => {
    if (!signal.aborted) console.error(error);
  });
}

/** A has moved: B goes with it, if they go together. */
function moved(state: State): void {
  const { together, alignment, divergences } = comparison.getState();
  if (together && alignment) {
    comparison.setState(counterpart(alignment, state.position));
    const step = state.position < 0 ? 0 : alignment.a.positions.step[state.position];
    const left = divergences && (step < divergences.from || step >= divergences.from + divergences.states.length);
    if (left && alignment.scope >= 0 && alignment.toB[step] >= 0) again();
  }
  remember(state);
}

/** Say in the store where B stands, unless A says it. */
function remember(state: State): void {
  const { together, position, lecture, path } = comparison.getState();
  if (!lecture || state.comparing?.path !== path) return;
  const follows = together && !isOneTrace(state);
  const step = follows || position < 0 ? -1 : lecture.positions.step[position];
  const out = step >= 0 && lecture.positions.out[position] === 1;
  if (state.comparing.step === step && state.comparing.out === out) return;
  written = { path, step, out };
  store.setState({ comparing: written });
}

/** Move B alone. Another turn of the line that A is on is from then on compared with A's. */
export function moveOther(position: number): void {
  const { lecture } = comparison.getState();
  const state = store.getState();
  const a = lectureOf(state);
  if (!lecture || !a || position < 0 || position >= lecture.positions.count) return;
  comparison.setState({ position, together: false, exact: false });
  const statement = (of: Lecture, at: number) => of.trace.steps.statement[of.positions.step[at]];
  if (isOneTrace(state) && statement(a, state.position) === statement(lecture, position)) void align(state);
  remember(state);
}

/** Let both move together from here on, or each by itself. */
export function setTogether(together: boolean): void {
  const state = store.getState();
  if (!together) {
    comparison.setState({ together, exact: false });
    remember(state);
  } else if (isOneTrace(state)) void align(state);
  else {
    comparison.setState({ together });
    moved(state);
  }
}

export function setTolerance(tolerance: Tolerance): void {
  comparison.setState({ tolerance });
  again();
}

/** A becomes B and B becomes A. */
export function swapSides(): void {
  const { lecture, position, path, together, alignment } = comparison.getState();
  const { opened, position: own } = store.getState();
  if (!lecture || opened.status !== "ready") return;
  const { positions } = opened.lecture;
  const step = own < 0 ? -1 : positions.step[own];
  const one = path === opened.path;
  const other = {
    path: opened.file && !one ? FROM_FILE + opened.path : opened.path,
    step: together && !one ? -1 : step,
    out: step >= 0 && positions.out[own] === 1,
  };
  if (one) return store.setState({ position, comparing: other, peek: null, motion: "jump" });
  ready = alignment && turnedRound(alignment);
  const file = files.get(path);
  store.setState({
    opened: file ? { status: "ready", path: file.name, lecture, file } : { status: "ready", path, lecture },
    position,
    comparing: other,
    peek: null,
    past: [],
    histories: {},
    loop: -1,
    motion: "jump",
  });
}
