import { lectureOf, type State } from "./store";

export interface LinePlace {
  file: number;
  line: number;
}

/** The line that the reader is at: the one they look at, else that of the step. */
export function lineAt(state: State): LinePlace | null {
  const lecture = lectureOf(state);
  if (!lecture) return null;
  if (state.peek) return { file: state.peek.file, line: state.peek.line };
  if (state.position < 0) return null;
  const { file, line } = lecture.placeOf(lecture.positions.step[state.position]);
  return { file, line };
}
