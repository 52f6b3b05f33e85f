import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLecture } from "../logic/lecture";
import { traceFromText } from "../logic/trace-from-text";
import { followReading, lastRead } from "./last-read";
import { initialState, store } from "./store";

let stop = () => {};
const lecture = openLecture(traceFromText('1 "# One"\n2 x=1\n3 "## Two"\n4 x=2'));

beforeEach(() => {
  localStorage.clear();
  store.setState(initialState());
  stop = followReading();
});

afterEach(() => stop());

describe("where a reader left", () => {
  it("is kept when another page is shown, or none", () => {
    store.setState({ opened: { status: "ready", path: "var/traces/a.json", lecture }, position: 3 });
    expect(lastRead()).toBeNull();
    store.setState({ opened: { status: "none" }, position: -1 });
    expect(lastRead()).toMatchObject({ trace: "var/traces/a.json", section: "Two", number: 4, count: 4 });
    expect(lastRead()?.search).toMatch(/^\?trace=var\/traces\/a\.json&step=3/);
    store.setState({ opened: { status: "ready", path: "var/traces/b.json", lecture }, position: 1 });
    window.dispatchEvent(new Event("pagehide"));
    expect(lastRead()).toMatchObject({ trace: "var/traces/b.json", section: "One", number: 2 });
  });

  it("is not kept of a first look, nor of the reader's own files", () => {
    store.setState({ opened: { status: "ready", path: "var/traces/a.json", lecture }, position: 0 });
    window.dispatchEvent(new Event("pagehide"));
    store.setState({ opened: { status: "ready", path: "a.json", lecture, file: new Blob() }, position: 2 });
    window.dispatchEvent(new Event("pagehide"));
    expect(lastRead()).toBeNull();
  });

  it("is none where something else was kept", () => {
    for (const kept of ["", "null", "[]", '{"trace":"a","search":"//evil","section":"","number":1,"count":2}']) {
      localStorage.setItem("executable-lectures.last-read", kept);
      expect(lastRead()).toBeNull();
    }
  });
});
