import { useEffect, useState } from "react";
import { useStore as useZustand } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Lecture } from "../logic/lecture";
import { lectureOf, store, type State } from "./store";

/** A page that nobody sees has no frames: there the next one counts as painted after so long. */
const UNSEEN_MS = 100;

const waiting = new Set<() => void>();
let frame = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const { port1, port2 } = new MessageChannel(); // a message that is sent in a frame comes when that is painted
port1.addEventListener("message", () => {
  timer = undefined;
  const due = [...waiting];
  waiting.clear();
  for (const work of due) work();
});
port1.start();

/** Do something when the next frame is on the screen. Returns what stops it. */
function afterPaint(work: () => void): () => void {
  waiting.add(work);
  if (timer === undefined) {
    const painted = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      port2.postMessage(null);
    };
    frame = requestAnimationFrame(painted);
    timer = setTimeout(painted, UNSEEN_MS);
  }
  return () => waiting.delete(work);
}

/** The state that is on the screen. */
const seen = createStore<State>(store.getState);
const look = () => seen.setState(store.getState(), true);
store.subscribe(() => void afterPaint(look));

/**
 * As `useStore`, as soon as what has changed is on the screen: for what stands beside the page and its values, and for the
 * buttons. A step is seen sooner that way, and a held key does not wait for them.
 */
export function useSoon<T>(select: (state: State) => T): T {
  return useZustand(seen, select);
}

/** The same of the position; in a lecture that has just been opened, at once. */
export function useSoonAt<T>(lecture: Lecture, select: (position: number) => T): T {
  return useSoon((state) => select((lectureOf(state) === lecture ? state : store.getState()).position));
}

/** A value, and, when it changes, the one before until the new one's frame is on the screen. */
export function useLater<T>(value: T): T {
  const [shown, setShown] = useState(value);
  useEffect(() => (shown === value ? undefined : afterPaint(() => setShown(() => value))), [shown, value]);
  return shown;
}

/** Whether this has been on the screen for a frame: then there is time for what takes no room of its own. */
export function usePainted(): boolean {
  const [painted, setPainted] = useState(false);
  useEffect(() => (painted ? undefined : afterPaint(() => setPainted(true))), [painted]);
  return painted;
}
