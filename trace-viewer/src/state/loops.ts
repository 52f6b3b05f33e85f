import { ofLatest } from "../logic/latest";
import { loopsOf, mayBeInLoop, type LoopPlace } from "../logic/loops";
import { lectureOf, type State } from "./store";

const loopsAt = ofLatest((lecture, position) => (mayBeInLoop(lecture, position) ? loopsOf(lecture).at(position) : []));

/** The loops around the present position, the innermost first. */
export function loopsHere(state: State): LoopPlace[] {
  const lecture = lectureOf(state);
  return lecture ? loopsAt(lecture, state.position) : NONE;
}

const NONE: LoopPlace[] = [];

/** The loop that the reader moves in: the one they chose, if they are in it, else the innermost. */
export function loopHere(state: State): LoopPlace | undefined {
  const places = loopsHere(state);
  return places.find(({ statement }) => statement === state.loop) ?? places[0];
}
