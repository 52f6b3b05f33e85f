/** Traces that are there whole: a text, or the bytes of a file. */
import type { Trace } from "./generated";
import { TraceReader } from "./parse";
import { read, readNow, recordOf, type Importer } from "./read";

/** Read a trace of whatever kind. Fails with a `TraceProblem`. */
export async function openTrace(bytes: Uint8Array): Promise<Trace> {
  return read(parse(bytes));
}

/** Read a trace at once. One of edtrace needs the importer. */
export function readTrace(source: string | Uint8Array, importer?: Importer): Trace {
  return readNow(parse(typeof source === "string" ? new TextEncoder().encode(source) : source), importer);
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  const reader = new TraceReader();
  let data: unknown;
  try {
    reader.push(bytes);
    data = reader.end();
  } catch {
    data = new TextDecoder().decode(bytes); // to be looked at more closely
  }
  return recordOf(data);
}
