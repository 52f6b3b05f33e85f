/** Traces from the reader's own disk: plain, or compressed by gzip. */
import type { Trace } from "./generated";
import { openTrace } from "./whole";
import { TraceProblem } from "./problem";

/** Bytes of a trace, unpacked. What is larger is more than most browsers can hold as one string. */
export const LARGEST = 500_000_000;

/** Read a trace from a file. Fails with a `TraceProblem`, and with nothing else; `largest` bounds its bytes. */
export async function loadFile(file: Blob, largest = LARGEST): Promise<Trace> {
  let bytes: Uint8Array;
  try {
    bytes = (await isGzip(file)) ? await unpacked(file, largest) : await plain(file, largest);
  } catch (error) {
    if (error instanceof TraceProblem) throw error;
    throw new TraceProblem(
      "This file cannot be read",
      "It is a folder, or damaged, or it was moved or changed meanwhile: choose it again.",
    );
  }
  return openTrace(bytes);
}

/** By its first two bytes: the name of a file says little. */
async function isGzip(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}

async function plain(file: Blob, largest: number): Promise<Uint8Array> {
  if (file.size > largest) throw tooLarge(largest);
  return new Uint8Array(await file.arrayBuffer());
}

/** A small file may hold any amount, so it is counted as it comes. */
async function unpacked(file: Blob, largest: number): Promise<Uint8Array> {
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > largest) {
      void reader.cancel();
      throw tooLarge(largest);
    }
    pieces.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

function tooLarge(largest: number): TraceProblem {
  const size = `${(largest / 1e6).toLocaleString("en")} MB`;
  return new TraceProblem("This trace is too large", `It has more than the ${size} that a browser can hold.`);
}
