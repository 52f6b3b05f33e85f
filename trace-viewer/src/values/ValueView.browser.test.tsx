import { describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import "../theme/index.css";
import type { Value } from "../format/generated";
import { ValueInline } from "./ValueInline";
import { ValueView } from "./ValueView";

const show = async (value: Value) => (await render(<ValueView value={value} />)).container;
const list = (items: Value[], length = items.length): Value => ({ kind: "sequence", type: "list", items, length });

describe("containers", () => {
  it("that are short are one line", async () => {
    expect((await show(list([1, 2, list([3])]))).textContent).toBe("[1, 2, [3]]");
  });

  it("that are long make their entries when opened, a page at a time", async () => {
    const page = await show(list(Array.from({ length: 100_000 }, (_, i) => i)));
    expect(page.querySelectorAll("dd")).toHaveLength(0);
    await userEvent.click(page.querySelector("summary") as Element);
    await expect.poll(() => page.querySelectorAll("dd").length).toBe(50);
    await userEvent.click(page.querySelector("button") as Element);
    await expect.poll(() => page.querySelectorAll("dd").length).toBe(250);
  });

  it("say how much of them was not recorded", async () => {
    const page = await show(list(["a".repeat(70), "b"], 12_000));
    expect(page.textContent).toContain("… and 11,998 more, not recorded");
  });

  it("a hundred thousand deep do not overflow", async () => {
    let deep: Value = "x".repeat(100);
    for (let i = 0; i < 100_000; i++) deep = list([deep]);
    const page = await show(deep);
    expect(page.querySelectorAll("*").length).toBeLessThan(100);
  });

  it("may have keys named like parts of every object", async () => {
    const page = await show({
      kind: "mapping",
      type: "dict",
      entries: ["__proto__", "constructor", "toString", "<script>window.hacked = 1</script>"].map(
        (key): [Value, Value] => [key, "v".repeat(30)],
      ),
      length: 4,
    });
    expect(page.querySelectorAll("dt")).toHaveLength(4);
    expect(page.querySelector("script")).toBeNull();
    expect(page.querySelector("dt")?.textContent).toBe("'__proto__'");
  });
});

describe("strings", () => {
  it("of a million characters show their beginning", async () => {
    const page = await show("x".repeat(1_000_000));
    expect(page.textContent.length).toBeLessThan(2000);
    expect(page.textContent).toContain("1,000,000 characters");
    await userEvent.click(page.querySelector(".text-button") as Element);
    await expect.poll(() => page.textContent.length).toBeGreaterThan(20_000);
  });
});

describe("records", () => {
  it("line their numbers up and leave words alone", async () => {
    const page = await show({
      kind: "records",
      type: "DataFrame",
      columns: ["name", "loss"],
      rows: [
        ["<b>a</b>", 0.5],
        ["b", { kind: "float", value: 2 }],
        ["c", { kind: "float", value: "nan" }],
      ],
      row_count: 1000,
      column_count: 7,
    });
    await expect.poll(() => page.querySelector("tbody")).not.toBeNull();
    expect([...page.querySelectorAll("td")].map((td) => td.textContent)).toEqual([
      "<b>a</b>",
      "0.5",
      "b",
      "2.0",
      "c",
      "nan",
    ]);
    expect(getComputedStyle(page.querySelector("td.number") as Element).textAlign).toBe("end");
    expect(page.textContent).toContain("1,000 × 7");
    expect(page.textContent).toContain("5 more columns");
    expect(page.textContent).toContain("and 997 more rows, not recorded");
  });
});

describe("what the format does not know", () => {
  it.each([
    { kind: "tesseract" },
    { kind: "__proto__" },
    { kind: "constructor" },
    { kind: "sequence" },
    { kind: "tensor" },
    {},
  ])("%j says so and takes nothing with it", async (value) => {
    const page = await show(value as unknown as Value);
    expect(page.textContent).toMatch(/does not know|cannot be shown|…/);
  });
});

it("a change is marked", async () => {
  const view = await render(<ValueView value={1} changed />);
  expect(view.container.querySelector(".value-changed")).not.toBeNull();
});

it("the inline view has what does not fit in its tooltip", async () => {
  const view = await render(<ValueInline value={"word ".repeat(30)} max={20} />);
  const span = view.container.querySelector("span");
  expect(span?.textContent).toHaveLength(20);
  expect(span?.title.length).toBeGreaterThan(100);
});

it("a formula is drawn and a definition reads like one", async () => {
  const page = await show({ kind: "formula", type: "sympy.Add", latex: "x^{2}", text: "x**2" });
  await expect.poll(() => page.querySelector(".katex"), { timeout: 12_000 }).not.toBeNull();
  const other = await show({
    kind: "definition",
    type: "function",
    name: "train",
    signature: "(steps: int = 3) -> None",
  });
  expect(other.textContent).toBe("function train(steps: int = 3) -> None");
});
