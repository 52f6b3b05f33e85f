import type { Lecture } from "../logic/lecture";
import { loopsOf, mayBeInLoop, type LoopPlace } from "../logic/loops";
import { lectureOf, type State } from "./store";

/** Of the two latest positions: the buttons are still at the last one when the page is at the next (`soon.ts`). */
let latest: { lecture: Lecture; position: number; places: LoopPlace[] }[] = [];

/** The loops around the present position, the innermost first: the same objects as long as it is there. */
export function loopsHere(state: State): LoopPlace[] {
  const lecture = lectureOf(state);
  if (!lecture) return [];
  const { position } = state;
  let here = latest.find((each) => each.lecture === lecture && each.position === position);
  if (!here) {
    here = { lecture, position, places: mayBeInLoop(lecture, position) ? loopsOf(lecture).at(position) : [] };
    latest = [here, ...latest.slice(0, 1)];
  }
  return here.places;
}

/** The loop that the reader moves in: the one they chose, if they are in it, else the innermost. */
export function loopHere(state: State): LoopPlace | undefined {
  const places = loopsHere(state);
  return places.find(({ statement }) => statement === state.loop) ?? places[0];
}
