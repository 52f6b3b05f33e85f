import { afterEach, describe, expect, it } from "vitest";
import { traceFromText } from "../logic/trace-from-text";
import { readTrace } from "./load";
import { joined, type TraceParts } from "./parse";

const script = new URL("./reader.worker.ts", import.meta.url);

const served: string[] = [];
afterEach(() => served.splice(0).forEach((url) => URL.revokeObjectURL(url)));

/** The address of a file with this text. */
function address(text: string): string {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  served.push(url);
  return url;
}

/** What the worker posts for an address. */
function read(url: string): Promise<TraceParts | null> {
  const worker = new Worker(script, { type: "module", name: url });
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<TraceParts | null>) => resolve(data));
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
  });
}

describe("the worker that reads a trace", () => {
  it("posts what the page would have read itself", async () => {
    const text = JSON.stringify(traceFromText("1 x=1\n2\n  10\n3"));
    const long = text.replace('"strings":[', `"strings":[${JSON.stringify("é".repeat(1 << 20))},`);
    const parts = await read(address(long));
    expect(parts!.columns.find(({ table, name }) => table === "calls" && name === "parent")).toEqual({
      table: "calls",
      name: "parent",
      cells: Int32Array.of(-1, 1),
      low: -1,
      high: 1,
    });
    expect(joined(parts!)).toMatchObject({ ...readTrace(long) });
    expect(joined((await read(address(text)))!)).toEqual(JSON.parse(text));
  });

  it("posts null where nothing is", async () => {
    const url = address("{}");
    URL.revokeObjectURL(url);
    expect(await read(url)).toBeNull();
  });
});
