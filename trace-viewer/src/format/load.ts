import { checkTrace } from "./check";
import { FORMAT, type Trace } from "./generated";
import type { importEdtrace } from "./import/edtrace";
import { TraceProblem } from "./problem";
import { upgrade } from "./upgrade";

/** Fetch a trace from this page's own origin and read it. Fails with a `TraceProblem`, and with nothing else. */
export async function loadTrace(path: string, signal?: AbortSignal): Promise<Trace> {
  const data = parse(await fetchText(path, signal));
  return read(data, isEdtrace(data) ? await loadImporter() : undefined);
}

/** The URL of a trace, or null where it lies on another origin. */
export function traceURL(path: string): URL | null {
  try {
    const url = new URL(path, document.baseURI);
    return url.origin === window.location.origin ? url : null;
  } catch {
    return null;
  }
}

async function fetchText(path: string, signal?: AbortSignal): Promise<string> {
  const url = traceURL(path);
  if (!url) {
    throw new TraceProblem(
      "This trace is somewhere else",
      "The viewer opens traces of its own address only: download the trace into var/traces and open it from there.",
    );
  }
  let response: Response;
  try {
    response = await fetch(url, { signal, credentials: "same-origin" });
    if (response.ok) return await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unanswered();
  }
  if (response.status === 404) {
    const name = /([^/]+)\.json$/.exec(url.pathname)?.[1];
    const make = name ? ` Run \`python execute.py -m ${name}\` to make it, or choose another lecture.` : "";
    throw new TraceProblem("There is no such trace", `Nothing is at ${path}.${make}`);
  }
  throw new TraceProblem("The trace did not arrive", `The server answered ${response.status} for ${path}.`);
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

/** Read the text of a trace: parse it, bring it to this version, check it. One of edtrace needs the importer. */
export function readTrace(text: string, importer?: Importer): Trace {
  return read(parse(text), importer);
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

function parse(text: string): Record<string, unknown> {
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

/** Python's own JSON writes NaN and infinities bare, each on a line of its own in the traces of edtrace. */
function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = text.replace(/^([ \t]*)(NaN|-?Infinity)(,?)$/gm, '$1"$2"$3');
    if (quoted === text) throw error;
    return JSON.parse(quoted);
  }
}

/** Whether reading failed because the text ended: in the middle of something, or before its last bracket closed. */
function endsEarly(text: string, error: string): boolean {
  const position = /position (\d+)/.exec(error);
  return !text.endsWith("}") || /end of|unterminated/i.test(error) || Number(position?.[1] ?? 0) >= text.length;
}
