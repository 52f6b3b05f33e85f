import type { Positions } from "../positions";
import { ALIKE, type Divergences } from "./divergences";

/** A stretch of the lecture that looks alike, as shares of all positions; `state` is the gravest of its steps. */
export interface Stretch {
  from: number;
  to: number;
  state: number;
  /** The first step of it that has that state. */
  step: number;
}

/** The run of A in at most so many parts, neighbours of one state joined; what was not compared is left out. */
export function stripOf({ states, from }: Divergences, positions: Positions, parts: number): Stretch[] {
  const { entry, count } = positions;
  const stretches: Stretch[] = [];
  const end = from + states.length;
  const many = Math.min(parts, states.length);
  for (let part = 0; part < many; part++) {
    const first = from + Math.floor((part * states.length) / many);
    const behind = from + Math.floor(((part + 1) * states.length) / many);
    let [state, step] = [ALIKE, first];
    for (let at = first; at < behind; at++) if (states[at - from] > state) [state, step] = [states[at - from], at];
    const to = (behind < end ? entry[behind] : behind < entry.length ? entry[behind] : count) / count;
    const last = stretches.at(-1);
    if (last?.state === state) last.to = to;
    else stretches.push({ from: entry[first] / count, to, state, step });
  }
  return stretches;
}
