import { describe, expect, it } from "vitest";
import type { Tensor, Value } from "../../format/generated";
import { openLecture } from "../lecture";
import { traceFromText } from "../trace-from-text";
import { agree, differenceOf } from "./agreement";
import { alignRuns } from "./align";
import { arrayFacts, elementsApart } from "./array-pairs";
import { findDivergences, type Divergences } from "./divergences";
import { valuePairs } from "./pairs";
import { differingFacts } from "./provenance";
import { alignSources } from "./sources";
import { stripOf } from "./strip";

function finished<T>(work: Generator<number, T>): T {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}

function compare(drawingA: string, drawingB: string, tolerance = 0) {
  const [a, b] = [drawingA, drawingB].map((drawing) => openLecture(traceFromText(drawing)));
  const alignment = finished(alignRuns(a, b, alignSources(a.trace, b.trace)));
  const found = finished(findDivergences(alignment, { from: 0, to: alignment.toB.length }, tolerance));
  return { a, b, alignment, found };
}

const said = ({ list }: Divergences) =>
  list.map(({ kind, a, b, name, count }) => `${kind} ${name}@${a}/${b} ×${count}`);

describe("what differs between two runs", () => {
  it("is nothing where they are the same", () => {
    const { found } = compare("loop 1-2\n1\n2 x=1\n1\n2 x=2\n1\n3", "loop 1-2\n1\n2 x=1\n1\n2 x=2\n1\n3");
    expect(found).toMatchObject({ list: [], path: null, value: null, compared: 6, alike: 6 });
    expect([...found.states]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("is a value of a line, from the turn on in which it first is another", () => {
    const { found } = compare("loop 1-2\n1\n2 x=1\n1\n2 x=2\n1\n2 x=3\n1", "loop 1-2\n1\n2 x=1\n1\n2 x=5\n1\n2 x=6\n1");
    expect(said(found)).toEqual(["value x@3/3 ×2"]);
    expect([...found.states]).toEqual([0, 0, 0, 1, 0, 1, 0]);
  });

  it("may be let pass where the numbers are close", () => {
    const [a, b] = ["1 x=1.0000001 y=1", "1 x=1.0000002 y=2"];
    expect(said(compare(a, b).found)).toEqual(["value x@0/0 ×1", "value y@0/0 ×1"]);
    expect(said(compare(a, b, 1e-6).found)).toEqual(["value y@0/0 ×1"]);
    expect(said(compare(a, b, 0.5).found)).toEqual([]);
  });

  it("is where another line ran next", () => {
    const { found } = compare("1\n2\n4", "1\n3\n4");
    expect(said(found)).toEqual(["path @0/0 ×1"]);
    expect(found.path).toMatchObject({ nextA: 1, nextB: 1 });
    expect([...found.states]).toEqual([2, 2, 0]);
  });

  it("is where a loop goes on on one side alone, and where a run ends early", () => {
    const { found } = compare("loop 1-2\n1\n2\n1\n3", "loop 1-2\n1\n2\n1\n2\n1\n3");
    expect(said(found)).toEqual(["path @2/2 ×1"]);
    expect(said(compare("1\n2", "1\n2\n3").found)).toEqual(["path @1/1 ×1"]);
  });

  it("is what a step shows, and prints", () => {
    expect(said(compare('1 "one"\n2 >hi\n3', '1 "two"\n2 >ho\n3').found)).toEqual(["output @0/0 ×1", "output @1/1 ×1"]);
  });

  it("is what a call returned; what only one side recorded is not", () => {
    const { found } = compare("1\n  10 return=1\n2 x=1", "1\n  10 return=2\n2 y=1");
    expect(said(found)).toEqual(["value @1/1 ×1"]);
  });

  it("comes in the order in which a reader meets it: what was returned before what became of it", () => {
    const { found } = compare("1\n  10 return=1\n^ x=1\n2", "1\n  10 return=2\n^ x=2\n2");
    expect(said(found)).toEqual(["value @1/1 ×1", "value x@0/0 ×1"]);
    expect(found.value).toMatchObject({ a: 1, name: "" });
  });

  it("is drawn as a strip, the gravest of each part", () => {
    const { a, found } = compare("1\n2 x=1\n3\n4\n5", "1\n2 x=2\n3\n5");
    expect(stripOf(found, a.positions, 100).map(({ from, to, state, step }) => [from, to, state, step])).toEqual([
      [0, 0.2, 0, 0],
      [0.2, 0.4, 1, 1],
      [0.4, 0.6, 0, 2],
      [0.6, 0.8, 2, 3],
      [0.8, 1, 0, 4],
    ]);
    expect(stripOf(found, a.positions, 1)).toEqual([{ from: 0, to: 1, state: 2, step: 3 }]);
  });
});

describe("values", () => {
  const tensor = (elements: number[], more: Partial<Tensor> = {}): Tensor => ({
    kind: "tensor",
    type: "torch.Tensor",
    shape: [elements.length],
    dtype: "torch.float32",
    elements,
    ...more,
  });
  const float = (value: number | string): Value => ({ kind: "float", value });

  it.each<[string, Value, Value, number, boolean]>([
    ["a number and itself", 1, 1, 0, true],
    ["an int and the same as a float", 1, float(1), 0, true],
    ["nan and nan", float("nan"), float("nan"), 0, true],
    ["inf and a number", float("inf"), 1e300, 0.5, false],
    ["inf and -inf", float("inf"), float("-inf"), 1e-6, false],
    ["zero and almost zero", 0, 1e-30, 1e-6, false],
    ["True and 1", true, 1, 0, false],
    ["None and 0", null, 0, 1, false],
    ["words", "a", "b", 1, false],
    [
      "objects of another address",
      { kind: "opaque", type: "A", text: "<A at 0x7f12ab34>" },
      { kind: "opaque", type: "A", text: "<A at 0x7f99ab34>" },
      0,
      true,
    ],
    [
      "lists",
      { kind: "sequence", type: "list", items: [1, 2], length: 2 },
      { kind: "sequence", type: "list", items: [1, 2.0000001], length: 2 },
      1e-6,
      true,
    ],
    [
      "lists of other lengths",
      { kind: "sequence", type: "list", items: [1], length: 1 },
      { kind: "sequence", type: "list", items: [1, 2], length: 2 },
      1e-6,
      false,
    ],
    ["arrays, by the largest element", tensor([1000, 1e-9]), tensor([1000, 2e-9]), 1e-6, true],
    ["arrays, exactly", tensor([1000, 1e-9]), tensor([1000, 2e-9]), 0, false],
    ["arrays of other dtypes", tensor([1]), tensor([1], { dtype: "torch.bfloat16" }), 1e-6, true],
    ["arrays of other dtypes, exactly", tensor([1]), tensor([1], { dtype: "torch.bfloat16" }), 0, false],
    ["arrays of other shapes", tensor([1, 2]), tensor([1, 2], { shape: [2, 1] }), 1, false],
    [
      "arrays in other memory",
      tensor([1], { storage: { id: 1, bytes: 4 } }),
      tensor([1], { storage: { id: 2, bytes: 4 } }),
      0,
      true,
    ],
    [
      "arrays by their statistics",
      tensor([], { shape: [9], elements: null, stats: { min: 0, max: 1, mean: 0.5 } }),
      tensor([], { shape: [9], elements: null, stats: { min: 0, max: 1, mean: 0.6 } }),
      1e-6,
      false,
    ],
    [
      "arrays with another number of NaN",
      tensor([], { elements: null, stats: { nan: 1 } }),
      tensor([], { elements: null, stats: { nan: 2 } }),
      1,
      false,
    ],
  ])("%s", (_, a, b, tolerance, expected) => {
    expect(agree(a, b, tolerance)).toBe(expected);
    expect(agree(b, a, tolerance)).toBe(expected);
  });

  it("that are hostile are compared in bounded time, and fail nothing", () => {
    let deep: Value = 1;
    for (let i = 0; i < 5000; i++) deep = { kind: "sequence", type: "list", items: [deep], length: 1 };
    let other: Value = 2;
    for (let i = 0; i < 5000; i++) other = { kind: "sequence", type: "list", items: [other], length: 1 };
    expect(agree(deep, other, 0)).toBe(true);
    expect(
      agree({ kind: "tensor" } as unknown as Value, { kind: "tensor", shape: "x", stats: 3 } as unknown as Value, 0),
    ).toBe(false);
    expect(
      agree({ __proto__: null, kind: "instance" } as unknown as Value, { kind: "instance" } as unknown as Value, 0),
    ).toBe(true);
  });

  it("of numbers have a difference", () => {
    expect(differenceOf(2, 3)).toEqual({ by: 1, share: 0.5 });
    expect(differenceOf(2, "3")).toBeNull();
    expect(differenceOf({ ...tensor([2]), shape: [] }, { ...tensor([3]), shape: [] })).toEqual({ by: 1, share: 0.5 });
    expect(differenceOf(tensor([2]), tensor([3]))).toBeNull();
  });

  it("of arrays have one element by element", () => {
    const { apart, differences } = elementsApart(tensor([1, 2, 3]), tensor([1, 4, 2]))!;
    expect(apart).toEqual({ largest: 2, mean: 1, of: 3, differ: 2, whole: true });
    expect(differences).toMatchObject({ shape: [3], elements: [0, 2, -1] });
    expect(arrayFacts(tensor([1, 3]), tensor([1, 5], { stats: { min: 1, max: 5 } }))).toEqual([
      { name: "shape", a: "[2]", b: "[2]" },
      { name: "dtype", a: "torch.float32", b: "torch.float32" },
      { name: "min", a: 1, b: 1 },
      { name: "max", a: 3, b: 5 },
      { name: "mean", a: 2, b: null },
      { name: "std", a: 1, b: null },
    ]);
    expect(elementsApart(tensor([1]), tensor([1, 2]))).toBeNull();
    expect(elementsApart(tensor([1]), tensor([1]))!.differences).toBeNull();
    const nan = elementsApart(tensor(["nan", "inf"] as never), tensor([1, "inf"] as never))!;
    expect(nan.differences!.elements).toEqual(["nan", 0]);
  });

  it("stand side by side, by name and function", () => {
    const { a, b } = compare("1 n=1\n  10 x=1 y=2\n  11 return=3", "1 n=1\n  10 x=1 z=2\n  11 return=4");
    const frames = valuePairs({ lecture: a, position: 2 }, { lecture: b, position: 2 }, 0);
    expect(frames.map(({ a, b, pairs }) => [a, b, pairs.map(({ name, alike }) => `${name} ${alike}`).join()])).toEqual([
      ["f10", "f10", "x true,y false,z false,returns false"],
      ["main", "main", "n true"],
    ]);
  });
});

it("what differs in how two runs were made is said, and nothing else", () => {
  const [a, b] = [traceFromText("1"), traceFromText("1")];
  expect(differingFacts(a, b)).toEqual([]);
  a.provenance = { ...a.provenance, seed: 1, arguments: ["-m", "drawn"], packages: { torch: "2.12.0", numpy: "2.4" } };
  b.provenance = {
    ...b.provenance,
    seed: 2,
    arguments: ["-m", "drawn", "--costs"],
    packages: { torch: "2.13.0", numpy: "2.4" },
  };
  expect(differingFacts(a, b)).toEqual([
    { name: "arguments", a: "none", b: "--costs" },
    { name: "seed", a: "1", b: "2" },
    { name: "torch", a: "2.12.0", b: "2.13.0" },
  ]);
});
