import type { Trace } from "./generated";
import { isAllowed, isOwn } from "./origins";
import { TraceReader } from "./parse";
import { TraceProblem, unanswered } from "./problem";
import { read } from "./read";
import { recordIn } from "./whole";

/**
 * Fetch a trace and read it: from this page's own origin, or from one that the owner of the page allows. Fails with a
 * `TraceProblem`, and with nothing else.
 */
export async function loadTrace(path: string, signal?: AbortSignal): Promise<Trace> {
  return read(recordIn(await fetchTrace(path, signal)));
}

/** The URL of a trace, or null where it may not be read from there. */
export function traceURL(path: string): URL | null {
  try {
    const url = new URL(path, document.baseURI);
    return isAllowed(url) ? url : null;
  } catch {
    return null;
  }
}

async function fetchTrace(path: string, signal?: AbortSignal): Promise<TraceReader> {
  const url = traceURL(path);
  if (!url) {
    throw new TraceProblem(
      "This trace is somewhere else",
      "The viewer opens traces of its own address only, and of those that its owner allows: download the trace and open " +
        "the file, or serve with `--allow-origin`.",
    );
  }
  const own = isOwn(url);
  // Elsewhere nobody is told who asks, and no answer may lead on to where traces may not come from.
  const abroad: RequestInit = { credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" };
  let response: Response;
  try {
    response = await (takeEarly(url) ?? fetch(url, { signal, ...(own ? { credentials: "same-origin" } : abroad) }));
    if (response.ok) return await readBody(response);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw own ? unanswered() : unheard(url);
  }
  if (response.status === 404 && own) {
    const name = /([^/]+)\.json$/.exec(url.pathname)?.[1];
    const make = name ? ` Run \`python execute.py -m ${name}\` to make it, or choose another lecture.` : "";
    throw new TraceProblem("There is no such trace", `Nothing is at ${path}.${make}`);
  }
  throw new TraceProblem("The trace did not arrive", `The server answered ${response.status} for ${path}.`);
}

declare global {
  interface Window {
    /** What `public/early.js` or `expectTrace` has asked for. */
    earlyTrace?: { url: string; response: Promise<Response> };
  }
}

/** So long an answer is waited for by someone: later the trace may be another. */
const EXPECTED_MS = 5000;

/** Ask for a trace of this address that is likely to be opened in a moment: it is on its way then. */
export function expectTrace(path: string): void {
  const url = traceURL(path);
  if (!url || !isOwn(url)) return;
  const request = new AbortController();
  const early = { url: url.href, response: fetch(url, { credentials: "same-origin", signal: request.signal }) };
  early.response.catch(() => {}); // whoever takes it says so
  window.earlyTrace = early;
  setTimeout(() => {
    if (window.earlyTrace !== early) return;
    delete window.earlyTrace;
    request.abort();
  }, EXPECTED_MS);
}

/** The answer that was asked for before the viewer had come, for the one who first wants it. */
function takeEarly({ href }: URL): Promise<Response> | undefined {
  const { earlyTrace } = window;
  delete window.earlyTrace;
  return earlyTrace?.url === href ? earlyTrace.response : undefined;
}

/** Read what has come while the rest is on its way. */
async function readBody({ body }: Response): Promise<TraceReader> {
  const trace = new TraceReader();
  const pieces = body?.getReader();
  for (let piece = await pieces?.read(); piece && !piece.done; piece = await pieces?.read()) trace.push(piece.value);
  return trace;
}

function unheard(url: URL): TraceProblem {
  return new TraceProblem(
    "The trace did not arrive",
    `${url.host} does not answer, or does not let pages of other sites read it: download the trace and open the file.`,
  );
}
