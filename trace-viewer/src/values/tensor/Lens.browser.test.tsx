import { beforeEach, describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import "../../theme/index.css";
import type { Tensor } from "../../format/generated";
import { DimensionNames } from "../DimName";
import { TensorView } from "../TensorView";
import { ValueInline } from "../ValueInline";
import { ValueView } from "../ValueView";
import "../values.css";
import { chooseFormat, chooseSlice } from "./choices";
import { preloadLens } from "./load";
import { unpack } from "./ramp";
import { paletteOf } from "./palette";

const tensor = (rest: Partial<Tensor>): Tensor => ({
  kind: "tensor",
  type: "torch.Tensor",
  dtype: "float32",
  shape: [],
  ...rest,
});
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const names = new Map([
  ["batch", 1],
  ["seq", 2],
]);

const view = (value: Tensor, before?: Tensor) => (
  <DimensionNames names={names}>
    <div className="value" style={{ width: 320 }}>
      <TensorView tensor={value} before={before} />
    </div>
  </DimensionNames>
);
const show = async (value: Tensor, before?: Tensor) => (await render(view(value, before))).container;
const button = (page: Element, name: string) =>
  [...page.querySelectorAll("button")].find((each) => (each.ariaLabel ?? each.textContent) === name) as HTMLElement;
const facts = (page: Element) => page.querySelector(".lens-moments")?.textContent;
const pixel = (page: Element, x: number, y: number) => {
  const canvas = page.querySelector(".heat-box canvas") as HTMLCanvasElement;
  const [at, down] = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
  return [...(canvas.getContext("2d")?.getImageData(at, down, 1, 1).data ?? [])].slice(0, 3);
};
const picture: Partial<Tensor> = {
  shape: [2, 50, 4000],
  picture: {
    rows: 2,
    columns: 3,
    row_indices: [0, 60],
    column_indices: [0, 2000, 3999],
    cells: [-2, 0, 1, 2, "nan", 0.5],
  },
  stats: { min: -2, max: 2, nan: 1, mean: 0.25 } as Tensor["stats"],
};

beforeEach(async () => {
  await preloadLens();
});

describe("the head", () => {
  it("has the shape first, with names in their colours, then what the array is", async () => {
    const page = await show(
      tensor({
        shape: [2, 3],
        dimensions: ["batch", "seq"],
        elements: upTo(6),
        dtype: "bfloat16",
        device: "cuda:0",
        strides: [1, 2],
        requires_grad: true,
        origin: "MmBackward0",
      }),
    );
    expect(page.querySelector(".value-shape")?.textContent).toBe("[batch 2, seq 3]");
    expect([...page.querySelectorAll(".value-shape .dim")].map((dim) => dim.className)).toEqual([
      "dim dim-1",
      "dim dim-2",
    ]);
    expect([...page.querySelectorAll(".tensor-kind > span")].map((each) => each.textContent)).toEqual([
      "bfloat16",
      "cuda:0",
      "grad",
      "strides (1, 2)",
      "made by mm",
    ]);
  });

  it("has the same names in the same colours where an array is one line", async () => {
    const line = <ValueInline value={tensor({ shape: [2, 3], dimensions: ["batch", ""], elements: upTo(6) })} />;
    const page = (await render(<DimensionNames names={names}>{line}</DimensionNames>)).container;
    expect(page.textContent).toBe("[batch 2, 3] float32");
    expect(page.querySelector(".dim-1")?.textContent).toBe("batch");
  });

  it("lights a name everywhere while the pointer is on it", async () => {
    const page = await show(tensor({ shape: [2, 3], dimensions: ["batch", "seq"], elements: upTo(6) }));
    await userEvent.hover(page.querySelector(".dim-2") as Element);
    await expect.poll(() => getComputedStyle(page.querySelector(".dim-2") as Element).outlineStyle).toBe("solid");
    expect(getComputedStyle(page.querySelector(".dim-1") as Element).outlineStyle).toBe("none");
    await userEvent.hover(document.body);
    await expect.poll(() => document.documentElement.dataset.dim).toBeUndefined();
  });

  it("says what the shape and the dtype were, and how much changed", async () => {
    const value = tensor({ shape: [3], dtype: "int64", elements: [1, 2, 3] });
    const other = await show(value, tensor({ shape: [2], elements: [1, 2] }));
    expect([...other.querySelectorAll(".chip.changed")].map((chip) => chip.textContent)).toEqual([
      "was [2]",
      "was float32",
    ]);
    const page = await show(value, tensor({ shape: [3], dtype: "int64", elements: [1, 5, 3] }));
    expect(page.querySelector(".tensor-change")?.textContent).toBe("1 of 3 changed");
    expect([...page.querySelectorAll("td.cell-changed")].map((td) => td.textContent)).toEqual(["2"]);
  });
});

describe("few numbers", () => {
  const small = tensor({ shape: [2, 3], elements: [1, -2.5, 3, 0.25, "nan", "-inf"] });

  it("are a grid, aligned; what is no finite number is flagged", async () => {
    const page = await show(small);
    expect([...page.querySelectorAll("td")].map((td) => td.textContent)).toEqual([
      "1.00",
      "−2.50",
      "3.00",
      "0.25",
      "nan",
      "−inf",
    ]);
    expect(page.querySelectorAll("td.value-bad")).toHaveLength(2);
    expect([...page.querySelectorAll(".chip.error")].map((chip) => chip.textContent)).toEqual(["1 NaN", "1 inf"]);
    expect(facts(page)).toBe("min −2.5 · max 3 · mean 0.438 · std 1.97");
  });

  it("are read by pointer and by keys, and their indices come on demand", async () => {
    const page = await show({ ...small, dimensions: ["batch", "seq"] });
    await userEvent.hover(page.querySelectorAll("td")[3]);
    await expect.poll(() => facts(page)).toBe("batch 1, seq 0: 0.25");
    (page.querySelector(".number-slices") as HTMLElement).focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}{ArrowDown}");
    await expect.poll(() => page.querySelector("[aria-live]")?.textContent).toBe("batch 1, seq 1: nan");
    expect(page.querySelector(".cell-chosen")?.textContent).toBe("nan");
    await userEvent.click(button(page, "indices"));
    await expect
      .poll(() => [...page.querySelectorAll("th")].map((th) => th.textContent))
      .toEqual(["0", "1", "2", "0", "1"]);
    await userEvent.click(button(page, "indices"));
  });

  it("of three axes are slices, each under its index", async () => {
    const page = await show(tensor({ shape: [2, 2, 2], dtype: "int64", elements: upTo(8) }));
    expect([...page.querySelectorAll("figcaption")].map((c) => c.textContent)).toEqual(["[0, :, :]", "[1, :, :]"]);
  });

  it("become colours and numbers again at the reader's wish, for every array of that shape", async () => {
    const page = await show(small);
    await userEvent.click(button(page, "colours"));
    await expect.poll(() => page.querySelector("canvas")).not.toBeNull();
    const other = await show({ ...small, elements: [6, 5, 4, 3, 2, 1] });
    expect(other.querySelector(".heat-box")).not.toBeNull();
    await userEvent.click(button(page, "colours"));
    await expect.poll(() => other.querySelector("table")).not.toBeNull();
  });
});

describe("the heat map", () => {
  it("has zero in the middle of its colours, and the pointer reads it", async () => {
    const page = await show(tensor(picture));
    const { diverging, bad } = paletteOf("light");
    expect(pixel(page, 0.1, 0.2)).toEqual(unpack(diverging[0]));
    expect(pixel(page, 0.5, 0.2)).toEqual(unpack(diverging[128]));
    expect(pixel(page, 0.1, 0.8)).toEqual(unpack(diverging[255]));
    expect(pixel(page, 0.5, 0.8)).toEqual(unpack(bad));
    const box = page.querySelector(".heat-box") as HTMLElement;
    await userEvent.hover(box, { position: { x: 2, y: box.clientHeight - 2 } });
    await expect.poll(() => facts(page)).toBe("[1, 10, 0]: 2.0");
  });

  it("is walked with the arrow keys, which say where they are, and left with Escape", async () => {
    const page = await show(tensor({ shape: [30, 40], elements: upTo(1200) }));
    (page.querySelector(".heat-box") as HTMLElement).focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}{Shift>}{ArrowDown}{/Shift}");
    await expect.poll(() => page.querySelector("[aria-live]")?.textContent).toBe("[8, 1]: 321.0");
    await userEvent.keyboard("{Escape}");
    await expect.poll(() => facts(page)).toMatch(/^mean/);
  });

  it("grows until its numbers can be read, keeps its height, and follows the cursor", async () => {
    const page = await show(tensor({ shape: [256, 256], elements: upTo(65_536) }));
    const box = page.querySelector(".heat-box") as HTMLElement;
    const [height, below] = [box.clientHeight, page.querySelector(".lens-bar")?.getBoundingClientRect().top];
    box.focus();
    await userEvent.keyboard("++++++++");
    await expect.poll(() => box.dataset.zoomed).toBe("true");
    await userEvent.keyboard("{End}");
    await expect.poll(() => facts(page)).toBe("[0, 0]: 0.0");
    await userEvent.keyboard("{End}");
    await expect.poll(() => facts(page)).toBe("[0, 255]: 255.0");
    // 255 has nearly the colour of the least: the end of the first row is in sight, not the middle of the array.
    expect(pixel(page, 0.99, 0.99)[2]).toBeGreaterThan(150);
    expect(box.clientHeight).toBe(height);
    expect(page.querySelector(".lens-bar")?.getBoundingClientRect().top).toBe(below);
    await userEvent.keyboard("0");
    await expect.poll(() => box.dataset.zoomed).toBeUndefined();
  });

  it("is painted again in the other scheme", async () => {
    const page = await show(tensor(picture));
    const before = String(pixel(page, 0.5, 0.2));
    document.documentElement.dataset.theme = "dark";
    await expect.poll(() => String(pixel(page, 0.5, 0.2))).not.toBe(before);
    delete document.documentElement.dataset.theme;
  });
});

it("an array keeps its height from step to step, whatever happens to its elements", async () => {
  const elements = upTo(1024);
  const plain = tensor({ shape: [4, 16, 16], elements });
  const rendered = await render(view(plain));
  const height = () => rendered.container.querySelector(".value-tensor")?.getBoundingClientRect().height;
  const before = height();
  for (const [next, was] of [
    [{ ...plain, elements: elements.map((n) => (n < 12 ? -n : n)) }, plain],
    [{ ...plain, elements: elements.map((n) => n * 1e-9) }, plain],
    [{ ...plain, elements: elements.map((n) => (n < 500 ? "nan" : n)) }, undefined],
    [{ ...plain, elements: elements.map(() => 0) }, undefined],
  ] as [Tensor, Tensor | undefined][]) {
    await rendered.rerender(view(next, was));
    expect(height()).toBe(before);
  }
});

describe("slices", () => {
  const four = tensor({ shape: [4, 16, 16], dimensions: ["batch", "seq", "seq"], elements: upTo(1024) });

  it("are all in sight until one is picked, which then holds for every array with these axes", async () => {
    const rendered = await render(view(four));
    const page = rendered.container;
    await userEvent.click(button(page, "Next batch"));
    await userEvent.click(button(page, "Next batch"));
    const box = page.querySelector(".heat-box") as HTMLElement;
    box.focus();
    await userEvent.keyboard("{ArrowRight}");
    await expect.poll(() => facts(page)).toBe("batch 1, seq 0, seq 0: 256.0");
    // The next step: another tensor of the same name.
    await rendered.rerender(view({ ...four, elements: upTo(1024).map((n) => -n) }));
    await expect.poll(() => facts(page)).toBe("batch 1, seq 0, seq 0: −256.0");
    expect(page.querySelector(".slice-at")?.textContent).toBe("1 of 4");
    chooseSlice("batch 4", [null]);
  });
});

describe("what is behind buttons", () => {
  it("stays open for that variable, and no other", async () => {
    const of = (id: string, of: Tensor) => <ValueView id={id} value={of} />;
    const rendered = await render(of("f x", tensor({ shape: [2, 3], elements: upTo(6), strides: [3, 1] })));
    const page = rendered.container;
    await userEvent.click(button(page, "histogram"));
    await expect
      .poll(() => page.querySelector(".histogram svg")?.ariaLabel)
      .toMatch(/Histogram of 6 elements .* from −0.5 to 5.5/);
    await rendered.rerender(of("f y", tensor(picture)));
    await expect.poll(() => page.querySelector(".histogram svg")).toBeNull();
    await rendered.rerender(of("f x", tensor(picture)));
    await expect.poll(() => page.querySelector(".histogram svg")?.ariaLabel).toContain("of 5 shown elements");
    await userEvent.click(button(page, "layout"));
    await rendered.rerender(of("f x", tensor({ shape: [2, 3], elements: upTo(6), strides: [3, 1] })));
    await expect.poll(() => page.textContent).toContain("Contiguous: its elements lie one after the other");
  });

  it("shows the bits of a number, and what other formats would make of it", async () => {
    const page = await show(tensor({ shape: [2], dtype: "bfloat16", elements: [0.1, 1e-40] }));
    await userEvent.click(button(page, "bits"));
    await expect.poll(() => page.querySelector(".bits-what")?.textContent).toBe("[0] in bfloat16");
    expect([...page.querySelectorAll(".bit-field code")].map((code) => code.textContent)).toEqual([
      "0",
      "01111011",
      "1001101",
    ]);
    expect(page.textContent).toContain("= 0.10009765625 exactly");
    const rows = () =>
      [...page.querySelectorAll(".bits-formats tbody tr")].map((row) => [...row.children].map((c) => c.textContent));
    expect(rows()[0]).toEqual(["float32", "0.100097656", "exact", ""]);
    await userEvent.click(page.querySelectorAll("td")[1]);
    await expect.poll(() => page.textContent).toContain("subnormal: no leading 1");
    expect(rows()[1]).toEqual(["float16", "0", "underflow", "1 → 0"]);
    await userEvent.click(button(page, "float16"));
    await expect.poll(() => page.querySelector(".bits-what")?.textContent).toBe("[1] in float16, if it were stored so");
    expect(page.textContent).toContain("no bit is set");
    chooseFormat(null);
    await userEvent.click(button(page, "bits"));
  });
});

describe("records that promise more than they hold", () => {
  it.each<[string, Partial<Tensor>]>([
    ["an empty shape and no elements", { elements: [] }],
    ["a size of zero", { shape: [0, 3], elements: [] }],
    ["elements that are not as many as its shape says", { shape: [2, 3], elements: [1, 2] }],
    ["a shape of a million axes", { shape: upTo(1_000_000) }],
    ["negative sizes", { shape: [-1, 3], strides: [1] }],
    ["dimensions that are none", { shape: [2], elements: [1, 2], dimensions: [3, {}] as unknown as string[] }],
    [
      "a picture whose cells are missing",
      { shape: [9, 9], picture: { rows: 3, columns: 3, row_indices: [], column_indices: [], cells: [1] } },
    ],
    ["a hostile dtype", { dtype: "<img src=x onerror=alert(1)>\u202e" }],
    ["cells that are anything", { shape: [2, 2], elements: [null, "x".repeat(1000), true, -1e300] }],
    ["a tile for every element", { shape: [65_536, 1, 1], elements: upTo(65_536) }],
  ])("are shown as far as they go: %s", async (_, rest) => {
    const page = await show(tensor(rest));
    expect(page.querySelector(".value-shape")).not.toBeNull();
    expect(page.querySelector("img")).toBeNull();
    expect(page.querySelectorAll("*").length).toBeLessThan(400);
  });

  it("say why they have no data", async () => {
    const page = await show(tensor({ shape: [3], problem: "the data is on another device" }));
    expect(page.textContent).toContain("the data is on another device");
  });
});
