import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openLecture } from "../logic/lecture";
import { openRun } from "../logic/open";
import { traceFromText } from "../logic/trace-from-text";
import { followRun } from "./running";
import { initialState, store } from "./store";

const path = "var/traces/a.json";
let served = { text: "", tag: "" };
let stop = () => {};

/** What is at the address from now on. */
function serve(drawing: string, status: "running" | "finished" = "running"): void {
  served = { text: JSON.stringify(traceOf(drawing, status)), tag: `"${drawing}${status}"` };
}

function traceOf(drawing: string, status: "running" | "finished") {
  const trace = traceFromText(drawing);
  trace.summary.outcome.status = status;
  trace.summary.steps = trace.steps.call.length;
  return trace;
}

const steps = () => {
  const { opened } = store.getState();
  return opened.status === "ready" ? opened.lecture.trace.steps.call.length : 0;
};

beforeEach(() => {
  vi.useFakeTimers();
  const fetched = vi.fn<typeof fetch>(async (_url, init) =>
    served.tag
      ? new Response(init?.method === "HEAD" ? null : served.text, { headers: { etag: served.tag } })
      : new Response("gone", { status: 404 }),
  );
  vi.stubGlobal("fetch", fetched);
  serve("1\n2");
  store.setState({
    ...initialState(),
    opened: { status: "ready", path, lecture: openLecture(traceOf("1\n2", "running")) },
    position: 0,
  });
  stop = followRun(path);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const aWhile = () => vi.advanceTimersByTimeAsync(5000);
const loads = () => vi.mocked(fetch).mock.calls.filter(([, init]) => init?.method !== "HEAD").length;

describe("a run that goes on", () => {
  it("grows under the reader, who stays where they are", async () => {
    serve("1\n2\n3\n4");
    await aWhile();
    expect(steps()).toBe(4);
    expect(store.getState().position).toBe(0);
  });

  it("takes along whoever stands at its end", async () => {
    store.setState({ position: 1 });
    serve("1\n2\n3\n4");
    await aWhile();
    expect(store.getState().position).toBe(3);
    serve("1\n2\n3\n4\n5", "finished");
    await aWhile();
    expect(store.getState().position).toBe(4);
  });

  it("is loaded again only when it has changed", async () => {
    await aWhile();
    const before = loads();
    await aWhile();
    expect(loads()).toBe(before);
  });

  it("stays as it is while nobody answers, and goes on afterwards", async () => {
    served = { text: "", tag: "" };
    await aWhile();
    expect(steps()).toBe(2);
    serve("1\n2\n3");
    await aWhile();
    expect(steps()).toBe(3);
  });

  it("of several ranks grows on each of them, also where the reader's own is over", async () => {
    const both = "rank 0\n 1\n 2\nrank 1\n 1";
    store.setState({ opened: { status: "ready", path, lecture: await openRun(traceOf(both, "running"), 0) } });
    serve(`${both}\n 2\n 3`);
    await aWhile();
    const { opened } = store.getState();
    const rank = opened.status === "ready" ? opened.lecture.rank : undefined;
    expect(rank?.number).toBe(0);
    expect(rank?.run.open(1).trace.steps.call.length).toBe(3);
    expect(steps()).toBe(2);
  });

  it("is left alone once the reader is elsewhere", async () => {
    const opened = { status: "ready", path: "var/traces/b.json", lecture: openLecture(traceFromText("1")) } as const;
    store.setState({ opened, position: 0 });
    serve("1\n2\n3");
    await aWhile();
    expect(store.getState().opened).toBe(opened);
  });
});
