import { traceURL } from "../format/load";
import { isOwn } from "../format/origins";
import { store, type Sources, type State } from "./store";

/** Paths told of a trace that are shown; a lecture has a few files. */
const MOST = 100;

const SAME: Sources = { changed: [], gone: [] };

/**
 * Ask the server whether the files of the open trace are still what was recorded: once it is open, and whenever the reader
 * comes back to the page, perhaps from an editor. A page without such a server is never asked again. Returns what stops it.
 */
export function followSources(): () => void {
  let asking = new AbortController();
  let answers = true;

  const ask = async () => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const url = answers ? questionFor(store.getState()) : null;
    if (!url) return;
    try {
      const response = await fetch(url, { signal, headers: { accept: "application/json" } });
      if (!response.headers.get("content-type")?.includes("json")) answers = false;
      else if (response.ok) store.setState({ sources: readSources(await response.json()) });
    } catch {
      // Nobody is there, or the page has moved on: what was known stands.
    }
  };
  const changed = (state: State, before: State) => {
    if (state.opened === before.opened) return;
    if (isNews(state.sources)) store.setState({ sources: SAME });
    if (state.opened.status === "ready") void ask();
  };
  const returned = () => document.visibilityState === "visible" && void ask();

  const unsubscribe = store.subscribe(changed);
  document.addEventListener("visibilitychange", returned);
  return () => {
    asking.abort();
    unsubscribe();
    document.removeEventListener("visibilitychange", returned);
  };
}

export function isNews({ changed, gone }: Sources): boolean {
  return changed.length + gone.length > 0;
}

/** Where to ask about the open trace; null for one that this page's server did not record. */
function questionFor({ opened }: State): URL | null {
  if (opened.status !== "ready" || opened.file || !opened.lecture.trace.files.some(({ sha256 }) => sha256)) return null;
  const url = traceURL(opened.path);
  const name = url && isOwn(url) ? /\/var\/traces\/([^/]+\.json)$/.exec(url.pathname)?.[1] : null;
  return name ? new URL(`api/sources/${name}`, document.baseURI) : null;
}

function readSources(answer: unknown): Sources {
  const { changed, gone } = (typeof answer === "object" && answer ? answer : {}) as Record<string, unknown>;
  const paths = (list: unknown) =>
    (Array.isArray(list) ? list : []).filter((path) => typeof path === "string").slice(0, MOST);
  return { changed: paths(changed), gone: paths(gone) };
}
