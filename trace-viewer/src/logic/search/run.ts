import { KINDS, type Hit, type Kind } from "./hit";
import type { Looking } from "./scan";

/** What was found so far. */
export interface Found {
  /** In the order in which they were found; of each kind no more than `MOST`. */
  hits: readonly Hit[];
  /** How many there are, with those that are not kept. */
  counts: Readonly<Record<Kind, number>>;
  done: boolean;
  /** Why it was no question about values, for a reader who meant one; else "". */
  hint: string;
}

/** Hits that are kept of each kind: more nobody goes through. */
export const MOST = 500;

/** Milliseconds that a slice may take: a key press waits no longer. */
const SLICE = 8;
/** Milliseconds between two tellings of what was found, once something was. */
const TELL = 120;

/**
 * Look through a lecture in slices. `tell` is called with the first hits as soon as there are any, then from time to time, and
 * at the end. Once the signal is aborted, nothing more happens.
 */
export async function run(looking: Looking, tell: (found: Found) => void, signal: AbortSignal): Promise<void> {
  const hits: Hit[] = [];
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
  let told = -Infinity;
  for (;;) {
    const until = performance.now() + SLICE;
    let done = false;
    let fresh = false;
    let hint = "";
    do {
      const next = looking.next();
      if (next.done) [done, hint] = [true, next.value];
      else if (next.value) {
        fresh = true;
        if (++counts[next.value.kind] <= MOST) hits.push(next.value);
      }
    } while (!done && performance.now() < until);
    if (done || (fresh && performance.now() - told > TELL)) {
      tell({ hits: [...hits], counts: { ...counts }, done, hint });
      told = performance.now();
    }
    if (done) return;
    await pause();
    if (signal.aborted) return;
  }
}

/** Let the browser do what waits: a key press, a frame. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const come = () => {
      port1.close();
      resolve();
    };
    port1.addEventListener("message", come, { once: true });
    port1.start();
    port2.postMessage(null);
  });
}
