import { callLinks } from "../logic/call-links";
import type { Lecture } from "../logic/lecture";
import { loopsOf } from "../logic/loops";

/** So long after it was asked for, work that waits for the page to be at rest is done in any case. */
const LATEST_MS = 2000;

/** Do something when the page has nothing else to do. Returns what stops it. */
export function whenAtRest(work: () => void): () => void {
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(work);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(work, { timeout: LATEST_MS });
  return () => cancelIdleCallback(asked);
}

/**
 * Work out, when the page is at rest, what grows with the run and the first screen does without: who bound what, the loops,
 * who called whom. No key should wait for it.
 */
export function prepare(lecture: Lecture): void {
  for (const find of [({ bindings }: Lecture) => bindings.known, loopsOf, callLinks])
    whenAtRest(() => void find(lecture));
}
