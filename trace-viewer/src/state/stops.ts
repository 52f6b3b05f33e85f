import type { Breakpoint } from "../logic/breakpoints";
import type { Lecture } from "../logic/lecture";
import { stopsOf, type Stops } from "../logic/stops";
import { jumpTo, nearestVisible, say, setOverlay } from "./actions";
import { isPlaced, loadBreakpoints } from "./breakpoints";
import { lectureOf, store } from "./store";

/** Looking for stops yields to the page after so many milliseconds. */
const SLICE_MS = 8;
/** Places looked at between two looks at the clock. */
const PLACES = 500;
/** A search that takes longer says that it goes on. */
const SILENT_MS = 400;

export interface Stop {
  /** The position to go to: the stop itself, or the nearest one that the reader can see. */
  target: number;
  /** Whose stop it is; several may stop at one place. */
  breakpoints: Breakpoint[];
}

/** Look on until enough is known; false if the search was given up. `idle`: in what time the page leaves over. */
export async function lookOn(
  stops: Stops,
  signal: AbortSignal,
  enough: () => boolean = () => false,
  idle = false,
): Promise<boolean> {
  let until = performance.now() + (idle ? 0 : SLICE_MS);
  while (!stops.done && !enough()) {
    if (performance.now() >= until) {
      const left = await breath(idle);
      if (signal.aborted) return false;
      until = performance.now() + Math.min(left, SLICE_MS);
    }
    stops.look(PLACES);
  }
  return !signal.aborted;
}

/** Let the page do what waits; then there are so many milliseconds. */
function breath(idle: boolean): Promise<number> {
  return new Promise((resolve) => {
    if (idle && "requestIdleCallback" in window)
      requestIdleCallback((deadline) => resolve(Math.max(deadline.timeRemaining(), 1)), { timeout: 500 });
    else {
      const { port1, port2 } = new MessageChannel(); // sooner than a timer, and after what waits to be handled
      port1.addEventListener("message", () => resolve(SLICE_MS), { once: true });
      port1.start();
      port2.postMessage(null);
    }
  });
}

/** The next stop from a position, on or back; null if there is none, or the search was given up. */
export async function nextStop(
  lecture: Lecture,
  breakpoints: readonly Breakpoint[],
  from: number,
  by: 1 | -1,
  signal: AbortSignal,
): Promise<Stop | null> {
  const all = breakpoints.map((breakpoint) => ({ breakpoint, stops: stopsOf(lecture, breakpoint) }));
  for (let at = from; ;) {
    let best = -1;
    for (const { stops } of all) {
      const ask = () => (by > 0 ? stops.after(at) : stops.before(at));
      if (!(await lookOn(stops, signal, () => ask() !== null))) return null;
      const found = ask() ?? -1;
      if (found >= 0 && (best < 0 || (by > 0 ? found < best : found > best))) best = found;
    }
    if (best < 0) return null;
    const target = nearestVisible(store.getState(), best);
    const here = all.filter(({ stops }) => stops.after(best - 1) === best);
    if (by > 0 ? target > from : target < from)
      return { target, breakpoints: here.map(({ breakpoint }) => breakpoint) };
    at = best; // hidden, and seen from where the reader is already
  }
}

let searching: AbortController | null = null;

/** Go on to the next stop, or back to the one before, and say where that is; if there is none, say that. */
export async function continueTo(by: 1 | -1): Promise<void> {
  searching?.abort();
  loadBreakpoints();
  const state = store.getState();
  const lecture = lectureOf(state);
  if (!lecture || state.position < 0) return;
  const { breakpoints, position } = state;
  const active = breakpoints.filter((each) => each.enabled && isPlaced(each));
  if (active.length === 0) return say(nothingToStopAt(breakpoints));
  const controller = (searching = new AbortController());
  const { signal } = controller;
  // Whatever the reader does meanwhile ends the search: it must not carry them off later.
  const unsubscribe = store.subscribe((now) => {
    if (now.position !== position || now.opened !== state.opened || now.breakpoints !== breakpoints) controller.abort();
  });
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    controller.abort();
    say("The search was ended.");
  };
  window.addEventListener("keydown", escape);
  const timer = setTimeout(() => say("Looking for the next stop… Esc ends the search."), SILENT_MS);
  const stop = await nextStop(lecture, active, position, by, signal);
  clearTimeout(timer);
  unsubscribe();
  window.removeEventListener("keydown", escape);
  if (searching === controller) searching = null;
  if (signal.aborted) return;
  if (!stop) return say(noneFollows(lecture, active, by));
  jumpTo(stop.target);
  say(stoppedAt(lecture, stop));
}

/** Go to the first stop of one breakpoint, or to the next one from here, whether it is switched on or not. */
export async function goToStop(breakpoint: Breakpoint, which: "first" | "next"): Promise<void> {
  searching?.abort();
  const { signal } = (searching = new AbortController());
  const state = store.getState();
  const lecture = lectureOf(state);
  if (!lecture || !isPlaced(breakpoint)) return say("The line of this breakpoint is not in this recording.");
  const stop = await nextStop(lecture, [breakpoint], which === "first" ? -1 : state.position, 1, signal);
  if (signal.aborted) return;
  if (!stop) return say(noneFollows(lecture, [breakpoint], 1));
  setOverlay(null);
  jumpTo(stop.target);
  say(stoppedAt(lecture, stop));
}

function nothingToStopAt(breakpoints: readonly Breakpoint[]): string {
  if (breakpoints.length === 0) return "There is no breakpoint yet: x puts one on this line.";
  return breakpoints.some(({ enabled }) => enabled)
    ? "No line with a breakpoint is in this recording."
    : "All breakpoints are switched off.";
}

function noneFollows(lecture: Lecture, active: Breakpoint[], by: 1 | -1): string {
  const all = active.map((breakpoint) => ({ breakpoint, stops: stopsOf(lecture, breakpoint) }));
  const broken = all.find(({ stops }) => stops.problem);
  if (broken) return `${broken.breakpoint.condition}: ${broken.stops.problem!.message}`;
  const words = by > 0 ? "No stop follows." : "There is no stop before this.";
  const unclear = all.find(({ stops }) => stops.undecided > 0);
  return unclear ? `${words} Where ${unclear.breakpoint.condition} is undecided: ${unclear.stops.why}.` : words;
}

/** Where a stop is, and why: `Stopped at line 88, where loss < 2, in turn 12 of 40.` */
export function stoppedAt(lecture: Lecture, { target, breakpoints }: Stop): string {
  const step = lecture.positions.step[target];
  const { line } = lecture.placeOf(step);
  const { turn, of } = lecture.executions.turnOf(step);
  const why = breakpoints.flatMap(({ anchor, condition }) => {
    if (condition === "") return [];
    return [anchor === null ? `${condition} became true` : `where ${condition}`];
  });
  const turns = of > 1 ? `turn ${turn} of ${of}` : "";
  return `Stopped at line ${[line, ...why, turns].filter((words) => words !== "").join(", ")}.`;
}
