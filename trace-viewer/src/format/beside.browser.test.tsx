import { afterEach, expect, it, vi } from "vitest";
import { traceFromText } from "../logic/trace-from-text";
import { SMALL } from "./assemble";
import type { Trace } from "./generated";
import { loadTrace } from "./load";

/** A trace of many turns, larger than what is read in one go. */
function large(): string {
  const turns = 60_000;
  const trace = traceFromText("1 x=1\n2");
  const grown = (cells: Iterable<number>) => [...Array.from({ length: turns }, () => [...cells][0]), [...cells][1]];
  const { steps } = trace;
  for (const name of Object.keys(steps) as (keyof typeof steps)[]) Object.assign(steps, { [name]: grown(steps[name]) });
  Object.assign(steps, { start: Array.from(steps.call, (_, step) => step * 1_000_000_000) });
  return JSON.stringify(trace);
}

/** Answers with a text, in pieces. */
function answer(text: string): void {
  const bytes = new TextEncoder().encode(text);
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(stream) {
      for (let at = 0; at < bytes.length; at += 100_000) stream.enqueue(bytes.slice(at, at + 100_000));
      stream.close();
    },
  });
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(pieces)),
  );
}

const columnsOf = ({ steps }: Trace) => [...steps.start].filter((_, step) => step % 10_000 === 0);
const columns = [0, 1, 2, 3, 4, 5, 6].map((ten) => ten * 10_000 * 1_000_000_000);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("reads a large trace in a worker, which is gone then", async () => {
  const text = large();
  expect(text.length).toBeGreaterThan(SMALL);
  const over = vi.spyOn(Worker.prototype, "terminate");
  const started = vi.spyOn(globalThis, "Worker");
  answer(text);
  const trace = await loadTrace("var/traces/x.json");
  expect(columnsOf(trace)).toEqual(columns);
  expect(trace.steps.start).toBeInstanceOf(Float64Array);
  expect(started).toHaveBeenCalledOnce();
  expect(over).toHaveBeenCalledOnce();
});

it("reads it without one where none may be started", async () => {
  vi.stubGlobal("Worker", function refused() {
    throw new DOMException("not here", "SecurityError");
  });
  answer(large());
  expect(columnsOf(await loadTrace("var/traces/x.json"))).toEqual(columns);
});

it("says what is wrong with a large one", async () => {
  const text = large();
  answer(text.slice(0, -10));
  await expect(loadTrace("var/traces/x.json")).rejects.toThrow("It ends in the middle");
  answer(text.replace('"call":[0', '"call":[99'));
  await expect(loadTrace("var/traces/x.json")).rejects.toThrow("steps.call[0] is 99");
  answer(`<html>${" ".repeat(SMALL)}`);
  await expect(loadTrace("var/traces/x.json")).rejects.toThrow("A web page came instead");
});
