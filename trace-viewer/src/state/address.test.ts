import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { traceFromText } from "../logic/trace-from-text";
import { jumpTo, peekAt, stepTo } from "./actions";
import { followAddress, traceLink } from "./address";
import { initialState, store } from "./store";

const DRAWING = "1\n2\n  10\n3";
let stop = () => {};

/** Open the page at an address, with a server that has one trace. */
async function visit(search: string): Promise<void> {
  window.history.replaceState(null, "", `/${search}`);
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(JSON.stringify(traceFromText(DRAWING)))),
  );
  store.setState(initialState());
  stop = followAddress();
  await vi.waitFor(() => expect(store.getState().opened.status).not.toBe("loading"));
}

const search = () => window.location.search;

beforeEach(() => localStorage.clear());

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

describe("the address", () => {
  it("opens the place it names", async () => {
    await visit("?trace=t.json&step=1&phase=out");
    expect(store.getState()).toMatchObject({ position: 3, message: null });
  });

  it("without a trace opens the start page, and asks for nothing", async () => {
    await visit("");
    expect(store.getState().opened.status).toBe("none");
    expect(fetch).not.toHaveBeenCalled();
  });

  it("says what it could not have", async () => {
    await visit("?trace=t.json&step=-5");
    expect(store.getState().position).toBe(0);
    expect(store.getState().message).toContain("There is no step -5");
  });

  it("follows steps without adding to the history, and jumps by adding one entry", async () => {
    await visit("?trace=t.json");
    const entries = window.history.length;
    stepTo(1);
    stepTo(2);
    await vi.waitFor(() => expect(search()).toMatch(/^\?trace=t.json&step=2&/));
    expect(window.history.length).toBe(entries);
    stepTo(1);
    jumpTo(4);
    const address = "?trace=t.json&step=3&code=line_3()";
    await vi.waitFor(() => expect(search()).toContain(address));
    const beside = new URLSearchParams(search()).get("beside")!;
    expect(beside).toMatch(/^\w+\.\w+$/);
    expect(search()).toBe(`${address}&beside=${beside}&at=main:3`);
    expect(window.history.length).toBe(entries + 1);
    peekAt(0, 20);
    const looked = "text=def+f20():&file=lectures/drawn.py&line=20";
    await vi.waitFor(() => expect(search()).toBe(`${address}&beside=${beside}&at=main:3&${looked}`));
  });

  it("has an entry for each of two jumps, however quickly they follow each other, and none for a place that was left", async () => {
    await visit("?trace=t.json");
    const entries = window.history.length;
    jumpTo(4);
    jumpTo(2);
    stepTo(3);
    await vi.waitFor(() => expect(search()).toMatch(/^\?trace=t.json&step=1&phase=out/));
    expect(window.history.length).toBe(entries + 2);
    jumpTo(0);
    window.history.replaceState(null, "", "/?trace=t.json&step=2");
    window.dispatchEvent(new PopStateEvent("popstate"));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(search()).toBe("?trace=t.json&step=2");
    expect(window.history.length).toBe(entries + 2);
  });

  it("leads back without fetching again", async () => {
    await visit("?trace=t.json&step=1");
    window.history.replaceState(null, "", "/?trace=t.json&step=2");
    window.dispatchEvent(new PopStateEvent("popstate"));
    expect(store.getState().position).toBe(2);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(search()).toBe("?trace=t.json&step=2");
  });

  it("is where a link leads, with a way back, and no other page", async () => {
    await visit("");
    const entries = window.history.length;
    const link = Object.assign(document.createElement("a"), { href: "?trace=t.json&step=1" });
    const click = { button: 0, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, currentTarget: link };
    const preventDefault = vi.fn<() => void>();
    traceLink.onClick({ ...click, ctrlKey: true, preventDefault });
    traceLink.onClick({ ...click, button: 1, preventDefault });
    expect(preventDefault).not.toHaveBeenCalled();
    expect(window.history.length).toBe(entries);
    traceLink.onPointerDown(click);
    traceLink.onPointerDown({ ...click, button: 2 });
    expect(fetch).toHaveBeenCalledTimes(1);
    traceLink.onClick({ ...click, preventDefault });
    expect(preventDefault).toHaveBeenCalled();
    await vi.waitFor(() => expect(store.getState()).toMatchObject({ opened: { status: "ready" }, position: 1 }));
    expect(window.history.length).toBe(entries + 1);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(search()).toMatch(/^\?trace=t.json&step=1/);
  });

  it("of a trace that is none becomes a problem", async () => {
    await visit("?trace=https://example.org/x.json");
    const { opened } = store.getState();
    expect(opened.status === "problem" && opened.problem.title).toBe("This trace is somewhere else");
  });
});
