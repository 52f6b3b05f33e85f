import { store } from "./store";

/**
 * The calls that a reader has opened below the lines that made them, by place: the statement, and for one inside another,
 * the statements from the outermost inwards, `12/40`. Where a statement made several calls, the value is the reader's
 * choice among them; null: the one that belongs to where they are.
 */
export type InPlace = ReadonlyMap<string, Choice | null>;

export interface Choice {
  /** Which of the calls that the statement made in one activation, from 0. */
  index: number;
  /** Chosen while this execution of the statement was shown: when another is, the choice is forgotten. */
  at: number;
}

export const placeOf = (statement: number, within = ""): string => (within ? `${within}/${statement}` : `${statement}`);

/** How deep calls may be shown inside each other. */
export const DEEPEST = 6;

export const depthOf = (place: string): number => place.split("/").length;

let fresh = "";

export function openInPlace(place: string): void {
  fresh = place;
  store.setState(({ inPlace }) => ({ inPlace: new Map(inPlace).set(place, null) }));
}

export function chooseInPlace(place: string, choice: Choice): void {
  store.setState(({ inPlace }) => ({ inPlace: new Map(inPlace).set(place, choice) }));
}

/** Close a call, with all that is shown inside it. */
export function closeInPlace(place: string): void {
  store.setState(({ inPlace }) => ({
    inPlace: new Map([...inPlace].filter(([key]) => key !== place && !key.startsWith(`${place}/`))),
  }));
}

export function toggleInPlace(place: string): void {
  if (store.getState().inPlace.has(place)) closeInPlace(place);
  else openInPlace(place);
}

/** Close the one that was opened last. */
export function closeLastInPlace(): void {
  const last = [...store.getState().inPlace.keys()].at(-1);
  if (last !== undefined) closeInPlace(last);
}

/** Whether the reader has just opened this one, told once: then it is brought into view. */
export function isFresh(place: string): boolean {
  const is = fresh === place;
  if (is) fresh = "";
  return is;
}
