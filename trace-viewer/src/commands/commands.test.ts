import { beforeEach, describe, expect, it } from "vitest";
import { openLecture } from "../logic/lecture";
import { traceFromText } from "../logic/trace-from-text";
import { jumpTo, jumpToLine, peekAt } from "../state/actions";
import { initialState, store } from "../state/store";
import { belongsTo, keyName } from "./keys";
import { command, commandFor, commands } from "./registry";

/** Open a drawn lecture; `press` then does what a key does. */
function open(drawing: string): void {
  store.setState({
    ...initialState(),
    opened: { status: "ready", path: "t.json", lecture: openLecture(traceFromText(drawing)) },
    position: 0,
  });
}

function press(...keys: string[]): number {
  for (const key of keys) {
    const found = commandFor(key)!;
    if (found.when(store.getState())) found.run(store.getState());
  }
  return store.getState().position;
}

// positions: 0:1  1:2>  2:10>  3:20  4:10<  5:11  6:2<  7:3
const DRAWING = `
  1
  2
    10
      20
    11
  3`;

beforeEach(() => {
  localStorage.clear();
  open(DRAWING);
});

describe("the registry", () => {
  it("gives every key to one command, and every command a key and a name", () => {
    const keys = commands.flatMap((each) => each.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { keys, label } of commands) {
      expect(keys.length).toBeGreaterThan(0);
      expect(label).not.toBe("");
    }
  });

  it("steps with the keys that edtrace's readers know", () => {
    expect(press("l")).toBe(1);
    expect(press("j")).toBe(6);
    expect(press("k")).toBe(1);
    expect(press("ArrowRight", "ArrowRight")).toBe(3);
    expect(press("u")).toBe(4);
    expect(press("h")).toBe(3);
    expect(press("Shift+U")).toBe(2);
    expect(press("ArrowDown")).toBe(4);
    expect(press("ArrowUp")).toBe(2);
    expect(press("ArrowLeft")).toBe(1);
    expect(press("End")).toBe(7);
    expect(press("Home")).toBe(0);
    expect(press("Space")).toBe(1);
  });

  it("stops at both ends, and says that it cannot go on", () => {
    expect(press("h", "k", "Shift+U")).toBe(0);
    expect(command("back").when(store.getState())).toBe(false);
    expect(press("End", "l", "j", "u")).toBe(7);
    expect(command("forward").when(store.getState())).toBe(false);
  });

  it("goes back to where the reader was", () => {
    press("l", "l", "End");
    expect(press("b")).toBe(2);
    expect(command("jumpBack").when(store.getState())).toBe(false);
  });

  it("steps over what is hidden", () => {
    open("1\n2 note:aside\n3");
    expect(press("l")).toBe(2);
    expect(press("h")).toBe(0);
    press("n");
    expect(press("l")).toBe(1);
    press("n");
    expect(store.getState().position).toBe(2);
  });

  it("switches settings, and keeps them for the next visit", () => {
    press("r", "a");
    expect(store.getState().settings).toMatchObject({ raw: true, animate: true, notes: false });
    expect(initialState().settings).toMatchObject({ raw: true, animate: true, notes: false });
    press("r");
    expect(command("raw").isOn?.(store.getState())).toBe(false);
  });

  it("turns the page dark and back", () => {
    press("t");
    expect(document.documentElement.dataset.theme).toBe("dark");
    press("t");
    expect(document.documentElement.dataset.theme).toBeUndefined();
  });

  it("ignores stored settings that are not ours", () => {
    localStorage.setItem("executable-lectures.settings", '{"theme": 5, "raw": "yes", "notes": true, "x": 1}');
    expect(initialState().settings).toMatchObject({ theme: "system", raw: false, notes: true });
    localStorage.setItem("executable-lectures.settings", "}{");
    expect(initialState().settings.theme).toBe("system");
  });
});

describe("going somewhere", () => {
  it("by a line goes to the next time it runs", () => {
    jumpToLine(0, 11);
    expect(store.getState().position).toBe(5);
    jumpToLine(0, 1);
    expect(store.getState().position).toBe(0);
    jumpToLine(0, 5);
    expect(store.getState()).toMatchObject({ position: 0, message: "Line 5 did not run in this recording." });
  });

  it("looks at a place in the source and comes back", () => {
    peekAt(0, 20);
    expect(store.getState().peek).toEqual({ file: 0, line: 20 });
    press("Escape");
    expect(store.getState().peek).toBeNull();
    peekAt(7, 20);
    expect(store.getState().peek).toBeNull();
  });

  it("to where the reader is leaves nothing to come back to", () => {
    jumpTo(0);
    expect(store.getState().past).toEqual([]);
  });
});

describe("keys", () => {
  const key = (key: string, more: Partial<KeyboardEvent> = {}) =>
    keyName({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });

  it("have one name each, whatever the keyboard", () => {
    expect(key("l")).toBe("l");
    expect(key("L")).toBe("l"); // caps lock
    expect(key("L", { shiftKey: true })).toBe("Shift+L");
    expect(key("?", { shiftKey: true })).toBe("?");
    expect(key(" ")).toBe("Space");
    expect(key("ArrowRight", { shiftKey: true })).toBe("Shift+ArrowRight");
    expect(key("r", { ctrlKey: true })).toBeNull();
    expect(key("r", { metaKey: true })).toBeNull();
  });

  it("belong to what has the focus where they mean something there", () => {
    document.body.innerHTML = `<input id="t"><input id="r" type="range"><button id="b">x</button><p id="p">x</p>`;
    const at = (id: string) => document.getElementById(id);
    expect(belongsTo(at("t"), "l")).toBe(true);
    expect(belongsTo(at("r"), "ArrowRight")).toBe(true);
    expect(belongsTo(at("r"), "l")).toBe(false);
    expect(belongsTo(at("b"), "Space")).toBe(true);
    expect(belongsTo(at("b"), "ArrowRight")).toBe(false);
    expect(belongsTo(at("p"), "Space")).toBe(false);
  });
});
