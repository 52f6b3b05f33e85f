import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import type { Value } from "../../format/generated";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import KernelPane from "./KernelPane";

const numbers = Array.from({ length: 24 }, (_, i) => i);
const X: Value = { kind: "tensor", type: "torch.Tensor", shape: [4, 6], dtype: "float32", elements: numbers };

/** Four programs of which three were recorded: each doubles 2 × 4 of 4 × 6 numbers, the second ones cut off by their mask. */
const DRAWN = `
  1
  2 launch:10:2,2 array:x:4x6:float32:$x array:y:4x6:float32
    10 program:0,0
    11 load:x:0-2,0-4
    12 store:y:0-2,0-4
  ^
    10 program:1,0
    11 load:x:0-2,4-6:m4
    12 store:y:0-2,4-6:m4
  ^
    10 program:0,1
    11 load:x:2-4,0-4
    12 store:y:2-4,0-4
  3`;
// positions: 0:1 1:2> 2:10 3:11 4:12 5:10 6:11 7:12 8:10 9:11 10:12 11:2< 12:3

/** The pane beside a small lecture, at a position. */
async function pane(position: number, drawing = DRAWN, values: Record<string, Value> = { x: X }) {
  const lecture = openLecture(traceFromText(drawing, values));
  store.setState({
    ...initialState(),
    settings: { ...defaults },
    opened: { status: "ready", path: "t.json", lecture },
    position,
  });
  const screen = await render(
    <div style={{ width: 360 }}>
      <KernelPane />
    </div>,
  );
  return { screen, root: screen.container };
}

const position = () => store.getState().position;
const did = (root: Element) => [...root.querySelectorAll(".kernel-step li")].map((line) => line.textContent?.trim());
const rows = (root: Element, table: number) =>
  [...root.querySelectorAll(".kernel-table")[table].querySelectorAll("tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent).join(" | "),
  );
const states = (root: Element) =>
  [...root.querySelectorAll<HTMLElement>(".kernel-grid .kernel-cell")].map((cell) => cell.dataset.state);
const tiles = (root: Element) =>
  [...root.querySelectorAll(".kernel-now")].map(
    (tile) => tile.classList[1] + (tile.querySelector(".kernel-masked") ? ", cut" : ""),
  );

beforeEach(() => localStorage.clear());

describe("the grid", () => {
  it("tells programs that ran, the present one, those to come and those not recorded apart", async () => {
    const { root } = await pane(6);
    expect(states(root)).toEqual(["before", "now", "later", "none"]);
    expect(root.querySelector(".kernel-place")?.textContent).toBe("Program (1, 0)");
    expect(root.querySelector(".kernel-note")?.textContent).toBe("of 2 × 2 programs, 3 recordedlaunched by line 2");
    stepTo(9);
    await expect.poll(() => states(root)).toEqual(["before", "before", "now", "none"]);
    stepTo(1);
    await expect.poll(() => states(root)).toEqual(["later", "later", "later", "none"]);
    stepTo(11);
    await expect.poll(() => states(root)).toEqual(["before", "before", "before", "none"]);
  });

  it("leads to the same line in another program, by the pointer and by the keyboard", async () => {
    const { screen, root } = await pane(4);
    await userEvent.click(screen.getByRole("button", { name: "Program (0, 1), still to come" }));
    await expect.poll(position).toBe(10);
    expect(store.getState().past).toEqual([4]);
    root.querySelector<HTMLElement>(".kernel-cell[tabindex='0']")!.focus();
    await userEvent.keyboard("{ArrowUp}{ArrowRight}{Enter}");
    await expect.poll(position).toBe(7);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Program (1, 0), the present one");
  });

  it("is folded where it is large, and still to be used", async () => {
    const { screen, root } = await pane(
      2,
      `1 launch:10:2147483647,5000 array:x:8:float32
         10 program:7,9
         11
       ^
         10 program:7,10
         11`,
    );
    expect(root.querySelectorAll(".kernel-grid > *").length).toBeLessThan(400);
    expect(root.textContent).toContain("⋯ 2,147,483,636 columns and 4,989 rows are folded");
    await userEvent.click(screen.getByRole("button", { name: "Program (7, 10), still to come" }));
    await expect.poll(position).toBe(4);
  });
});

describe("the step", () => {
  it("is told in words, and drawn on the sheets", async () => {
    const { root } = await pane(3);
    expect(did(root).slice(1)).toEqual(["loads rows 0–1, columns 0–3 of x 32 B"]);
    expect(tiles(root)).toEqual(["kernel-load"]);
    stepTo(7);
    await expect
      .poll(() => did(root).slice(1))
      .toEqual(["stores rows 0–1, columns 4–5 to y, 2 of 4 columns masked 16 B"]);
    expect(tiles(root)).toEqual(["kernel-store, cut"]);
    await expect
      .poll(() => root.querySelector("[aria-live=polite]:last-child")?.textContent)
      .toBe("Program (1, 0): stores rows 0–1, columns 4–5 to y, 2 of 4 columns masked");
    stepTo(8);
    await expect.poll(() => did(root).slice(1)).toEqual(["This line touches no memory."]);
    expect(tiles(root)).toEqual([]);
  });

  it("is counted: by itself, with those before it, with all of the launch", async () => {
    const { root } = await pane(6);
    expect(root.querySelector(".kernel-moved")?.textContent).toBe("Moved 16 B by this step, 160 B in all");
    expect(root.querySelector(".kernel-table")).toBeNull();
    root.querySelector<HTMLElement>(".kernel-moved")!.click();
    await expect.poll(() => root.querySelectorAll(".kernel-table").length).toBe(2);
    expect(rows(root, 0)).toEqual([
      "What moved | Accesses | Elements | Masked | Bytes",
      "This step",
      "Loads | 1 | 4 | 4 | 16 B",
      "Stores | 0 | 0 | 0 | 0 B",
      "This program so far",
      "Loads | 1 | 4 | 4 | 16 B",
      "Stores | 0 | 0 | 0 | 0 B",
      "The launch: 3 recorded of 4 programs",
      "Loads | 3 | 20 | 4 | 80 B",
      "Stores | 3 | 20 | 4 | 80 B",
    ]);
    expect(rows(root, 1)).toEqual([
      "Array | Loaded | Stored | Each byte read",
      "x | 80 B | – | 1 ×",
      "y | – | 80 B | –",
    ]);
  });

  it("is told to be a part where not all was recorded", async () => {
    const trace = traceFromText(DRAWN, { x: X });
    const statement = trace.statements.line.indexOf(12);
    trace.elided = { statement: [statement], step: [trace.steps.statement.lastIndexOf(statement)], count: [7] };
    trace.notices = [{ message: "From here on, 9 accesses of kernels to memory are not in the record.", step: 5 }];
    store.setState({
      ...initialState(),
      opened: { status: "ready", path: "t.json", lecture: openLecture(trace) },
      position: 4,
    });
    const { container } = await render(<KernelPane />);
    expect(container.querySelector(".kernel-counts")?.textContent).toContain("What is counted here is what was.");
    expect(container.querySelector(".kernel-counts")?.textContent).toContain("9 accesses of kernels");
  });

  it("that touches what is not the array's is marked as wrong", async () => {
    const { root } = await pane(1, "1 launch:10:1 array:x:8:float32\n  10 program:0 load:x:4-8:b4");
    expect(root.querySelector("[data-wrong]")?.textContent).toContain("4 elements outside of x, with no mask");
  });
});

describe("an element", () => {
  it("is read by arrow keys, and says who wrote it", async () => {
    const { screen, root } = await pane(9);
    const reading = () => root.querySelector(".kernel-reading")?.textContent;
    (screen.getByRole("application", { name: /^x, 4 × 6 float32/ }).element() as HTMLElement).focus();
    await userEvent.keyboard("{ArrowRight}");
    await expect.poll(reading).toBe("x[0, 0] = 0.0");
    await userEvent.keyboard("{ArrowRight}{ArrowDown}");
    await expect.poll(reading).toBe("x[1, 1] = 7.0");
    await userEvent.keyboard("{Escape}");
    await expect.poll(reading).toBe("Point at an element to read it.");
    (screen.getByRole("application", { name: /^y,/ }).element() as HTMLElement).focus();
    await userEvent.keyboard("{End}{End}");
    await expect.poll(reading).toBe("y[0, 5], written by program (1, 0)");
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{Home}");
    await expect.poll(reading).toBe("y[2, 0], written by no program yet");
    expect(position()).toBe(9); // the keys were the picture's own
  });
});

describe("what it cannot draw", () => {
  it.each([
    ["a kernel without arrays", "1 launch:10:1\n  10 program:0", "This kernel was given no array."],
    ["a grid without programs", "1 launch:10:0 array:x:8:float32", "A grid without programs: nothing ran"],
    ["an array of no elements", "1 launch:10:1 array:x:0x8:float32\n  10 program:0", "empty"],
    ["a single number", "1 launch:10:1 array:x::float32\n  10 program:0", "one number"],
    [
      "more arrays than there is room for",
      `1 launch:10:1 ${"array:x:8:float32 ".repeat(15)}\n  10 program:0`,
      "3 more arrays",
    ],
    [
      "sizes beyond all bounds",
      "1 launch:10:1 array:x:9007199254740991x9007199254740991:float32\n  10 program:0",
      "9.01e+15",
    ],
  ])("%s: a sentence, and no crash", async (_, drawing, words) => {
    const { root } = await pane(0, drawing);
    await expect.poll(() => root.textContent).toContain(words);
    await userEvent.keyboard("{Tab}{Tab}{ArrowRight}{ArrowDown}{End}");
    await expect.poll(() => root.textContent).toContain(words);
    expect(root.textContent).not.toContain("cannot be shown");
  });
});
