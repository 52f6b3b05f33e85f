import { afterEach, describe, expect, it, vi } from "vitest";
import { openLecture } from "../logic/lecture";
import { traceFromText } from "../logic/trace-from-text";
import type { Trace } from "./generated";
import { loadTrace, readTrace } from "./load";
import { TraceProblem } from "./problem";

const good = () => traceFromText("1 x=1\n2\n  10\n3");

/** What the reader is told about a text that is no trace. */
function problemOf(text: string): string {
  try {
    readTrace(text);
  } catch (error) {
    if (error instanceof TraceProblem) return `${error.title}. ${error.sentence}`;
    throw error;
  }
  return "";
}

/** The same for a trace in which something was changed. */
function problemWith(change: (trace: Trace) => void): string {
  const trace = good();
  change(trace);
  return problemOf(JSON.stringify(trace));
}

describe("reading a trace", () => {
  it("gives the trace back", () => {
    expect(readTrace(JSON.stringify(good()))).toEqual(good());
  });

  it("says what is not a trace", () => {
    expect(problemOf("")).toContain("empty");
    expect(problemOf("hello")).toContain("not JSON");
    expect(problemOf("<!doctype html>")).toContain("web page");
    expect(problemOf("[1, 2]")).toContain("not the record of a lecture");
    expect(problemOf('{"a": 1}')).toContain("not the record of a lecture");
    expect(problemOf("null")).toContain("not the record of a lecture");
  });

  it("says that a trace is cut off, wherever it ends", () => {
    const text = JSON.stringify(good());
    for (const part of [0.1, 0.5, 0.99]) expect(problemOf(text.slice(0, text.length * part))).toContain("cut off");
  });

  it("refuses a trace of a newer version, and one of none", () => {
    expect(problemWith((trace) => (trace.version = 7))).toContain(
      "This trace is version 7; this viewer reads up to 1. Update the viewer.",
    );
    expect(problemWith((trace) => (trace.version = 0.5))).toContain("does not say which version");
  });

  it.each<[string, (trace: Trace) => void]>([
    ["steps.call[0]", (trace) => (trace.steps.call[0] = 99)],
    ["steps.statement[1]", (trace) => (trace.steps.statement[1] = -1)],
    ["bindings.value[0]", (trace) => (trace.bindings.value[0] = 1.5)],
    ["bindings.name[0]", (trace) => ((trace.bindings.name as unknown[])[0] = "x")],
    ["columns of steps", (trace) => trace.steps.end.pop()],
    ["statements.line[0]", (trace) => (trace.statements.line[0] = 0)],
    ["call 1 is made by step 3", (trace) => (trace.calls.parent[1] = 3)],
    ["resumes row 0", (trace) => (trace.resumes = { call: [1], step: [2], parent: [2] })],
    ["strings is missing", (trace) => ((trace as Partial<Trace>).strings = undefined)],
    ["shown is missing", (trace) => ((trace as Partial<Trace>).shown = undefined)],
    ["entry", (trace) => (trace.entry = 3)],
    ["files[0]", (trace) => ((trace.files[0] as { text: unknown }).text = null)],
    ["outputs[0]", (trace) => (trace.outputs = [null as never])],
    ["failure", (trace) => (trace.summary.outcome.failure = 4)],
  ])("finds what is damaged: %s", (what, change) => {
    expect(problemWith(change)).toContain("damaged");
    expect(problemWith(change)).toContain(what);
  });
});

describe("loading a trace", () => {
  afterEach(() => vi.unstubAllGlobals());

  const answers = (answer: () => Promise<Response>) => vi.stubGlobal("fetch", vi.fn(answer));

  it("fetches from its own origin only", async () => {
    answers(() => Promise.reject(new Error("must not be asked")));
    for (const path of ["https://example.org/t.json", "//example.org/t.json", "data:application/json,{}", "http://["]) {
      await expect(loadTrace(path)).rejects.toThrow("of its own address only");
    }
    expect(fetch).not.toHaveBeenCalled();
  });

  it("says what to do when there is no such trace, and when nobody answers", async () => {
    answers(async () => new Response("", { status: 404 }));
    await expect(loadTrace("var/traces/lecture_09.json")).rejects.toThrow("python execute.py -m lecture_09");
    answers(async () => new Response("", { status: 500 }));
    await expect(loadTrace("var/traces/lecture_09.json")).rejects.toThrow("answered 500");
    answers(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(loadTrace("var/traces/lecture_09.json")).rejects.toThrow("python -m tracer serve");
  });

  it("reads what arrives", async () => {
    answers(async () => new Response(JSON.stringify(good())));
    expect((await loadTrace("var/traces/x.json")).steps.call).toEqual([0, 0, 1, 0]);
  });
});

describe("a trace of edtrace", () => {
  const frame = (line: number, name = "main") => ({
    path: "lecture.py",
    line_number: line,
    function_name: name,
    code: "",
  });
  const source = 'def main():\n    text("hi")\n    x = f(1)\n    y = 2\n\ndef f(n):\n    return n\n';
  const steps = [
    { stack: [frame(2)], env: {}, renderings: [{ type: "markdown", data: "# Hi", style: {} }] },
    { stack: [frame(3)], env: {}, renderings: [] },
    { stack: [frame(3), frame(7, "f")], env: { n: { type: "int", contents: 1 } }, renderings: [] },
    { stack: [frame(3)], env: { x: { type: "Tensor", contents: [[1, 2]], dtype: "int64", shape: [1, 2] } } },
    { stack: [frame(4)], env: { x: null, y: { type: "list", contents: [{ type: "int", contents: 3 }] } } },
  ];
  const lecture = openLecture(readTrace(JSON.stringify({ files: { "lecture.py": source }, steps })));

  it("becomes a lecture with calls, ways out, outputs and values", () => {
    const { trace, positions } = lecture;
    const lines = Array.from(positions.step, (step) => lecture.placeOf(step).line);
    expect(lines).toEqual([2, 3, 7, 3, 4]);
    expect([...positions.out]).toEqual([0, 0, 0, 1, 0]);
    expect(lecture.title).toBe("Hi");
    expect(lecture.stackAt(2).map(({ call }) => lecture.functionName(call))).toEqual(["f", "main"]);
    const at = (position: number) =>
      lecture.bindings.variables(0, position).map(({ name, value }) => [name, trace.values[value]]);
    expect(at(2)).toEqual([]);
    expect(at(3)).toEqual([["x", { kind: "tensor", type: "Tensor", shape: [1, 2], dtype: "int64", elements: [1, 2] }]]);
    expect(at(4)).toEqual([["y", { kind: "sequence", type: "list", items: [3], length: 1 }]]);
  });

  it("that is damaged says so", () => {
    expect(problemOf(JSON.stringify({ files: {}, steps: [] }))).toContain("it has no files");
    expect(problemOf(JSON.stringify({ files: { a: "" }, steps: [{}] }))).toContain("step 0 has no stack");
    expect(problemOf(JSON.stringify({ files: { a: "" }, steps: [{ stack: [frame(1)] }] }))).toContain("lecture.py");
  });
});
