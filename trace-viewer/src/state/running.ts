import { loadTrace, traceURL } from "../format/load";
import type { Lecture } from "../logic/lecture";
import { openRun } from "../logic/open";
import { locate, placeAt } from "../logic/place";
import { nearestVisible } from "./actions";
import { prepare } from "./at-rest";
import { lectureOf, store, wholeSummary, type State } from "./store";

/** Between two looks at whether the trace has grown. */
const PAUSE_MS = 2000;

/**
 * Follow a run that goes on: its trace is replaced under the reader as it grows, at the place where they are; whoever
 * stands at its end goes on with it. Ends by itself with the run. Returns what stops it.
 */
export function followRun(path: string): () => void {
  const over = new AbortController();
  const { signal } = over;
  let tag: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = async () => {
    try {
      if (document.visibilityState === "visible") {
        // Asked for its head alone: a trace that has not grown need not come again.
        const url = traceURL(path);
        const head = url ? await fetch(url, { method: "HEAD", signal, cache: "no-cache" }) : null;
        const now = head?.ok ? head.headers.get("etag") : null;
        if (now !== null && now !== tag) {
          const trace = await loadTrace(path, signal);
          const lecture = await openRun(trace, lectureOf(store.getState())?.rank?.number);
          if (signal.aborted) return;
          tag = now;
          show(path, lecture);
          prepare(lecture);
        }
      }
    } catch {
      // The server is away, or the file just now: the next look tells.
    }
    if (!signal.aborted) timer = setTimeout(() => void look(), PAUSE_MS);
  };
  void look();
  return () => {
    over.abort();
    clearTimeout(timer);
  };
}

/** Put what the trace has become in the place of what is shown. */
function show(path: string, lecture: Lecture): void {
  store.setState((state): State | Partial<State> => {
    const before = lectureOf(state);
    if (!before || state.opened.status !== "ready" || state.opened.path !== path) return state;
    const [is, was] = [wholeSummary(lecture), wholeSummary(before)];
    if (is.steps === was.steps && is.outcome.status === was.outcome.status) return state;
    const opened = { ...state.opened, lecture };
    const grown = { ...state, opened, search: null, past: state.past.filter((at) => at < lecture.positions.count) };
    if (state.position >= 0 && state.position < before.positions.count - 1) {
      const { position, peek } = locate(lecture, placeAt(before, { trace: path }, state.position, state.peek));
      return { ...grown, position: nearestVisible(grown, position), peek };
    }
    return { ...grown, position: nearestVisible(grown, lecture.positions.count - 1), motion: "step" };
  });
}
