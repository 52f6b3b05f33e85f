import { useStore as useZustand } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Lecture } from "../logic/lecture";
import { afterPaint } from "../widgets/painted";
import { lectureOf, store, type State } from "./store";

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
