/** Traces that are there whole: a text, the bytes of a file, or what a reader has read. */
import type { Trace } from "./generated";
import { TraceReader } from "./parse";
import { read, readNow, recordOf, type Importer } from "./read";

/** Read a trace of whatever kind. Fails with a `TraceProblem`. */
export async function openTrace(bytes: Uint8Array): Promise<Trace> {
  return read(recordIn(readerOf(bytes)));
}

/** Read a trace at once. One of edtrace needs the importer. */
export function readTrace(source: string | Uint8Array, importer?: Importer): Trace {
  const bytes = typeof source === "string" ? new TextEncoder().encode(source) : source;
  return readNow(recordIn(readerOf(bytes)), importer);
}

/** What a reader has read; where it fails, the bytes are looked at more closely. Fails with a `TraceProblem`. */
export function recordIn(reader: TraceReader): Record<string, unknown> {
  let data: unknown;
  try {
    data = reader.end();
  } catch {
    data = new TextDecoder().decode(reader.bytes);
  }
  return recordOf(data);
}

function readerOf(bytes: Uint8Array): TraceReader {
  const reader = new TraceReader();
  reader.push(bytes);
  return reader;
}
