import type { Pieces } from "./assemble";

/** What the worker is sent: a piece of a trace, or a question. */
export type Asked = Uint8Array | "pieces" | "bytes";
/** What it says: that it is there, and what it was asked for, in order. */
export type Answer = "ready" | Pieces | Uint8Array;

/** What takes the bytes of a trace while they come. */
export interface Reading {
  push(piece: Uint8Array): void;
  /** All of it, once the last piece has been pushed. */
  pieces(): Promise<Pieces>;
  /** All that came: for a closer look, where it is no trace. */
  bytes(): Promise<Uint8Array>;
  close(): void;
}

/**
 * Read a large trace in a worker: that takes longer than all else in opening it, and the page has other things to do
 * meanwhile. Where none may be started, the page reads.
 */
export async function readBeside(): Promise<Reading> {
  let worker: Worker;
  try {
    worker = new Worker(new URL("./beside.worker.ts", import.meta.url), { type: "module" });
    await said(worker);
  } catch {
    return readHere();
  }
  const failed = new Promise<never>((_, reject) => worker.addEventListener("error", reject));
  failed.catch(() => {}); // who asks is told
  const ask = <T extends Answer>(question: "pieces" | "bytes") => {
    const answer = said<T>(worker);
    worker.postMessage(question satisfies Asked); // oxlint-disable-line unicorn/require-post-message-target-origin
    return Promise.race([answer, failed]);
  };
  return {
    push: (piece) => worker.postMessage(piece satisfies Asked, isWhole(piece) ? [piece.buffer] : []),
    pieces: () => ask<Pieces>("pieces"),
    bytes: () => ask<Uint8Array>("bytes"),
    close: () => worker.terminate(),
  };
}

/** What the worker says next. */
function said<T extends Answer>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<T>) => resolve(data), { once: true });
    worker.addEventListener("error", reject, { once: true });
  });
}

/** Whether a piece is all that its memory holds, which can be handed over then. */
function isWhole({ buffer, byteLength }: Uint8Array): boolean {
  return buffer.byteLength === byteLength;
}

async function readHere(): Promise<Reading> {
  const { TraceReader } = await import("./parse");
  const reader = new TraceReader();
  return {
    push: (piece) => reader.push(piece),
    pieces: async () => reader.pieces(),
    bytes: async () => reader.bytes,
    close: () => {},
  };
}
