import type { Lecture } from "../logic/lecture";
import { loopsOf, mayBeInLoop, type LoopPlace } from "../logic/loops";
import { lectureOf, type State } from "./store";

let latest: { lecture: Lecture; position: number; places: LoopPlace[] } | null = null;

/** The loops around the present position, the innermost first. */
export function loopsHere(state: State): LoopPlace[] {
  const lecture = lectureOf(state);
  if (!lecture) return [];
  const { position } = state;
  if (latest?.lecture !== lecture || latest.position !== position)
    latest = { lecture, position, places: mayBeInLoop(lecture, position) ? loopsOf(lecture).at(position) : [] };
  return latest.places;
}

/** The loop that the reader moves in: the one they chose, if they are in it, else the innermost. */
export function loopHere(state: State): LoopPlace | undefined {
  const places = loopsHere(state);
  return places.find(({ statement }) => statement === state.loop) ?? places[0];
}
