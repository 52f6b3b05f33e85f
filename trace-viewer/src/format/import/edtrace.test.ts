import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openLecture, type Lecture } from "../../logic/lecture";
import { loopsOf } from "../../logic/loops";
import * as moves from "../../logic/moves";
import { readTrace } from "../whole";
import { TraceProblem } from "../problem";
import { importEdtrace } from "./edtrace";

const read = (name: string) => readFileSync(path.join(import.meta.dirname, "fixtures", `${name}.json`), "utf8");
const open = (text: string) => openLecture(readTrace(text, importEdtrace));

/** Every position as `main:13 / count:36`, with `>` where a step goes in and `<` where it comes out. */
function walk(lecture: Lecture): string[] {
  const { positions } = lecture;
  return Array.from({ length: positions.count }, (_, position) => {
    const step = positions.step[position];
    const frames = lecture.stackAt(position).toReversed();
    const way = positions.out[position] ? " <" : positions.exit[step] === position ? "" : " >";
    return (
      frames.map(({ call, step: at }) => `${lecture.functionName(call)}:${lecture.placeOf(at).line}`).join(" / ") + way
    );
  });
}

describe.each(["edtrace-0.1.20", "edtrace-calls", "before-edtrace"])("%s", (name) => {
  it("becomes what the Python importer makes of it", () => {
    const imported = JSON.parse(read(`${name}.imported`)) as object;
    const ours = importEdtrace(parsed(read(name)));
    expect(JSON.parse(JSON.stringify(ours))).toEqual(imported);
  });

  it("opens, and every step has its line", () => {
    const lecture = open(read(name));
    for (const place of walk(lecture)) expect(place).toMatch(/^main:\d+/);
    expect(lecture.title).toMatch(/lecture|words/);
  });
});

/** As the viewer reads it: bare NaN is read, too. */
function parsed(text: string): Record<string, unknown> {
  let data: Record<string, unknown> = {};
  readTrace(text, (found) => {
    data = found;
    return importEdtrace(found);
  });
  return data;
}

describe("a trace of edtrace", () => {
  const lecture = open(read("edtrace-calls"));
  const { trace, positions } = lecture;
  const places = walk(lecture);
  const at = (place: string, nth = 0) => places.flatMap((other, position) => (other === place ? [position] : []))[nth];

  it("has one step for a statement of several lines, and for a call that comes back", () => {
    expect(places.filter((place) => /^main:1[1-5]\b/.test(place) && !place.includes("/"))).toEqual([
      "main:11",
      "main:13 >",
      "main:13 <",
      "main:14",
    ]);
  });

  it("tells two calls of a line apart, and leaves comprehensions and what decorates out of the stack", () => {
    expect(places.filter((place) => place.startsWith("main:23"))).toEqual([
      "main:23 >",
      "main:23 / grow:72",
      "main:23 / grow:73",
      "main:23 / grow:72",
      "main:23 / grow:73",
      "main:23 <",
    ]);
    const sizes = places.filter((place) => place.includes("size:53"));
    expect(sizes).toEqual(Array(2).fill("main:16 / inner:46 / size:53"));
  });

  it("goes on with a generator where it was left", () => {
    const calls = places.flatMap((place, position) => (place.includes("words:") ? [position] : []));
    const generators = calls.map((position) => lecture.stackAt(position)[0].call);
    expect(new Set(generators).size).toBe(1);
    expect(trace.resumes.call).toHaveLength(2);
  });

  it("can be stepped over and out of, deep in a recursion", () => {
    expect(places[moves.over(lecture, at("main:21 >"))]).toBe("main:21 <");
    expect(places[moves.over(lecture, at("main:21 / depth:64 >"))]).toBe("main:21 / depth:64 <");
    expect(places[moves.out(lecture, at("main:21 / depth:64 / depth:64 / depth:62"))]).toBe(
      "main:21 / depth:64 / depth:64 <",
    );
  });

  it("has loops with their turns", () => {
    const inner = at("main:20", 3);
    const [letters, all] = loopsOf(lecture).at(inner);
    expect([letters.turn, letters.turns]).toEqual([2, 4]);
    expect([all.turn, all.turns]).toEqual([2, 2]);
  });

  it("keeps its values, as far as they were written", () => {
    const last = positions.count - 1;
    const names = lecture.bindings.variables(0, last).filter(({ gone }) => !gone);
    const values = new Map(names.map(({ name, value }) => [name, trace.values[value]]));
    expect(values.has("counts")).toBe(false);
    expect(values.get("losses")).toMatchObject({ dtype: "float32", shape: [2, 2], elements: [1.5, "nan", "inf", -2] });
    expect(values.get("mean")).toMatchObject({ kind: "tensor", shape: [], dtype: "float64", elements: [0.25] });
    expect(values.get("odd")).toEqual({ kind: "float", value: "nan" });
    expect(values.get("page")).toMatchObject({ kind: "instance", type: "Page" });
    expect(values.get("page.title")).toBe("a");
  });
});

describe("a trace of the engine before edtrace", () => {
  const lecture = open(read("before-edtrace"));
  const { trace } = lecture;

  it("has values without types, and dicts that look like some", () => {
    const values = trace.bindings.name.length;
    expect(values).toBeGreaterThan(0);
    expect(trace.values).toContainEqual({ kind: "float", value: "nan" });
    expect(trace.values).toContainEqual(
      expect.objectContaining({
        kind: "mapping",
        entries: [
          ["type", "adam"],
          ["rate", 0.1],
        ],
      }),
    );
  });

  it("shows its words, links and what it printed", () => {
    expect(trace.outputs.map(({ kind }) => kind)).toEqual(["text", "text", "text", "link", "link", "link", "image"]);
    expect(trace.outputs[3]).toMatchObject({ label: "A paper" });
    expect(trace.outputs[4]).toMatchObject({ target: { line: 23 } });
    expect(trace.outputs[5]).toEqual({ kind: "link", label: "Helper" });
    expect(lecture.printed.upTo(lecture.positions.count - 1, 10).pieces[0].text).toBe("done\n");
  });

  it("hides what its comments say", () => {
    const data = JSON.parse('{"files": {"a.py": "x = 1  # @hide\\ny = 2"}, "steps": []}') as Record<string, unknown>;
    expect(importEdtrace(data).files[0].hidden).toEqual([1]);
  });
});

describe("a hostile foreign trace", () => {
  const frame = (line: unknown = 1, name: unknown = "main", file: unknown = "a.py") => ({
    path: file,
    line_number: line,
    function_name: name,
  });
  const text = (step: unknown, files: unknown = { "a.py": "def main():\n    x = 1\n" }, more: object = {}) =>
    JSON.stringify({ files, steps: [{ stack: [frame()] }, step], ...more });
  const problem = (of: string) => {
    try {
      open(of);
      return "";
    } catch (error) {
      if (error instanceof TraceProblem) return error.sentence;
      throw error;
    }
  };

  it.each<[string, unknown]>([
    ["no place", { stack: [frame(0)] }],
    ["half a line", { stack: [frame(1.5)] }],
    ["a line far away", { stack: [frame(2 ** 40)] }],
    ["no name", { stack: [frame(1, null)] }],
    ["another file", { stack: [frame(1, "main", "__proto__")] }],
    ["a file of a prototype", { stack: [frame(1, "main", "constructor")] }],
    ["no stack", {}],
    ["null", null],
    ["a stack of nothing", { stack: [null, 1, "x", []] }],
  ])("is told in a sentence: %s", (_, step) => {
    expect(problem(text(step))).toMatch(/Something in it is not as expected: step 1 (has no proper place|is in none)/);
  });

  it.each<[string, unknown]>([
    ["lines behind the end", { stack: [frame(1), frame(99, "elsewhere")] }],
    ["names of prototypes", { stack: [frame(1, "__proto__")], env: { ["__proto__"]: 1, constructor: { type: "x" } } }],
    [
      "values that are none",
      { stack: [frame(2)], env: { x: { type: "t", contents: null, dtype: "d", shape: [-1, "a"] } } },
    ],
    [
      "a shape that is not so",
      { stack: [frame(2)], env: { x: { type: "t", contents: 1, dtype: "d", shape: [1e9, 1e9] } } },
    ],
    [
      "renderings that are none",
      { stack: [frame(2)], renderings: [null, 1, {}, { type: {} }, { type: "graph", data: [] }] },
    ],
    [
      "a graph of nothing",
      { stack: [frame(2)], renderings: [{ type: "graph", data: { nodes: [0, {}], edges: {}, width: 1e99 } }] },
    ],
    [
      "styles that are none",
      { stack: [frame(2)], renderings: [{ type: "markdown", data: {}, style: [1] }, { style: { a: {} } }] },
    ],
    [
      "links that are none",
      { stack: [frame(2)], renderings: [{ type: "link", internal_link: { path: "a.py", line_number: -1 } }] },
    ],
    ["columns for env", { stack: [frame(2)], env: [1, 2], stdout: 7, stderr: ["x"] }],
  ])("opens: %s", (_, step) => {
    expect(problem(text(step))).toBe("");
  });

  it("is read in time, however deep, long or unbalanced", () => {
    const typed = { type: "t", contents: "DEEP", dtype: "d", shape: [1] };
    const values = text({ stack: [frame(2)], env: { x: "DEEP", y: typed } });
    expect(problem(values.replaceAll('"DEEP"', "[".repeat(5000) + "]".repeat(5000)))).toBe("");
    const lines = Array.from({ length: 20_000 }, (__, i) => `${" ".repeat(i % 50)}for x in y:`).join("\n");
    const quotes = "'''\n".repeat(9999) + '"('.repeat(9999);
    const begun = performance.now();
    expect(problem(text({ stack: [frame(3)] }, { "a.py": lines, "b.py": quotes, "c.py": "@x\n".repeat(20_000) }))).toBe(
      "",
    );
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it("with lists for hidden lines that are none hides nothing", () => {
    const hidden = { "a.py": [0, -1, 1.5, "2", null, 2], __proto__: [1] };
    expect(open(text({ stack: [frame(2)] }, undefined, { hidden_line_numbers: hidden })).trace.files[0].hidden).toEqual(
      [2],
    );
  });
});
