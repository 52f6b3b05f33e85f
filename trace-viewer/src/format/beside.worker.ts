/** Reads a large trace beside the page, which meanwhile gets itself ready: `beside.ts` says what is sent and answered. */
import type { Answer, Asked } from "./beside";
import { TraceReader } from "./parse";

/** What a worker has; the project's types are those of a page. */
const page = self as unknown as {
  addEventListener(kind: "message", hear: (message: MessageEvent<Asked>) => void): void;
  postMessage(answer: Answer, transfer: ArrayBufferLike[]): void;
};

const reader = new TraceReader();

page.addEventListener("message", ({ data: asked }) => {
  if (asked === "pieces") {
    const pieces = reader.pieces();
    page.postMessage(
      pieces,
      pieces.cuts.map(({ cells }) => cells.buffer),
    );
  } else if (asked === "bytes") {
    const { bytes } = reader;
    page.postMessage(bytes, [bytes.buffer]);
  } else reader.push(asked);
});

page.postMessage("ready", []);
