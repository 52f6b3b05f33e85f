import { describe, expect, it } from "vitest";
import type { Tensor, Value } from "../format/generated";
import { summarise, summaryLine } from "./summary";

const tensor = (rest: Partial<Tensor>): Tensor => ({
  kind: "tensor",
  type: "torch.Tensor",
  dtype: "float32",
  shape: [],
  ...rest,
});

describe("summarise", () => {
  it.each<[Value, string]>([
    [null, "None"],
    [true, "True"],
    [3, "3"],
    [0.1, "0.1"],
    [1e-7, "1e-07"],
    [{ kind: "float", value: 1 }, "1.0"],
    [{ kind: "float", value: "nan" }, "nan"],
    [{ kind: "float", value: 1e22 }, "1e+22"],
    [{ kind: "int", text: "9007199254740993" }, "9007199254740993"],
    [{ kind: "complex", real: 1, imag: -2 }, "1.0-2.0j"],
    ["it's", '"it\'s"'],
    ["a\n\t\\", "'a\\n\\t\\\\'"],
    ["\u202eabc\u200b\u0000", "'\\u202eabc\\u200b\\x00'"],
    ["\ud800x", "'\\ud800x'"],
    ["👩‍💻 中文", "'👩‍💻 中文'"],
    [{ kind: "text", text: "abc", length: 12000 }, "'abc'… 12,000 characters"],
    [{ kind: "bytes", text: "\\xf0a", length: 2 }, "b'\\xf0a'"],
    [{ kind: "bytes", text: "abc", length: 300 }, "b'abc'… 300 bytes"],
    [{ kind: "sequence", type: "list", items: [1, 2, 3], length: 3 }, "[1, 2, 3]"],
    [{ kind: "sequence", type: "tuple", items: [1], length: 1 }, "(1,)"],
    [{ kind: "sequence", type: "set", items: [], length: 0 }, "set()"],
    [{ kind: "sequence", type: "collections.deque", items: [1], length: 1 }, "deque([1])"],
    [{ kind: "sequence", type: "list", items: [1, 2], length: 12000 }, "[1, 2, … 12,000 items]"],
    [
      {
        kind: "mapping",
        type: "dict",
        entries: [["ids", { kind: "sequence", type: "list", items: [1, 2], length: 900 }]],
        length: 1,
      },
      "{'ids': [1, 2, … 900 items]}",
    ],
    [{ kind: "sequence", type: "generator", items: [], length: -1 }, "generator([…])"],
    [{ kind: "mapping", type: "dict", entries: [["__proto__", 1]], length: 1 }, "{'__proto__': 1}"],
    [{ kind: "mapping", type: "collections.Counter", entries: [["a", 2]], length: 1 }, "Counter({'a': 2})"],
    [{ kind: "instance", type: "m.Config", fields: [["n", 2]], length: 1 }, "Config(n=2)"],
    [tensor({ shape: [3, 4] }), "[3, 4] float32"],
    [
      tensor({ shape: [3, 4], dimensions: ["time", "channel"], device: "cuda:0" }),
      "[time 3, channel 4] float32 cuda:0",
    ],
    [tensor({ elements: [2.5] }), "2.5 float32"],
    [tensor({ shape: [3], elements: [1, 2.25, "nan"], stats: { nan: 1 } }), "[3] float32 1 nan [1.00, 2.25, nan]"],
    [
      { kind: "records", type: "DataFrame", columns: [], rows: [], row_count: 1000, column_count: 5 },
      "DataFrame 1,000 × 5",
    ],
    [{ kind: "formula", type: "sympy.Add", latex: "x^2", text: "x**2" }, "x**2"],
    [{ kind: "definition", type: "function", name: "f", signature: "(x)" }, "function f(x)"],
    [{ kind: "opaque", type: "a.B" }, "<B>"],
    [{ kind: "opaque", type: "a.B", text: "<b at 1>", cut: true }, "<b at 1>…"],
    [{ kind: "cut", reason: "cycle", type: "list" }, "↻ list"],
    [{ kind: "cut", reason: "depth", type: "dict" }, "dict …"],
    [{ kind: "constructor" } as unknown as Value, ""],
    [{ kind: "__proto__" } as unknown as Value, ""],
    [{ kind: "sequence" } as unknown as Value, "…"],
  ])("of %j is %s", (value, expected) => {
    expect(summarise(value)).toBe(expected);
  });

  const many = Array.from({ length: 100_000 }, (_, i) => i);
  let deep: Value = 1;
  for (let i = 0; i < 100_000; i++) deep = { kind: "sequence", type: "list", items: [deep], length: 1 };

  it.each<[string, Value]>([
    ["a long list", { kind: "sequence", type: "list", items: many, length: many.length }],
    [
      "a list of lists",
      {
        kind: "sequence",
        type: "list",
        items: many.map(() => ({ kind: "sequence", type: "list", items: [1, 2], length: 2 })),
        length: 7,
      },
    ],
    ["a deep list", deep],
    ["a long string", "x".repeat(1_000_000)],
    ["a long key", { kind: "mapping", type: "dict", entries: [["k".repeat(100_000), 1]], length: 1 }],
    ["a long name", { kind: "instance", type: "T".repeat(100_000), fields: [], length: 0 }],
  ])("of %s has at most the room it is given", (_, value) => {
    for (const max of [1, 20, 60, 200]) expect(summarise(value, max).length).toBeLessThanOrEqual(max);
  });

  it("says how long the outermost container is, not those in it", () => {
    const pair: Value = { kind: "sequence", type: "tuple", items: ["l", "o"], length: 2 };
    const value: Value = {
      kind: "mapping",
      type: "dict",
      entries: Array.from({ length: 9 }, () => [pair, 7]),
      length: 9,
    };
    expect(summarise(value, 50)).toMatch(/^\{\('l', 'o'\): 7, .*… 9 entries\}$/);
  });

  it("says how many items a list has that does not fit", () => {
    expect(summarise({ kind: "sequence", type: "list", items: many, length: 100_000 }, 40)).toMatch(
      /^\[0, 1, 2, .*… 100,000 items\]$/,
    );
  });
});

describe("what differs from before", () => {
  const list = (...items: Value[]): Value => ({ kind: "sequence", type: "list", items, length: items.length });
  const dict = (...entries: [Value, Value][]): Value => ({
    kind: "mapping",
    type: "dict",
    entries,
    length: entries.length,
  });
  const point = (x: Value): Value => ({ kind: "instance", type: "P", fields: [["x", x]], length: 1 });

  /** `[1, +2+, -3-]`: what is added between plus signs, changed between tildes, gone between minus signs. */
  const told = (now: Value, before: Value, max = 60) =>
    summaryLine(now, max, false, before)
      .parts.map(({ text, change }) => {
        const sign = change ? { added: "+", changed: "~", removed: "-" }[change] : "";
        return sign + text + sign;
      })
      .join("");

  it.each<[Value, Value, string]>([
    [list(1, 2), list(1), "[1, +2+]"],
    [list(1, 9, 3), list(1, 2, 3), "[1, ~9~, 3]"],
    [list(1, 3), list(1, 2, 3), "[1, -2-3]"],
    [list(1), list(1, 2, 3, 4, 5, 6, 7), "[1-2, 3, 4, 5, …-]"],
    [list("th", "e"), list("t", "h", "e"), "[-'t', 'h'-+'th'+, 'e']"],
    [list(list(1, 2), 3), list(list(1), 3), "[[1, +2+], 3]"],
    [list(list(1)), list(2), "[~[~~1~~]~]"],
    [list(point(2)), list(point(1)), "[P(x=~2~)]"],
    [dict(["a", 2], ["b", 1]), dict(["a", 1], ["c", 3]), "{'a': ~2~, -'c'-+'b'++: ++1+}"],
    ["helo world", "hello world", "'hel-l-o world'"],
    ["a'c", "abc", '"a-b-~\'~c"'],
    ["new", "old", "'new'"],
    [1, 2, "1"],
  ])("%#: marked", (now, before, line) => {
    expect(told(now, before)).toBe(line);
  });

  it("takes no room from what is there", () => {
    const now = list(...Array.from({ length: 12 }, (_, i) => i));
    const before = list("gone", ...Array.from({ length: 12 }, (_, i) => i));
    const line = (was?: Value) => summaryLine(now, 30, false, was).parts.filter(({ change }) => change !== "removed");
    expect(line(before).map(({ text }) => text)).toEqual(line().map(({ text }) => text));
  });
});
