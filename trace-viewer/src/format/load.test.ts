import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openLecture } from "../logic/lecture";
import { traceFromText } from "../logic/trace-from-text";
import { isPacked, type Lists } from "./column";
import { VERSION, type Trace } from "./generated";
import { importEdtrace } from "./import/edtrace";
import { expectTrace, loadTrace } from "./load";
import { TraceProblem } from "./problem";
import { readTrace } from "./whole";

/** A trace of edtrace. */
const recorded = path.join(import.meta.dirname, "import/fixtures/edtrace-0.1.20.json");

const good = () => traceFromText("1 x=1\n2\n  10\n3");

/** What the reader is told about a text that is no trace. */
function problemOf(text: string): string {
  try {
    readTrace(text, importEdtrace);
  } catch (error) {
    if (error instanceof TraceProblem) return `${error.title}. ${error.sentence}`;
    throw error;
  }
  return "";
}

/** The same for a trace in which something was changed. */
function problemWith(change: (trace: Lists<Trace>) => void): string {
  const trace = good();
  change(trace);
  return problemOf(JSON.stringify(trace));
}

describe("reading a trace", () => {
  it("gives the trace back, its columns as typed arrays", () => {
    const { steps, calls, ...rest } = readTrace(JSON.stringify(good()));
    expect({ ...rest.bindings }).toEqual({
      step: Uint8Array.of(0),
      at: Uint8Array.of(0),
      name: Uint8Array.of(2),
      value: Uint8Array.of(0),
      role: Uint8Array.of(0),
    });
    expect([...steps.statement, ...steps.call]).toEqual([0, 1, 2, 3, 0, 0, 1, 0]);
    expect(calls.parent).toEqual(Int32Array.of(-1, 1));
    for (const name of ["files", "strings", "values", "provenance"] as const) expect(rest[name]).toEqual(good()[name]);
  });

  it("has typed arrays for columns that are no plain rows of integers in the file", () => {
    const text = JSON.stringify(good()).replace('"end":[0,0,0,0]', '"end":[0,0e0,0.0,-0]');
    expect(readTrace(text).steps.end).toEqual(Uint8Array.of(0, 0, 0, 0));
    const { trace } = openLecture(readTrace(readFileSync(recorded, "utf8"), importEdtrace));
    expect(Object.values(trace.steps).every(isPacked)).toBe(true);
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
    expect(problemWith((trace) => (trace.version = VERSION + 1))).toContain(
      `This trace is version ${VERSION + 1}; this viewer reads up to ${VERSION}. Update the viewer.`,
    );
    expect(problemWith((trace) => (trace.version = 0.5))).toContain("does not say which version");
  });

  it.each<[string, (trace: Lists<Trace>) => void]>([
    ["steps.call[0]", (trace) => (trace.steps.call[0] = 99)],
    ["steps.statement[1]", (trace) => (trace.steps.statement[1] = -1)],
    ["bindings.value[0]", (trace) => (trace.bindings.value[0] = 1.5)],
    ["bindings.name[0]", (trace) => ((trace.bindings.name as unknown[])[0] = "x")],
    ["columns of steps", (trace) => trace.steps.end.pop()],
    ["statements.line[0]", (trace) => (trace.statements.line[0] = 0)],
    ["call 1 is made by step 3", (trace) => (trace.calls.parent[1] = 3)],
    ["resumes row 0", (trace) => (trace.resumes = { call: [1], step: [2], parent: [2] })],
    ["elided.count[0]", (trace) => (trace.elided = { statement: [0], step: [0], count: [0] })],
    ["elided.step[0]", (trace) => (trace.elided = { statement: [0], step: [1], count: [5] })],
    ["elided names", (trace) => (trace.elided = { statement: [0, 0], step: [0, 0], count: [5, 6] })],
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
    expect((await loadTrace("var/traces/x.json")).steps.call).toEqual(Uint8Array.of(0, 0, 1, 0));
    answers(async () => new Response(readFileSync(recorded, "utf8")));
    expect((await loadTrace("var/traces/x.json")).calls.parent).toHaveLength(5);
  });

  it("takes the answer that was asked for early, once, and none to another question", async () => {
    answers(async () => new Response(readFileSync(recorded, "utf8")));
    const early = async () => new Response(JSON.stringify(good()));
    window.earlyTrace = { url: new URL("var/traces/x.json", document.baseURI).href, response: early() };
    expect((await loadTrace("var/traces/x.json")).calls.parent).toHaveLength(2);
    expect(fetch).not.toHaveBeenCalled();
    expect((await loadTrace("var/traces/x.json")).calls.parent).toHaveLength(5);
    window.earlyTrace = { url: new URL("var/traces/y.json", document.baseURI).href, response: early() };
    expect((await loadTrace("var/traces/x.json")).calls.parent).toHaveLength(5);
  });

  it("takes the answer to what was expected, unless that was long ago", async () => {
    vi.useFakeTimers();
    answers(async () => new Response(readFileSync(recorded, "utf8")));
    expectTrace("https://example.org/x.json");
    expect(fetch).toHaveBeenCalledTimes(0);
    expectTrace("var/traces/x.json");
    await loadTrace("var/traces/x.json");
    expect(fetch).toHaveBeenCalledTimes(1);
    expectTrace("var/traces/x.json");
    vi.advanceTimersByTime(60_000);
    await loadTrace("var/traces/x.json");
    expect(fetch).toHaveBeenCalledTimes(3);
    vi.useRealTimers();
  });
});

describe("a trace of edtrace", () => {
  const lecture = openLecture(readTrace(readFileSync(recorded, "utf8"), importEdtrace));
  const { trace, positions } = lecture;

  /** The value of a variable of `main` at the last position, if it has one. */
  const valueOf = (name: string, position: number) => {
    const found = lecture.bindings.variables(0, position).find((variable) => variable.name === name && !variable.gone);
    return found && trace.values[found.value];
  };

  it("becomes a lecture with calls and ways out", () => {
    const lines = Array.from(positions.step, (step, position) => {
      const { line } = lecture.placeOf(step);
      return positions.out[position] ? `${line}<` : positions.exit[step] === position ? `${line}` : `${line}>`;
    });
    const turn = "8 9 10> 22 23 24 22 23 24 10<";
    expect(lines.join(" ")).toBe(`6 7 ${turn} ${turn} 8 11 12 13 14 15 16 17 18 19`);
    expect(trace.calls.parent.length).toBe(5);
    expect(lecture.stackAt(6).map(({ call }) => lecture.functionName(call))).toEqual(["add", "main"]);
    expect(lecture.title).toBe("A small lecture");
    expect(trace.files[0].hidden).toEqual([18]);
  });

  it("keeps its values", () => {
    expect(valueOf("total", 4)).toBe(0);
    expect(valueOf("total", positions.count - 2)).toBe(3);
    expect(valueOf("total", positions.count - 1)).toBeUndefined();
    expect(valueOf("x", positions.count - 1)).toEqual({
      kind: "tensor",
      type: "ndarray",
      shape: [2, 2],
      dtype: "float64",
      elements: [1, "nan", 3, 4],
    });
    expect(valueOf("d", positions.count - 1)).toMatchObject({
      kind: "mapping",
      entries: [
        ["a", { kind: "sequence", items: [1, { kind: "float", value: 2 }, "s"] }],
        ["b", null],
      ],
    });
  });

  it("keeps its outputs", () => {
    const kinds = trace.outputs.map(({ kind }) => kind).join(" ");
    expect(kinds).toBe("text text text text link link graph plot note");
    expect(trace.outputs[3]).toEqual({ kind: "text", text: "first\nsecond", verbatim: true });
    expect(trace.outputs[4]).toMatchObject({ target: { file: 0, line: 22, name: "add" } });
    expect(trace.outputs[5]).toMatchObject({ label: "[A page]", reference: { url: "https://example.org" } });
    expect(trace.outputs[6]).toMatchObject({ nodes: [{ id: "a" }, { id: "b", x: 90 }], edges: [{ target: "b" }] });
    expect(trace.files[0].directives.map(({ name }) => name)).toContain("animate");
  });

  it("that is damaged says so", () => {
    const frame = { path: "lecture.py", line_number: 1, function_name: "main" };
    expect(problemOf(JSON.stringify({ files: {}, steps: [] }))).toContain("it has no files");
    expect(problemOf(JSON.stringify({ files: { a: 1 }, steps: [] }))).toContain("its file a has no text");
    expect(problemOf(JSON.stringify({ files: { a: "" }, steps: [{}] }))).toContain("step 0 is in none of its files");
    expect(problemOf(JSON.stringify({ files: { a: "" }, steps: [{ stack: [frame] }] }))).toContain("step 0");
  });
});
