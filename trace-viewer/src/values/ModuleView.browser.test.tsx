import { expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import "../theme/index.css";
import type { Module, Parameter, Value } from "../format/generated";
import { ValueView } from "./ValueView";

const row = (name: string, shape: number[], rest: Partial<Parameter> = {}): Parameter => ({
  name,
  shape,
  dtype: "float32",
  count: shape.reduce((a, b) => a * b, 1),
  ...rest,
});

const model = (rest: Partial<Module> = {}): Module => ({
  kind: "module",
  type: "Model",
  fields: [["training", true]],
  length: 1,
  parameters: [
    row("embed.weight", [50_257, 768]),
    row("head.weight", [50_257, 768], { same_as: "embed.weight" }),
    row("norm.weight", [768], { trainable: false }),
  ],
  row_count: 3,
  parameter_count: 38_598_144,
  trainable_count: 38_597_376,
  parameter_bytes: 154_392_576,
  buffer_bytes: 2048,
  ...rest,
});

async function show(value: Value, before?: Value) {
  const page = (await render(<ValueView value={value} before={before} />)).container;
  await expect.poll(() => page.querySelector(".value-module")).not.toBeNull();
  return page;
}

it("a module tells its parameters and bytes, exactly on hover", async () => {
  const page = await show(model());
  const head = page.querySelector(".value-head");
  expect(head?.textContent).toContain("38,598,144 parameters");
  expect(head?.textContent).toContain("147 MiB");
  expect(head?.querySelector("[title='154,392,576 bytes']")).not.toBeNull();
  expect(head?.textContent).toContain("38,597,376 trainable");
  expect(head?.textContent).toContain("2 KiB of buffers");
});

it("its parameters are a table: shapes, counts on the right, shares, ties", async () => {
  const page = await show(model());
  const rows = [...page.querySelectorAll("tbody tr")];
  const cells = rows.map((each) => [...each.querySelectorAll("th, td")].map((cell) => cell.textContent));
  expect(cells[0]).toEqual(["embed.weight", "[50257, 768]", "38,597,376"]);
  expect(cells[1]?.[2]).toBe("tied to embed.weight");
  expect(cells[2]?.[0]).toBe("norm.weightfrozen");
  expect(getComputedStyle(rows[0]?.querySelector(".number") as Element).textAlign).toBe("end");
  const bar = (at: number) => rows[at]?.querySelector(".share-bar")?.getBoundingClientRect().width ?? -1;
  expect(bar(0)).toBeGreaterThan(50);
  expect(bar(2)).toBeLessThan(2);
});

it("the dtype is told once, or of each where they differ", async () => {
  expect((await show(model())).querySelector(".value-head")?.textContent).toContain("float32");
  const mixed = await show(model({ parameters: [row("a", [1]), row("b", [1], { dtype: "bfloat16" })], row_count: 2 }));
  expect([...mixed.querySelectorAll("tbody td:nth-child(3)")].map((cell) => cell.textContent)).toEqual([
    "float32",
    "bfloat16",
  ]);
});

it("many parameters come by the page", async () => {
  const parameters = Array.from({ length: 200 }, (_, i) => row(`layers.${i}.weight`, [2]));
  const page = await show(model({ parameters, row_count: 900 }));
  expect(page.querySelectorAll("tbody tr")).toHaveLength(12);
  for (let pages = 0; pages < 4; pages++) await userEvent.click(page.querySelector(".text-button") as Element);
  await expect.poll(() => page.querySelectorAll("tbody tr").length).toBe(200);
  expect(page.textContent).toContain("and 700 more, not recorded");
});

it("what became of its parameters is marked", async () => {
  const before = model({ parameters: [row("embed.weight", [50_257, 768], { trainable: false })] });
  const page = await show(model(), before);
  expect([...page.querySelectorAll<HTMLElement>("tbody tr")].map((each) => each.dataset.change)).toEqual([
    "changed",
    "added",
    "added",
  ]);
});

it("inside another it is a line that opens", async () => {
  const inner = model({ type: "Linear", parameters: [], row_count: 2 });
  const page = await show(
    model({
      fields: [
        ["first", inner],
        ["text", "x".repeat(70)],
      ],
      length: 2,
    }),
  );
  await userEvent.click(page.querySelector("details > summary") as Element);
  const line = () => page.querySelector("dd summary")?.textContent;
  await expect.poll(line).toBe("Linear 38,598,144 parameters");
});

it.each<[string, Partial<Module>]>([
  ["no numbers", { parameter_count: NaN, parameter_bytes: -1 }],
  ["a hostile name", { parameters: [row("<img src=x onerror=alert(1)>", [1])] }],
  ["a count beyond all", { parameters: [row("w", [1], { count: 1e300 })], parameter_count: 0 }],
])("with %s it is shown as far as it goes", async (_, rest) => {
  const page = await show(model(rest));
  expect(page.querySelector("tbody")).not.toBeNull();
  expect(page.querySelector("img")).toBeNull();
});
