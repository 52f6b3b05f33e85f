import { beforeEach, describe, expect, it, vi } from "vitest";
import { openLecture } from "../logic/lecture";
import { traceFromText } from "../logic/trace-from-text";
import { addWatch, enableBreakpoint, loadBreakpoints, removeBreakpoint, toggleBreakpoint } from "./breakpoints";
import { stepTo } from "./actions";
import { continueTo, goToStop } from "./stops";
import { initialState, store } from "./store";

// positions: 0:1 1:2 2:3 3:2 4:3 5:2 6:3 7:4
const LOOP = "1\n2 x=1\n3\n2 x=2\n3\n2 x=3\n3\n4";

function open(drawing: string, position = 0): void {
  const lecture = openLecture(traceFromText(drawing));
  store.setState({ ...initialState(), opened: { status: "ready", path: "t.json", lecture }, position });
}

const place = () => [store.getState().position, store.getState().message];

beforeEach(() => {
  localStorage.clear();
  open(LOOP);
});

describe("a breakpoint", () => {
  it("is put on the statement of a line and taken away by the same key, and said", () => {
    toggleBreakpoint({ file: 0, line: 3 });
    expect(store.getState()).toMatchObject({ message: "Breakpoint on line 3.", breakpoints: [{ line: 3 }] });
    toggleBreakpoint({ file: 0, line: 3 });
    expect(store.getState()).toMatchObject({ message: "No breakpoint on line 3 any more.", breakpoints: [] });
    toggleBreakpoint({ file: 0, line: 9 });
    expect(store.getState().message).toBe("Breakpoint on line 9, which did not run in this recording.");
  });

  it("comes back with the lecture, and goes when it is removed", () => {
    toggleBreakpoint({ file: 0, line: 3 });
    addWatch("x == 2");
    open(LOOP);
    loadBreakpoints();
    expect(store.getState().breakpoints).toMatchObject([{ line: 3 }, { anchor: null, condition: "x == 2" }]);
    for (const { id } of store.getState().breakpoints) removeBreakpoint(id);
    open(LOOP);
    loadBreakpoints();
    expect(store.getState().breakpoints).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  it("holds for this visit where nothing can be stored", () => {
    const refuse = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("no room");
    });
    toggleBreakpoint({ file: 0, line: 3 });
    expect(store.getState().breakpoints).toHaveLength(1);
    refuse.mockRestore();
  });
});

describe("continuing", () => {
  it("goes from stop to stop both ways, says where and why, and can be undone", async () => {
    toggleBreakpoint({ file: 0, line: 3 });
    addWatch("x > 1");
    await continueTo(1);
    expect(place()).toEqual([2, "Stopped at line 3, turn 1 of 3."]);
    await continueTo(1);
    expect(place()).toEqual([3, "Stopped at line 2, x > 1 became true, turn 2 of 3."]);
    await continueTo(1);
    await continueTo(1);
    await continueTo(1);
    expect(place()).toEqual([6, "No stop follows."]);
    await continueTo(-1);
    expect(place()).toEqual([4, "Stopped at line 3, turn 2 of 3."]);
    expect(store.getState().past).toEqual([0, 2, 3, 4, 6]);
    stepTo(1);
    await continueTo(-1);
    expect(place()).toEqual([1, "There is no stop before this."]);
  });

  it("says what is missing", async () => {
    await continueTo(1);
    expect(place()).toEqual([0, "There is no breakpoint yet: x puts one on this line."]);
    toggleBreakpoint({ file: 0, line: 3 });
    enableBreakpoint(store.getState().breakpoints[0].id, false);
    await continueTo(1);
    expect(place()).toEqual([0, "All breakpoints are switched off."]);
    addWatch("x > 'a'");
    await continueTo(1);
    expect(place()[1]).toBe(
      "No stop follows. Where x > 'a' is undecided: `>` does not stand between a number and a string.",
    );
    removeBreakpoint(store.getState().breakpoints[1].id);
    addWatch("y > 1");
    await continueTo(1);
    expect(place()[1]).toContain("`y` is no name recorded in this lecture");
  });

  it("stops where the reader can see it, and is not caught by what they cannot", async () => {
    // positions: 0:1 1:2 (a note) 2:3 3:2 (a note) 4:3
    open("1\n2 note:aside\n3\n2 note:aside\n3");
    toggleBreakpoint({ file: 0, line: 2 });
    await continueTo(1);
    expect(place()[0]).toBe(2);
    await continueTo(1);
    expect(place()[0]).toBe(4);
    await continueTo(-1);
    expect(place()[0]).toBe(2);
    await continueTo(-1);
    expect(place()).toEqual([2, "There is no stop before this."]);
  });

  it("gives up when the reader goes elsewhere meanwhile", async () => {
    addWatch("x == 3");
    const found = continueTo(1);
    stepTo(1);
    await found;
    expect(place()).toEqual([1, null]);
  });

  it("goes to the first stop of one breakpoint, and to its next", async () => {
    toggleBreakpoint({ file: 0, line: 2 });
    const [breakpoint] = store.getState().breakpoints;
    store.setState({ overlay: "breakpoints", position: 4 });
    await goToStop(breakpoint, "first");
    expect([place()[0], store.getState().overlay]).toEqual([1, null]);
    await goToStop(breakpoint, "next");
    expect(place()[0]).toBe(3);
  });
});
