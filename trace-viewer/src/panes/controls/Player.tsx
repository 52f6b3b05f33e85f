import { useEffect } from "react";
import * as moves from "../../logic/moves";
import { readingTime } from "../../logic/reading-time";
import type { Lecture } from "../../logic/lecture";
import { isPlaced, loadBreakpoints } from "../../state/breakpoints";
import { pause } from "../../state/playing";
import { nextStop, stoppedAt, type Stop } from "../../state/stops";
import { isHidden, lectureOf, store, type State } from "../../state/store";

/** Faster than this the page jumps from step to step: it would never come to rest if it glided. Steps a second. */
const GLIDES = 4;
/** The first step comes soon, so that one sees that it plays. */
const FIRST_MS = 400;

/** Plays the lecture while it is on the page. */
export default function Player() {
  useEffect(() => {
    const controller = new AbortController();
    void run(controller.signal);
    const stopListening = pauseWhenTheReaderActs();
    return () => {
      controller.abort();
      stopListening();
    };
  }, []);
  return null;
}

async function run(signal: AbortSignal): Promise<void> {
  loadBreakpoints();
  const start = store.getState();
  const lecture = lectureOf(start);
  if (!lecture) return;
  let { breakpoints } = start;
  let stop = await stopAhead(lecture, start, signal);
  let wait = Math.min(FIRST_MS, 1000 / start.settings.speed);
  while (!signal.aborted) {
    await rest(wait, signal);
    const state = store.getState();
    if (signal.aborted || !state.playing) return;
    if (state.breakpoints !== breakpoints) {
      ({ breakpoints } = state);
      stop = await stopAhead(lecture, state, signal);
      if (signal.aborted) return;
    }
    const next = moves.visible(moves.forward, (at) => isHidden(state, at))(lecture, state.position);
    if (next < 0) return pause("This is the end.");
    const stopped = stop !== null && next >= stop.target;
    const position = stopped ? stop!.target : next;
    const motion = state.settings.speed > GLIDES ? "jump" : "step";
    store.setState({ position, peek: null, motion, ...(stopped ? {} : { message: null }) });
    if (stopped) return pause(stoppedAt(lecture, stop!));
    wait = waitAt(lecture, store.getState());
  }
}

function stopAhead(lecture: Lecture, { breakpoints, position }: State, signal: AbortSignal): Promise<Stop | null> {
  const active = breakpoints.filter((each) => each.enabled && isPlaced(each));
  return active.length === 0 ? Promise.resolve(null) : nextStop(lecture, active, position, 1, signal);
}

/** Milliseconds at a position: a step's share of a second, and what its new words and pictures take to read. */
function waitAt(lecture: Lecture, { position, settings: { speed, notes, raw } }: State): number {
  const { positions, outputs } = lecture;
  const step = positions.step[position];
  const shown = outputs.knownFrom(step) === position ? outputs.ofStep(step) : [];
  const seen = shown.filter(({ kind }) => notes || raw || kind !== "note");
  return (1000 * Math.max(1, readingTime(seen))) / speed;
}

/** Wait; a change of the speed shortens or lengthens what is left of it. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let speed = store.getState().settings.speed;
    let due = performance.now() + ms;
    let timer = setTimeout(done, ms);
    const unsubscribe = store.subscribe(({ settings }) => {
      if (settings.speed === speed) return;
      const left = ((due - performance.now()) * speed) / settings.speed;
      ({ speed } = settings);
      due = performance.now() + left;
      clearTimeout(timer);
      timer = setTimeout(done, left);
    });
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}

/** What the reader may do while it plays, without stopping it: the commands of playing, and keys that alone do nothing. */
const KEEPS_PLAYING = ["p", "<", ">", "Shift", "Control", "Alt", "Meta", "Tab"];
const BUTTONS = "[data-command=play], [data-command=faster], [data-command=slower]";

/** Anything else stops it: where the reader goes is for them to say. Space and Escape do that and nothing more. */
function pauseWhenTheReaderActs(): () => void {
  const key = (event: KeyboardEvent) => {
    if (KEEPS_PLAYING.includes(event.key)) return;
    if (event.target instanceof Element && event.target.closest(BUTTONS) && [" ", "Enter"].includes(event.key)) return;
    if (event.key === " " || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
    }
    pause("Paused.");
  };
  const press = (event: Event) => {
    if (event.target instanceof Element && event.target.closest(BUTTONS)) return;
    pause("Paused.");
  };
  const hidden = () => document.hidden && pause("Paused.");
  const unsubscribe = store.subscribe((state, before) => {
    const went = state.past !== before.past || state.opened !== before.opened;
    if (state.playing && (went || state.peek || state.overlay || state.lineMenu)) pause("Paused.");
  });
  window.addEventListener("keydown", key, true);
  for (const event of ["pointerdown", "wheel", "touchmove"])
    window.addEventListener(event, press, { capture: true, passive: true });
  document.addEventListener("visibilitychange", hidden);
  return () => {
    unsubscribe();
    window.removeEventListener("keydown", key, true);
    for (const event of ["pointerdown", "wheel", "touchmove"])
      window.removeEventListener(event, press, { capture: true });
    document.removeEventListener("visibilitychange", hidden);
  };
}
