import { describe, expect, it } from "vitest";
import { readNames, spotAt } from "./names";

const spots = (source: string, line = 1) =>
  readNames(source)
    .onLine(line)
    .map(({ expression, role, inner, call }) => [
      expression,
      role,
      ...(inner ? ["inner"] : []),
      ...(call ? [`${call.callee}(${call.arguments.map(({ keyword, text }) => keyword + text).join()})`] : []),
    ]);

describe("readNames", () => {
  it("finds names and attributes, as a directive would name them", () => {
    expect(spots("y = self . weight.shape + x")).toEqual([
      ["y", "bound"],
      ["self", "read"],
      ["self.weight", "read"],
      ["self.weight.shape", "read"],
      ["x", "read"],
    ]);
  });

  it("knows what an assignment binds, however it is written", () => {
    const bound = (source: string) =>
      spots(source)
        .filter(([, role]) => role === "bound")
        .map(([expression]) => expression);
    expect(bound("a, (b, c) = d")).toEqual(["a", "b", "c"]);
    expect(bound("a = b = c")).toEqual(["a", "b"]);
    expect(bound("a: int = b")).toEqual(["a"]);
    expect(bound("a += b")).toEqual(["a"]);
    expect(bound("for i, x in enumerate(xs): pass")).toEqual(["i", "x"]);
    expect(bound("with open(p) as f: pass")).toEqual(["f"]);
    expect(bound("import numpy as np")).toContain("np");
    expect(bound("if (n := f(x)): pass")).toEqual(["n"]);
    expect(bound("x[i] = y")).toEqual(["x[i]"]);
  });

  it("tells parameters, definitions and keywords apart", () => {
    expect(spots("def f(x, y=z): pass")).toEqual([
      ["f", "definition"],
      ["x", "parameter"],
      ["y", "parameter"],
      ["z", "read"],
    ]);
    expect(spots("f(x=y)")).toEqual([
      ["f", "read", "f(xy)"],
      ["y", "read"],
    ]);
  });

  it("knows the names of comprehensions and lambdas from those around them", () => {
    expect(spots("[w + x for w in ws if w]").filter(([, , inner]) => inner === "inner")).toHaveLength(3);
    expect(spots("[w for w in ws]").filter(([name]) => name === "ws")).toEqual([["ws", "read"]]);
    expect(spots("lambda a: a + b").map(([name, , inner]) => `${name} ${inner ?? ""}`)).toEqual([
      "a inner",
      "a inner",
      "b ",
    ]);
  });

  it("reads the names in an f-string, and none in a string", () => {
    expect(spots('f"{x.y} of {z}" + "w"').map(([name]) => name)).toEqual(["x", "x.y", "z"]);
  });

  it("knows calls with their arguments, their order and their result", () => {
    const [y, f, g] = readNames("y = f(g(x), n=2)").onLine(1);
    expect(y.call).toBeNull();
    expect(f.call).toEqual({
      callee: "f",
      order: 1,
      arguments: [
        { keyword: "", text: "g(x)" },
        { keyword: "n", text: "2" },
      ],
      result: "y",
    });
    expect(g.call).toMatchObject({ callee: "g", order: 0, result: "" });
    expect(readNames("def f():\n    return g(1)").onLine(2)[0].call?.result).toBe("return");
    expect(readNames("a, b = g(1)").onLine(1)[2].call?.result).toBe("");
  });

  it("finds what is under a column, the smallest of several", () => {
    const { onLine } = readNames("x = rows[index].size");
    const at = (column: number) => spotAt(onLine(1), column)?.expression;
    expect([at(0), at(1), at(4), at(8), at(9), at(14), at(16)]).toEqual([
      "x",
      undefined,
      "rows",
      "rows[index]",
      "index",
      "rows[index]",
      "rows[index].size",
    ]);
  });

  it("finds where a name is bound, as its function sees it", () => {
    const { bindingAbove } = readNames(
      "import math\nN = 3\ndef f(N):\n    N = 4\n    return N\ndef g():\n    return N + later\nlater = 1\n",
    );
    expect(bindingAbove("N", 5)).toEqual({ name: "N", line: 4, kind: "name" });
    expect(bindingAbove("N", 7)).toEqual({ name: "N", line: 2, kind: "name" });
    expect(bindingAbove("later", 7)).toEqual({ name: "later", line: 8, kind: "name" });
    expect(bindingAbove("math", 7)).toEqual({ name: "math", line: 1, kind: "import" });
    expect(bindingAbove("g", 3)).toEqual({ name: "g", line: 6, kind: "definition" });
    expect(bindingAbove("print", 3)).toBeNull();
  });

  it.each([
    ["brackets that do not match", "def (:\n )]}"],
    ["brackets that never close", "x = (\n".repeat(3000)],
    ["a long way of attributes", "a.".repeat(5000)],
    ["names that objects have", "__proto__ = constructor[toString]"],
    ["no text", "\u0000\ud800"],
  ])("reads what it can of %s", (_, source) => {
    const names = readNames(source);
    expect(() => names.onLine(1)).not.toThrow();
    expect(names.bindingAbove("hasOwnProperty", 1)).toBeNull();
  });
});
