import { beforeEach, describe, expect, it } from "vitest";
import { openLecture } from "../logic/lecture";
import { traceFromText } from "../logic/trace-from-text";
import { chooseLoop, goToTurn, jumpTo, jumpToLine, peekAt, setHistory, stepTo } from "../state/actions";
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
  it("gives every key to one command, and every command a name", () => {
    const keys = commands.flatMap((each) => each.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { label } of commands) expect(label).not.toBe("");
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

  it("steps out of the outermost function to an end, and there is a way back", () => {
    expect(press("l", "u")).toBe(7);
    expect(press("b")).toBe(1);
    expect(press("l", "l", "l", "l", "l", "Shift+U")).toBe(0);
    expect(press("b")).toBe(6);
  });

  it("goes from heading to heading, as far as the reader can see them", () => {
    open('1 "# One"\n2\n3 "## Two"\n4\n5 "## Three"');
    expect(press("s")).toBe(2);
    expect(press("l", "Shift+S")).toBe(2);
    expect(press("Shift+S")).toBe(0);
    expect(command("previousHeading").when(store.getState())).toBe(false);
    expect(press("s", "s", "s")).toBe(4);
    expect(command("nextHeading").when(store.getState())).toBe(false);
    expect(press("b")).toBe(2); // a jump
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
    const told = () => command("theme").told!(store.getState());
    press("t");
    expect([document.documentElement.dataset.theme, told()]).toEqual(["dark", "Colours: dark"]);
    press("t");
    expect(told()).toBe("Colours: light");
    expect(document.documentElement.dataset.theme).toBeUndefined();
  });

  it("ignores stored settings that are not ours", () => {
    localStorage.setItem("executable-lectures.settings", '{"theme": 5, "raw": "yes", "notes": true, "x": 1}');
    expect(initialState().settings).toMatchObject({ theme: "system", raw: false, notes: true });
    localStorage.setItem("executable-lectures.settings", "}{");
    expect(initialState().settings.theme).toBe("system");
  });
});

describe("the turns of a loop", () => {
  // positions: 0:1 1:2 2:3  3:2 4:3  5:2 6:3  7:2  8:1 9:2 10:3  11:2  12:1  13:4
  const NESTED = "loop 1-3\nloop 2-3\n1\n2\n3\n2\n3\n2\n3\n2\n1\n2\n3\n2\n1\n4";

  it("are gone through by the keys for the innermost loop, on the same line", () => {
    open(NESTED);
    expect(press("l", "l", "}")).toBe(4);
    expect(press("}")).toBe(6);
    expect(press("}")).toBe(6); // there is no further turn
    expect(press("{", "{")).toBe(2);
    expect(command("previousLoopTurn").when(store.getState())).toBe(false);
    expect(store.getState().past).toEqual([]); // steps, not jumps
  });

  it("are those of the loop that was chosen, as long as the reader is in it", () => {
    open(NESTED);
    chooseLoop(0);
    expect(press("l", "l", "}")).toBe(10);
    expect(press("{")).toBe(2);
    chooseLoop(1);
    expect(press("}")).toBe(4);
    chooseLoop(2);
    expect(press("}")).toBe(6);
  });

  it("are left behind at a header that ends its loop: back is to the last", () => {
    open(NESTED);
    stepTo(7);
    expect(command("nextLoopTurn").when(store.getState())).toBe(false);
    expect(press("{")).toBe(5);
  });

  it("are gone to by their number, which is kept within bounds", () => {
    open(NESTED);
    stepTo(2);
    goToTurn(3, true);
    expect(store.getState()).toMatchObject({ position: 6, past: [2] });
    goToTurn(-5, false);
    expect(store.getState()).toMatchObject({ position: 2, past: [2] });
    goToTurn(1e9);
    expect(store.getState().position).toBe(6);
  });

  it("are not there outside of loops", () => {
    open(NESTED);
    stepTo(13);
    for (const id of ["nextLoopTurn", "previousLoopTurn", "turns"] as const)
      expect(command(id).when(store.getState())).toBe(false);
    goToTurn(1);
    expect(store.getState().position).toBe(13);
  });

  it("land on what the reader can see", () => {
    open("loop 1-3\n1\n2 note:aside\n3\n1\n2\n3\n1");
    stepTo(1);
    goToTurn(2);
    expect(store.getState().position).toBe(5);
  });
});

describe("histories", () => {
  it("open, change and close by name", () => {
    setHistory("0 x", "any");
    setHistory("0 y", "call");
    expect(store.getState().histories).toEqual({ "0 x": "any", "0 y": "call" });
    setHistory("0 x", "function");
    setHistory("0 y", null);
    expect(store.getState().histories).toEqual({ "0 x": "function" });
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
    expect(key("k", { ctrlKey: true })).toBe("Ctrl+K");
    expect(key("ArrowDown", { altKey: true })).toBe("Alt+ArrowDown");
    expect(key("r", { ctrlKey: true, shiftKey: true })).toBeNull();
    expect(key("@", { ctrlKey: true, altKey: true })).toBeNull(); // AltGr
    expect(key("k", { metaKey: true })).toBe("Meta+K");
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
