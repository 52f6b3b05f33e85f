import { kernelAt, neighbour, type KernelPlace } from "../logic/kernel-place";
import { jumpTo, nearestVisible, say, stepTo } from "./actions";
import { lectureOf, store, type State } from "./store";

/** The kernel that the position is in, or launches. */
export function kernelHere(state: State): KernelPlace | null {
  const lecture = lectureOf(state);
  return lecture && kernelAt(lecture, state.position);
}

/** The program before or behind the one that the position is in, or -1. */
export function programBeside(state: State, by: 1 | -1): number {
  const place = kernelHere(state);
  return place ? neighbour(lectureOf(state)!, place, by) : -1;
}

/**
 * Go to the same line in another program (a row of `programs`), in the same turn of its loop. `far`: as a jump. `which` is
 * asked when it is time to go: of two keys that follow each other quickly, the second goes on from the first.
 */
export async function goToProgram(which: number | ((state: State) => number), far = false): Promise<void> {
  const { counterpartOf } = await import("../logic/kernel-programs");
  const state = store.getState();
  const lecture = lectureOf(state);
  const program = typeof which === "number" ? which : which(state);
  if (!lecture || program < 0 || !kernelHere(state)) return;
  const found = counterpartOf(lecture, state.position, program);
  if (!found) return say("No line of that program was recorded.");
  if (far) jumpTo(found.position);
  else stepTo(nearestVisible(state, found.position));
  if (!found.isSame) say("That program never came to this line. This is where its way parts.");
}
