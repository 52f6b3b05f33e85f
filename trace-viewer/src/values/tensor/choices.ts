/** What the reader chose about how arrays are shown, for all arrays alike, across steps and variables. */
import { useSyncExternalStore } from "react";

export interface Choices {
  /** The format whose bits are shown, when it is not the array's own. */
  format: string | null;
  /** Which index of its leading axes is shown, by what these axes are; null: all of them. */
  slices: ReadonlyMap<string, readonly (number | null)[]>;
  /** Numbers or colours, by shape, where the reader did not leave it to us. */
  looks: ReadonlyMap<string, "numbers" | "colors">;
}

const MOST_KEPT = 200;

let choices: Choices = {
  format: null,
  slices: new Map(),
  looks: new Map(),
};
const listeners = new Set<() => void>();

export function useChoices(): Choices {
  return useSyncExternalStore(subscribe, () => choices);
}

export function chooseFormat(format: string | null): void {
  set({ format });
}

export function chooseSlice(key: string, slice: readonly (number | null)[]): void {
  set({ slices: withEntry(choices.slices, key, slice) });
}

export function chooseLook(key: string, look: "numbers" | "colors"): void {
  set({ looks: withEntry(choices.looks, key, look) });
}

function set(change: Partial<Choices>): void {
  choices = { ...choices, ...change };
  for (const notify of listeners) notify();
}

function withEntry<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  for (const oldest of next.keys()) {
    if (next.size <= MOST_KEPT) break;
    next.delete(oldest);
  }
  return next;
}

function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  return () => listeners.delete(notify);
}
