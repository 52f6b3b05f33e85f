import type { Trace } from "../format/generated";
import { loadTrace } from "../format/load";
import { TraceProblem } from "../format/problem";
import type { Comparing } from "../logic/comparing";
import type { Scope } from "../logic/history";
import type { Lecture } from "../logic/lecture";
import { loopsOf } from "../logic/loops";
import * as moves from "../logic/moves";
import { openRun } from "../logic/open";
import { locate, type Place } from "../logic/place";
import { preloadMath } from "../markdown/katex";
import { preloadGraphs } from "../outputs/graph/LazyGraph";
import { holdsArrays, preloadLens } from "../values/tensor/load";
import { prepare } from "./at-rest";
import { loopHere } from "./loops";
import { applyTheme, saveSettings, type Settings } from "./settings";
import { isHidden, lectureOf, store, type Overlay, type State } from "./store";

const PAST_KEPT = 100;

/** A lecture waits so long for what draws its formulas and arrays, so that these do not move the page; then it opens. */
const LONGEST_WAIT_MS = 400;

/** Before a lecture is open, nothing of the one before is left. */
const nowhere = {
  position: -1,
  peek: null,
  comparing: null,
  past: [],
  overlay: null,
  search: null,
  loop: -1,
  histories: {},
  inPlace: new Map(),
  folding: null,
  playing: false,
  breakpoints: [],
  lineMenu: null,
};

let opening: AbortController | null = null;

/** The files that the reader chose, by name. No address leads to them, but as long as the page is there, back and forward do. */
const files = new Map<string, Blob>();

export function keepFile(file: File): void {
  files.set(file.name, file);
}

/** Open the trace that a place names, at that place. What goes wrong becomes a page that says so. */
export async function openPlace(place: Place): Promise<void> {
  opening?.abort();
  const path = place.trace ?? place.local;
  if (!path) {
    store.setState({ opened: { status: "none" }, ...nowhere });
    return;
  }
  const file = place.trace ? undefined : files.get(path);
  if (!place.trace && !file) {
    const problem = new TraceProblem(
      "This file must be opened again",
      `${path} came from your own disk, where no address leads: open it again, and it shows the place of this address.`,
    );
    store.setState({ opened: { status: "problem", path, problem }, ...nowhere });
    return;
  }
  const before = store.getState().opened;
  if (before.status === "ready" && before.path === path && before.file === file)
    return store.setState((state) => shownAt(state, place));
  const controller = (opening = new AbortController());
  store.setState({ opened: { status: "loading", path }, ...nowhere });
  try {
    const load = file && (await import("../format/local")).loadFile;
    const trace = load ? await load(file) : await loadTrace(path, controller.signal);
    const needed = [
      holdsMath(trace) && preloadMath(),
      holdsArrays(trace.values) && preloadLens(),
      preloadGraphs(trace.outputs),
    ];
    // Meanwhile:
    const lecture = await openRun(trace, place.rank);
    await Promise.race([Promise.all(needed), pause(LONGEST_WAIT_MS)]);
    if (controller.signal.aborted) return;
    const opened = { status: "ready", path, lecture, ...(file && { file }) } as const;
    store.setState((state) => shownAt({ ...state, opened }, place));
    prepare(lecture);
  } catch (error) {
    if (controller.signal.aborted) return;
    const unknown = new TraceProblem("This trace cannot be opened", "The viewer met something it does not understand.");
    store.setState({
      opened: { status: "problem", path, problem: error instanceof TraceProblem ? error : unknown },
    });
    if (!(error instanceof TraceProblem)) console.error(error);
  }
}

/** Whether a formula may be in what the lecture says. */
function holdsMath({ outputs }: Trace): boolean {
  return outputs.some((output) => (output.kind === "text" || output.kind === "note") && output.text.includes("$"));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function shownAt(before: State, place: Place): State {
  const shown = lectureOf(before);
  if (!shown) return before;
  const lecture = place.rank === undefined ? shown : (shown.rank?.run.open(place.rank) ?? shown);
  const state = lecture === shown ? before : ofRank(before, lecture, []);
  const { position, peek, problem } = locate(lecture, place);
  const comparing = place.comparing ?? null;
  return { ...state, position: nearestVisible(state, position), peek, comparing, motion: "jump", message: problem };
}

/** The state with another rank of the open run in the place of the one that is shown; `past` is where it was jumped from. */
export function ofRank(state: State, lecture: Lecture, past: number[]): State {
  if (state.opened.status !== "ready") return state;
  const { search, histories, playing, lineMenu } = nowhere; // these know calls and positions of one rank
  const opened = { ...state.opened, lecture };
  return { ...state, opened, past, search, histories, playing, lineMenu, comparing: null };
}

/** Go to a position that a step leads to: forward, back, over, out. */
export function stepTo(position: number): void {
  if (position >= 0) store.setState({ position, peek: null, message: null, motion: "step" });
}

/** Go somewhere else in the lecture, and remember where from. */
export function jumpTo(position: number): void {
  const state = store.getState();
  const target = nearestVisible(state, position);
  if (target < 0) return;
  if (target === state.position) {
    if (state.peek) store.setState({ peek: null, motion: "jump" });
    return;
  }
  const past = [...state.past, state.position].slice(-PAST_KEPT);
  store.setState({ position: target, past, peek: null, message: null, motion: "jump" });
}

/** Follow the scrubber: like a jump, but only its first move is worth coming back to. */
export function scrubTo(position: number, first: boolean): void {
  if (first) jumpTo(position);
  else stepTo(nearestVisible(store.getState(), position));
}

export function jumpBack(): void {
  const { past } = store.getState();
  const position = past.at(-1);
  if (position !== undefined) {
    store.setState({ position, past: past.slice(0, -1), peek: null, message: null, motion: "jump" });
  }
}

/** Go to the next time this line runs; a line that did not run says so. */
export function jumpToLine(file: number, line: number): void {
  const state = store.getState();
  const lecture = lectureOf(state);
  if (!lecture) return;
  const here = state.position < 0 ? -1 : lecture.positions.step[state.position];
  const step = lecture.executions.nextAt(file, line, here);
  if (step >= 0) jumpTo(lecture.positions.entry[step]);
  else store.setState({ message: `Line ${line} did not run in this recording.` });
}

/** Go to a turn of a loop around the position, counted from 1; `first`: as `scrubTo` has it. Steps if left out. */
export function goToTurn(turn: number, first?: boolean): void {
  const state = store.getState();
  const lecture = lectureOf(state);
  const place = loopHere(state);
  if (!lecture || !place) return;
  const target = loopsOf(lecture).counterpart(place, Math.min(Math.max(turn, 1), place.turns), state.position);
  if (first) jumpTo(target);
  else stepTo(nearestVisible(state, target));
}

export function chooseLoop(statement: number): void {
  store.setState({ loop: statement });
}

/** Open or close the history of a name, or show the moments of another scope in it. */
export function setHistory(key: string, shown: Scope | "any" | null): void {
  const { [key]: _, ...others } = store.getState().histories;
  store.setState({ histories: shown ? { ...others, [key]: shown } : others });
}

/** Look at a place in the source without leaving the step. */
export function peekAt(file: number, line: number): void {
  const lecture = lectureOf(store.getState());
  if (!lecture?.trace.files[file]) return;
  store.setState({ peek: { file, line }, overlay: null, motion: "jump" });
}

export function endPeek(): void {
  store.setState({ peek: null, motion: "jump" });
}

export function setSettings(change: Partial<Settings>): void {
  const settings = { ...store.getState().settings, ...change };
  saveSettings(settings);
  applyTheme(settings);
  store.setState({ settings });
  const { position } = store.getState();
  const target = nearestVisible(store.getState(), position);
  if (target !== position) store.setState({ position: target, motion: "jump" });
}

/** Compare with another trace or place; null ends it. */
export function compareWith(comparing: Comparing | null): void {
  store.setState({ comparing, overlay: null, motion: "jump" });
}

export function setOverlay(overlay: Overlay | null): void {
  store.setState({ overlay });
}

export function say(message: string | null): void {
  store.setState({ message });
}

/** The position itself if the reader can see it, else the next one that they can, else the one before. */
export function nearestVisible(state: State, position: number): number {
  const lecture = lectureOf(state);
  if (!lecture || position < 0 || !isHidden(state, position)) return position;
  const hidden = (at: number) => isHidden(state, at);
  const next = moves.visible(moves.forward, hidden)(lecture, position);
  if (next >= 0) return next;
  const before = moves.visible(moves.back, hidden)(lecture, position);
  return before >= 0 ? before : position;
}
