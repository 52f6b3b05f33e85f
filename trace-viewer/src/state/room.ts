import { lectureOf, type State } from "./store";

/** Where the outline has a column of its own, as outline.css has it. */
export const ROOMY = "(width >= 85rem)";

/** So many headings are worth an outline. */
const LEAST_HEADINGS = 3;

/** Asked for at every key press; made at the first, since tests read the commands where there is no window. */
let roomy: MediaQueryList | undefined;

/** Whether the lecture has an outline to speak of and the window has room for it. */
export function hasRoomForOutline(state: State): boolean {
  return (lectureOf(state)?.headings.length ?? 0) >= LEAST_HEADINGS && (roomy ??= window.matchMedia(ROOMY)).matches;
}
