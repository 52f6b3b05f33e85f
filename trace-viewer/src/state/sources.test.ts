import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openLecture } from "../logic/lecture";
import { traceFromText } from "../logic/trace-from-text";
import { followSources } from "./sources";
import { initialState, store, type Opened } from "./store";

let stop = () => {};
let answer = () => Response.json({ changed: ["lectures/drawn.py"], gone: [] });

const asked = () => vi.mocked(fetch).mock.calls.map(([url]) => new URL(String(url)).pathname);

function opened(path: string, sha256 = "ab", more: object = {}): void {
  const trace = traceFromText("1\n2");
  trace.files[0].sha256 = sha256;
  store.setState({ opened: { status: "ready", path, lecture: openLecture(trace), ...more } as Opened });
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => {
  store.setState(initialState());
  answer = () => Response.json({ changed: ["lectures/drawn.py"], gone: [] });
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => answer()),
  );
  stop = followSources();
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

describe("what has changed since the run", () => {
  it("is asked for when a trace is open, and again on return to the page", async () => {
    opened("var/traces/a%20lecture.json");
    await vi.waitFor(() => expect(store.getState().sources.changed).toEqual(["lectures/drawn.py"]));
    expect(asked()).toEqual(["/api/sources/a%20lecture.json"]);
    answer = () => Response.json({ changed: [], gone: ["lectures/drawn.py"] });
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.waitFor(() => expect(store.getState().sources).toEqual({ changed: [], gone: ["lectures/drawn.py"] }));
  });

  it("of one trace is not said of the next", async () => {
    opened("var/traces/a.json");
    await vi.waitFor(() => expect(store.getState().sources.changed).toHaveLength(1));
    answer = () => new Response("", { status: 500, headers: { "content-type": "application/json" } });
    opened("var/traces/b.json");
    expect(store.getState().sources).toEqual({ changed: [], gone: [] });
  });

  it.each<[string, () => void]>([
    ["a trace of another place", () => opened("elsewhere/a.json")],
    ["a foreign trace", () => opened("var/traces/a.json", "")],
    ["the reader's own file", () => opened("a.json", "ab", { file: new Blob() })],
    ["a name that is none", () => opened("var/traces/../../a.json")],
  ])("is not asked about %s", async (_, open) => {
    open();
    await settled();
    expect(fetch).not.toHaveBeenCalled();
  });

  it("is asked once where nobody knows", async () => {
    answer = () => new Response("<!doctype html>", { status: 404, headers: { "content-type": "text/html" } });
    opened("var/traces/a.json");
    await settled();
    opened("var/traces/b.json");
    await settled();
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(store.getState().sources).toEqual({ changed: [], gone: [] });
  });

  it.each([null, [], 1, { changed: 1, gone: {} }, { changed: [1, null, {}] }])(
    "may be answered by anything: %j",
    async (body) => {
      answer = () => Response.json(body);
      opened("var/traces/a.json");
      await settled();
      expect(store.getState().sources).toEqual({ changed: [], gone: [] });
    },
  );
});
