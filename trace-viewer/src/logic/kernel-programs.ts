import { callLinks } from "./call-links";
import { kernelAt } from "./kernel-place";
import type { Lecture } from "./lecture";
import { followWay, type Counterpart } from "./same-place";

/**
 * Where `program` stands as `position` does in its own: on the same line, in the same turns of the loops around it, in the
 * same calls. From elsewhere, the program's first line. Null for a program that ran no line.
 */
export function counterpartOf(lecture: Lecture, position: number, program: number): Counterpart | null {
  const { trace, positions } = lecture;
  const call = trace.programs.call[program];
  const first = callLinks(lecture).first[call];
  if (!(first >= 0)) return null;
  const place = kernelAt(lecture, position);
  const from = place && place.program >= 0 ? trace.programs.call[place.program] : -1;
  // The frames that lead from the program's own line inwards to the position.
  const depth = lecture.stackAt(position).findIndex((frame) => frame.call === from);
  if (depth < 0) return { position: positions.entry[first], isSame: true };
  return followWay(lecture, position, depth, lecture, call, first);
}
