import { checkTrace } from "./check";
import { FORMAT, type Trace } from "./generated";
import type { importEdtrace } from "./import/edtrace";
import { isAllowed, isOwn } from "./origins";
import { TraceReader } from "./parse";
import { TraceProblem } from "./problem";
import { upgrade } from "./upgrade";

/**
 * Fetch a trace and read it: from this page's own origin, or from one that the owner of the page allows. Fails with a
 * `TraceProblem`, and with nothing else.
 */
export async function loadTrace(path: string, signal?: AbortSignal): Promise<Trace> {
  const reader = await fetchTrace(path, signal);
  return opened(parsed(reader));
}

/** Read a trace of whatever kind. Fails with a `TraceProblem`. */
export async function openTrace(bytes: Uint8Array): Promise<Trace> {
  return opened(parse(bytes));
}

async function opened(data: Record<string, unknown>): Promise<Trace> {
  return read(data, isEdtrace(data) ? await loadImporter() : undefined);
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

type Importer = typeof importEdtrace;

/** Few traces are foreign, so what makes lectures of them comes when one does. */
async function loadImporter(): Promise<Importer> {
  try {
    return (await import("./import/edtrace")).importEdtrace;
  } catch {
    throw unanswered();
  }
}

function unanswered(): TraceProblem {
  return new TraceProblem("The server does not answer", "Start it with `python -m tracer serve`, then try again.");
}

function unheard(url: URL): TraceProblem {
  return new TraceProblem(
    "The trace did not arrive",
    `${url.host} does not answer, or does not let pages of other sites read it: download the trace and open the file.`,
  );
}

/** Read a trace: parse it, bring it to this version, check it. One of edtrace needs the importer. */
export function readTrace(source: string | Uint8Array, importer?: Importer): Trace {
  return read(parse(source), importer);
}

function isEdtrace({ format, files, steps }: Record<string, unknown>): boolean {
  const hasFiles = typeof files === "object" && files !== null && !Array.isArray(files);
  return format === undefined && hasFiles && Array.isArray(steps);
}

function read(data: Record<string, unknown>, importer?: Importer): Trace {
  if (importer && isEdtrace(data)) return checkTrace(importer(data) as unknown as Record<string, unknown>);
  if (data.format !== FORMAT) {
    throw new TraceProblem(
      "This is not a trace",
      "It is JSON, but not the record of a lecture. Traces are made by `python execute.py -m NAME`.",
    );
  }
  upgrade(data);
  return checkTrace(data);
}

function parse(source: string | Uint8Array): Record<string, unknown> {
  const bytes = typeof source === "string" ? new TextEncoder().encode(source) : source;
  const reader = new TraceReader();
  reader.push(bytes);
  return parsed(reader);
}

/** What a reader has read; where it fails, the bytes are looked at more closely. */
function parsed(reader: TraceReader): Record<string, unknown> {
  let data: unknown;
  try {
    data = reader.end();
  } catch {
    return parseText(new TextDecoder().decode(reader.bytes));
  }
  if (typeof data === "object" && data !== null && !Array.isArray(data)) return data as Record<string, unknown>;
  throw new TraceProblem("This is not a trace", "It is JSON, but not the record of a lecture.");
}

/** Read what is not plain JSON, or say what it is instead. */
function parseText(text: string): Record<string, unknown> {
  const start = text.trimStart().slice(0, 200);
  if (start === "") throw new TraceProblem("This trace is empty", "There is nothing in it. Run the lecture again.");
  try {
    const data: unknown = parseJSON(text);
    if (typeof data === "object" && data !== null && !Array.isArray(data)) return data as Record<string, unknown>;
  } catch (error) {
    if (start.startsWith("<")) {
      throw new TraceProblem("This is not a trace", "A web page came instead of one: check the address of the trace.");
    }
    if (start.startsWith("{") && endsEarly(text.trimEnd(), String(error))) {
      const size = text.length.toLocaleString("en");
      throw new TraceProblem(
        "This trace is cut off",
        `It ends in the middle, after ${size} characters: wait for the run to end, copy it again, or run the lecture again.`,
      );
    }
    throw new TraceProblem("This is not a trace", "It is not JSON. Traces are made by `python execute.py -m NAME`.");
  }
  throw new TraceProblem("This is not a trace", "It is JSON, but not the record of a lecture.");
}

/** Python's own JSON writes NaN and infinities bare. */
function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = quoteBare(text);
    if (quoted === text) throw error;
    return JSON.parse(quoted, (_, value: unknown) => (typeof value === "string" ? (BARE.get(value) ?? value) : value));
  }
}

/** What stands for them while they are read: no other string begins with this sign. */
const BARE = new Map(["NaN", "Infinity", "-Infinity"].map((word) => [`\0${word}`, Number(word)]));

/** Put the bare words of a JSON text, those outside its strings, between quotes. */
function quoteBare(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === '"') {
      do i = text.indexOf('"', i + 1);
      while (i >= 0 && isEscaped(text, i));
      if (i < 0) return text; // cut off within a string
    } else if (sign === "N" || sign === "I" || sign === "-") {
      const word = /^(?:NaN|-?Infinity)/.exec(text.slice(i, i + 9))?.[0];
      if (!word) continue;
      pieces.push(text.slice(from, i), `"\\u0000${word}"`);
      from = i + word.length;
      i = from - 1;
    }
  }
  return from === 0 ? text : pieces.join("") + text.slice(from);
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** Whether reading failed because the text ended: in the middle of something, or before its last bracket closed. */
function endsEarly(text: string, error: string): boolean {
  const position = /position (\d+)/.exec(error);
  return !text.endsWith("}") || /end of|unterminated/i.test(error) || Number(position?.[1] ?? 0) >= text.length;
}
