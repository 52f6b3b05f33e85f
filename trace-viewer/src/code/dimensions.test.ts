import { expect, it } from "vitest";
import { colorDimensions } from "./dimensions";
import { highlightPython } from "./highlight";

const names = new Map(["b", "t", "h", "d", "batch", "seq", "r"].map((name, index) => [name, index + 1]));

const colored = (line: string) => {
  const tokens = colorDimensions(highlightPython(line)[0], names);
  expect(tokens.map(({ text }) => text).join("")).toBe(line);
  return tokens.filter(({ cls }) => / dim /.test(cls)).map(({ text, cls }) => `${text} ${/dim-\d+/.exec(cls)?.[0]}`);
};

it.each<[string, string[]]>([
  ['y = rearrange(x, "b t (h d) -> b h t d")', ["b", "t", "h", "d", "b", "h", "t", "d"]],
  ['y = reduce(x, "b other -> b", "mean")', ["b", "b"]],
  ['def f(x: Float[Tensor, "batch seq"]) -> None: ...', ["batch", "seq"]],
  ['def f(x: Float[Tensor, "batch"]) -> Int[torch.Tensor, "batch 3 other"]: ...', ["batch", "batch"]],
  ["einsum(q, k, 'b t d, b t d -> b t')", ["b", "t", "d", "b", "t", "d", "b", "t"]],
  ['x = r"r -> b"', ["r", "b"]],
  ['sizes["batch"]', []],
  ['print("the batch is large")', []],
  ['text("b -> t: a mapping")', []],
  ["batch = seq  # batch seq", []],
  ['"""batch seq', []],
])("in %s", (line, expected) => {
  expect(colored(line)).toEqual(expected.map((name) => `${name} dim-${names.get(name)}`));
});

it("lines without a name, and traces without names, keep their tokens", () => {
  const [without, within] = highlightPython('x = 1\ny = "b t"\n');
  expect(colorDimensions(within, new Map())).toBe(within);
  expect(colorDimensions(without, names)).toBe(without);
  expect(colorDimensions(within, names)).not.toBe(within);
});
