import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import type { Tensor, Value } from "../../format/generated";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { initialState, store } from "../../state/store";
import { Sharing } from "./Sharing";

const array = (shape: number[], strides: number[], offset = 0, change: Partial<Tensor> = {}): Tensor => ({
  kind: "tensor",
  type: "torch.Tensor",
  shape,
  strides,
  dtype: "float32",
  storage: { id: 7, bytes: 96, offset: offset * 4 },
  ...change,
});

const values: Record<string, Tensor> = {
  x: array([4, 6], [6, 1]),
  y: array([6, 4], [1, 6]),
  r: array([2, 6], [6, 1], 6),
  x2: array([4, 6], [6, 1], 0, { elements: [1] }),
  y2: array([6, 4], [1, 6], 0, { elements: [1] }),
  c: array([4, 6], [6, 1], 0, { storage: { id: 8, bytes: 96, offset: 0 } }),
};

/** What stands under a variable of `main` at a position of a small lecture. */
async function under(name: string, value: Tensor, position: number, more: Record<string, Value> = {}) {
  const trace = traceFromText(
    `
    1 x=$x
    2 y=$y y:view:x
    3 c=$c c:own:x c:own:y
    4 x=$x2 y!=$y2
    5 r=$r z=$y2 z:same:y
    6 l=$l`,
    { l: null, ...values, ...more },
  );
  store.setState({
    ...initialState(),
    opened: { status: "ready", path: "t.json", lecture: openLecture(trace) },
    position,
  });
  const { container } = await render(<Sharing name={name} value={value} call={0} />);
  return { container };
}

const text = (container: Element) => container.textContent.replace(/\s+/g, " ").trim();

beforeEach(() => localStorage.clear());

describe("under an array", () => {
  it("stands nothing where it has its memory to itself", async () => {
    const { container } = await under("x", values.x, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(text(container)).toBe("");
  });

  it("stands what it was made from, and, for a view, its part of the memory, drawn", async () => {
    const { container } = await under("y", values.y, 1);
    await expect.poll(() => text(container)).toContain("a view of x: nothing was copied");
    expect(text(container)).toContain("shares memory with x (its transpose)");
    expect(text(container)).toContain("y every element, as the transpose offset 0 B · strides (1, 6) · 96 B of 96 B");
    expect(container.querySelectorAll(".storage-map g[class^=part]").length).toBe(2);
  });

  it("stands that a copy shares nothing", async () => {
    const { container } = await under("c", values.c, 2);
    await expect.poll(() => text(container)).toBe("its own memory: a copy or a new result, nothing shared with x or y");
  });

  it("stands that it is the same object", async () => {
    const { container } = await under("z", values.y2, 4);
    await expect.poll(() => text(container)).toContain("the same object as y");
  });

  it("marks what was written to by another name, and only there", async () => {
    const { container } = await under("y", values.y2, 3);
    await expect.poll(() => container.querySelector(".sharing-write")?.textContent).toBe("changed through x");
    stepTo(4);
    await expect.poll(() => container.querySelector(".sharing-write")).toBeNull();
    await expect.poll(() => text(container)).toContain("r (columns 1–2 of it, transposed)");
  });

  it("draws the memory when asked, and marks the part of the name that is pointed at or has the focus", async () => {
    const { container } = await under("x", values.x2, 4);
    await expect.poll(() => container.querySelector("summary")).not.toBeNull();
    expect(container.querySelector("svg")).toBeNull();
    await userEvent.click(container.querySelector("summary")!);
    const dimmed = () => [...container.querySelectorAll("g[data-dimmed]")].map((part) => part.getAttribute("class"));
    expect(dimmed()).toEqual([]);
    const names = () => [...container.querySelectorAll<HTMLElement>(".storage-parts button")];
    const r = names().find((button) => button.textContent.includes("rows 1–2 of 4"))!;
    const part = r.querySelector(".part-swatch")!.className.replace("part-swatch ", "");
    await userEvent.hover(r);
    expect(dimmed()).toHaveLength(names().length - 1);
    expect(dimmed()).not.toContain(part);
    await userEvent.unhover(r);
    expect(dimmed()).toEqual([]);
    r.focus();
    await expect.poll(() => dimmed().length).toBe(names().length - 1);
  });

  it("stands records that are not what they should be", async () => {
    const broken = { ...values.x, shape: "?", strides: [1], dtype: 7, storage: { id: 7, bytes: -3, offset: null } };
    const list = {
      kind: "sequence",
      type: "list",
      items: [broken, { ...broken, storage: values.x.storage }],
      length: 2,
    };
    const { container } = await under("x", values.x2, 5, { l: list as unknown as Value });
    await expect.poll(() => text(container)).toContain("z (its transpose), l[1]");
    await userEvent.click(container.querySelector("summary")!);
    await expect.poll(() => container.querySelector("svg")).not.toBeNull();
  });
});
