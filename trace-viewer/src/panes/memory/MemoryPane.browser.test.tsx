import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import MemoryPane from "./MemoryPane";

const MODEL = { kind: "module", type: "Linear", fields: [], length: 0, parameters: [], row_count: 0 };

const DRAWN = `
  1 "# Start"
  2 mem:cpu:0,0,0,0,1024:1024
  3 m=$m mem:cpu:4096,0,0,0,1024:5120
  4
    10
    11 mem:cpu:4096,0,0,2048,1024:9216
  ^ mem:cpu:4096,0,0,1024,1024:9216
  5 "# Training" mem:cpu:4096,4096,8192,0,1024:20480
  6
  7 mem:cpu:4096,0,8192,0,1024:13312`;

/** The pane beside a small lecture, at a position. */
async function pane(position: number, drawing = DRAWN) {
  const module = { ...MODEL, parameter_count: 1024, trainable_count: 1024, parameter_bytes: 4096 } as never;
  const lecture = openLecture(traceFromText(drawing, { m: module }));
  store.setState({
    ...initialState(),
    settings: { ...defaults, memory: true },
    opened: { status: "ready", path: "t.json", lecture },
    position,
  });
  const screen = await render(
    <div style={{ width: 360 }}>
      <MemoryPane />
    </div>,
  );
  return { screen, root: screen.container };
}

const rows = (root: Element, table = ".memory-roles") =>
  [...root.querySelectorAll(`${table} tr`)].map((row) => [...row.children].map((cell) => cell.textContent).join(" | "));
const facts = (root: Element) => [...root.querySelectorAll(".memory-peaks > div")].map((fact) => fact.textContent);
const position = () => store.getState().position;

beforeEach(() => localStorage.clear());

describe("the memory at a step", () => {
  it("is told by role, in readable and in exact bytes, and by the parameter", async () => {
    const { root } = await pane(7);
    expect(rows(root)).toEqual([
      "What for | Size | Bytes",
      "Parameters | 4 KiB | 4,096",
      "Gradients | 4 KiB | 4,096",
      "Optimizer state | 8 KiB | 8,192",
      "Activations | 0 B | 0",
      "Other | 1 KiB | 1,024",
      "Together | 17 KiB | 17,408",
    ]);
    expect(root.querySelector(".memory-state")?.textContent).toContain("16 bytes a parameter (1,024 parameters)");
    expect(facts(root)).toEqual(["Peak in this step20 KiB 20,480 B", "Peak so far20 KiB 20,480 B"]);
  });

  it("is that of before on the way into a call, whose peak is known on the way out", async () => {
    const { root } = await pane(3);
    expect(root.querySelector(".memory-total")?.textContent).toBe("5 KiB of tensors alive");
    expect(facts(root)[0]).toBe("Peak in this stepknown when it has run");
    stepTo(6);
    await expect.poll(() => root.querySelector(".memory-total")?.textContent).toBe("6 KiB of tensors alive");
    expect(facts(root)[0]).toBe("Peak in this step9 KiB 9,216 B");
    stepTo(8);
    await expect.poll(() => facts(root)[0]).toBe("Peak in this stepnothing changed here");
  });

  it("says by how much training outweighs the parameters where their number is not known", async () => {
    const { root } = await pane(0, "1 mem:cpu:4000,4000,8000,0,0:16000:20000");
    expect(root.querySelector(".memory-state")?.textContent).toContain("4 times the bytes of the parameters alone");
    expect(facts(root).at(-1)).toBe("The device’s allocator says19.5 KiB 20,000 B");
  });

  it("is told for each device", async () => {
    const { screen, root } = await pane(1, "1 mem:cpu:1,0,0,0,0:1\n2 mem:cuda:0,0,0,7,0:7\n3");
    await userEvent.click(screen.getByRole("button", { name: /cuda/ }));
    await expect.poll(() => root.querySelector(".memory-total")?.textContent).toBe("7 B of tensors alive");
    stepTo(0);
    await expect.poll(() => root.textContent).toContain("No tensor of this device yet");
  });
});

describe("the memory over the lecture", () => {
  it("is drawn once: a step moves its mark alone", async () => {
    const { root } = await pane(1);
    await expect.poll(() => root.querySelector(".timeline svg")).not.toBeNull();
    const before = [...root.querySelectorAll(".timeline svg *")];
    const left = () => root.querySelector<HTMLElement>(".timeline-now")!.style.left;
    const at = left();
    stepTo(7);
    await expect.poll(left).not.toBe(at);
    expect([...root.querySelectorAll(".timeline svg *")]).toEqual(before);
  });

  it("leads to its highest moment", async () => {
    const { screen } = await pane(0);
    await userEvent.click(screen.getByRole("button", { name: "Go to the highest moment" }));
    expect(position()).toBe(7);
  });

  it("is gone along by arrow keys, from change to change", async () => {
    const { root } = await pane(0);
    root.querySelector<HTMLElement>("input[type=range]")!.focus();
    const seen: number[] = [];
    for (const key of ["{ArrowRight}", "{ArrowRight}", "{ArrowRight}", "{ArrowRight}", "{ArrowLeft}"]) {
      await userEvent.keyboard(key);
      seen.push(position());
    }
    expect(seen).toEqual([1, 2, 5, 6, 5]);
    expect(root.querySelector("input")?.getAttribute("aria-valuetext")).toBe("Step 6 of 10, 7 KiB");
  });

  it("goes where it is clicked", async () => {
    const { root } = await pane(0);
    const slider = root.querySelector<HTMLElement>("input[type=range]")!;
    const { width, height } = slider.getBoundingClientRect();
    await userEvent.click(slider, { position: { x: width * 0.75, y: height / 2 } });
    expect(position()).toBe(7);
  });

  it("is a table too, each section with a way to its peak", async () => {
    const { screen, root } = await pane(0);
    await userEvent.click(screen.getByText("Section by section"));
    expect(rows(root, ".memory-sections")).toEqual([
      "Section | Peak | At its end",
      "Start | 9 KiB | 6 KiB",
      "Training | 20 KiB | 13 KiB",
    ]);
    await userEvent.click(screen.getByRole("button", { name: "9 KiB: go to the peak of Start" }));
    expect(position()).toBe(5);
  });
});
