import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { openLecture } from "../logic/lecture";
import { isPacked, type Lists } from "./column";
import { VERSION, type Trace } from "./generated";
import { importEdtrace } from "./import/edtrace";
import { readTrace } from "./whole";

const root = path.join(import.meta.dirname, "../../..");
const golden = path.join(root, "tests/golden");
const read = (file: string) => readTrace(readFileSync(file, "utf8"), importEdtrace);
const versions = Array.from({ length: VERSION }, (_, i) => i + 1);

const schema = JSON.parse(readFileSync(path.join(root, "tracer/format/trace.schema.json"), "utf8")) as object;
const holds = new Ajv({ strict: false }).compile(schema);

/** A trace as it would be in a file: with lists for columns, and without what is left undefined. */
const asInFile = (trace: Trace): unknown =>
  JSON.parse(JSON.stringify(trace, (_, part: unknown) => (isPacked(part) ? Array.from(part) : part)));

/** What the JSON Schema says is wrong with a trace. */
const faults = (trace: Trace) => (holds(asInFile(trace)) ? [] : holds.errors);

it("has a golden trace of every version", () => {
  const files = readdirSync(golden).filter((name) => name.endsWith(".json"));
  expect(files.sort()).toEqual(versions.map((version) => `v${version}.json`));
});

describe.each(versions)("a trace of version %i", (version) => {
  const file = path.join(golden, `v${version}.json`);
  const lecture = openLecture(read(file));
  const { trace, positions } = lecture;
  const lines = trace.files[trace.entry].text.split("\n");
  const source = (step: number) => lines[lecture.placeOf(step).line - 1].split("  #")[0].trim();
  const stepOf = (line: string) => trace.steps.call.findIndex((_, step) => source(step) === line);
  const inspected = (name: string) =>
    Array.from(trace.bindings.name).flatMap((at, row) => {
      const { value, role } = trace.bindings;
      if (trace.strings[at] !== name || role[row] !== 0) return [];
      return value[row] < 0 ? ["cleared"] : [trace.values[value[row]]];
    });

  it("says which version it is of, and becomes one of this version", () => {
    expect((JSON.parse(readFileSync(file, "utf8")) as Trace).version).toBe(version);
    expect(trace.version).toBe(VERSION);
    expect(faults(trace)).toEqual([]);
    expect(lecture.title).toBe("A golden lecture");
    expect(trace.summary.outcome.status).toBe("finished");
  });

  it("keeps its calls", () => {
    const deepest = Math.max(...positions.depth);
    const position = positions.entry[positions.depth.indexOf(deepest)];
    const names = lecture.stackAt(position).map(({ call }) => lecture.functionName(call));
    expect(names.join(" ")).toBe("fibonacci fibonacci fibonacci fibonacci calls main");
    const worker = stepOf('text("Words from a thread.")');
    expect(lecture.stackAt(positions.entry[worker])).toHaveLength(1);
    const turn = stepOf("yield i * i");
    expect(lecture.executions.turnOf(turn)).toEqual({ turn: 1, of: 3 });
    const callers = [1, 2].map((by) => lecture.executions.turnFrom(turn, by)).map((step) => positions.entry[step]);
    expect(callers.map((at) => source(lecture.callerOf(at)))).toEqual(Array(2).fill("for square in squares(3):"));
  });

  it("keeps its values", () => {
    const [small, empty] = inspected("small");
    expect(small).toMatchObject({ items: [null, true, 3, 0.5, { kind: "float", value: 1 }, "é\n"] });
    expect(empty).toMatchObject({ kind: "sequence", items: [] });
    expect(inspected("large")).toEqual([{ kind: "int", text: String(2n ** 200n) }, "cleared"]);
    expect(inspected("square").slice(0, 3)).toEqual([0, 1, 4]);
    expect(inspected("half")).toMatchObject([{ dtype: "bfloat16", elements: [1, "nan", "inf"] }]);
    expect(inspected("view")).toMatchObject([{ shape: [2, 2], strides: [1, 3], elements: [1, 4, 2, 5] }]);
    const after = positions.exit[stepOf("total = fibonacci(4)")];
    const total = lecture.bindings
      .variables(lecture.stackAt(after)[0].call, after)
      .find(({ name }) => name === "total");
    expect(trace.values[total!.value]).toBe(3);
  });

  it("keeps what it showed, printed and raised", () => {
    const kinds = Array.from(trace.shown.output, (output) => trace.outputs[output].kind).join(" ");
    const [asked, expected] = version < 3 ? ["", ""] : ["quiz ", "expectation "];
    expect(kinds).toBe(`text note text image link link plot graph table code ${asked}placeholder ${expected}text text`);
    const { pieces } = lecture.printed.upTo(positions.count - 1, 1000);
    const written = (stream: string) => pieces.filter((piece) => piece.stream === stream).map(({ text }) => text);
    expect(written("stdout").join("")).toBe("closed\nto stdout\n0 1 2 ");
    expect(written("stderr").join("")).toBe("to stderr\n");
    const left = trace.raised.step.find((step) => lecture.functionName(trace.steps.call[step]) === "divide")!;
    const raised = lecture.raisedAt(positions.exit[left]);
    expect(raised).toMatchObject({ type: "ZeroDivisionError", message: "division by zero" });
  });
});

describe("what is new in version 2", () => {
  const of = (version: number) => {
    const lecture = openLecture(read(path.join(golden, `v${version}.json`)));
    const lines = lecture.trace.files[lecture.trace.entry].text.split("\n");
    const { steps, statements, raised } = lecture.trace;
    const statement = (line: string) => statements.line.findIndex((at) => lines[at - 1].trim().startsWith(line));
    const left = (line: string) => raised.step.find((step) => steps.statement[step] === statement(line)) ?? -1;
    return { ...lecture, statement, left };
  };

  it("is that turns over a budget are counted", () => {
    expect(asInFile(of(1).trace)).toMatchObject({ elided: { statement: [], step: [], count: [] } });
    const { elided, statement } = of(2);
    expect(elided.wordsOf(statement("for i in range(50)"))).toBe("21 more turns not recorded");
    expect(elided.wordsOf(statement("total += fibonacci(i % 2)"))).toBe("20 more turns not recorded");
    expect(elided.wordsOf(statement("turns()"))).toBe("");
  });

  it("is that a step which an exception ended says so when it was handled, too", () => {
    expect(of(1).left("divide(1, 0)")).toBe(-1);
    const { left, raisedAt, positions } = of(2);
    expect(raisedAt(positions.exit[left("divide(1, 0)")])).toMatchObject({ type: "ZeroDivisionError" });
    expect(raisedAt(positions.exit[left('{}["key"]')])).toMatchObject({ type: "KeyError", message: "'key'" });
  });
});

it("has what kernels did to memory since version 4: nothing before, then boxes of arrays", () => {
  const [before, { arrays, regions, programs, accesses }] = [3, 6].map((version) =>
    read(path.join(golden, `v${version}.json`)),
  );
  expect(asInFile(before)).toMatchObject({ launches: { step: [] }, arrays: [], regions: [], accesses: { step: [] } });
  expect(arrays).toMatchObject([
    { name: "x_ptr", shape: [2, 3] },
    { name: "y_ptr", dtype: "float32", item_bytes: 4 },
  ]);
  expect(Array.from(programs.x)).toEqual([0, 1]);
  const touched = Array.from(accesses.region, (region, row) => [accesses.kind[row], ...regions[region]]);
  const rows = [0, 1].flatMap((row) => [0, 1].map((kind) => [kind, row, row + 1, 1, 0, 3, 1]));
  expect(touched).toEqual(rows);
});

it.each<[string, (trace: Lists<Trace>) => unknown]>([
  ["launches.function[0]", (trace) => (trace.launches.function[0] = 999)],
  ["programs.launch[1]", (trace) => (trace.programs.launch[1] = 1)],
  ["accesses.array[3]", (trace) => (trace.accesses.array[3] = 2)],
  ["accesses.region[0]", (trace) => (trace.accesses.region[0] = 2)],
  ["accesses.kind[0]", (trace) => (trace.accesses.kind[0] = 3)],
  ["regions[0] is none of arrays[-1]", (trace) => (trace.accesses.array[0] = -1)],
  ["regions[1] is none of arrays[0]", (trace) => (trace.regions[1] = [1, 3, 1, 0, 3, 1])],
  ["regions[1] is none of arrays[0]", (trace) => (trace.regions[1] = [0, 3, 1])],
  ["regions[1] is none of arrays[0]", (trace) => (trace.regions[1] = [0, 1, 0, 0, 3, 1])],
  ["regions[0] holds what is no integer", (trace) => (trace.regions[0] = [0.5, 1, 1, 0, 3, 1])],
  ["arrays[0] has no sound shape", (trace) => (trace.arrays[0].shape = [2, -1])],
  ["arrays[0] has no sound shape", (trace) => (trace.arrays[0].strides = [1])],
  ["arrays[1].launch is 1", (trace) => (trace.arrays[1].launch = 1)],
  ["arrays[1].value is 9999", (trace) => (trace.arrays[1].value = 9999)],
])("refuses a trace in which what kernels did is damaged: %s", (what, change) => {
  const trace = JSON.parse(readFileSync(path.join(golden, "v6.json"), "utf8")) as Lists<Trace>;
  change(trace);
  expect(() => readTrace(JSON.stringify(trace))).toThrow(what);
});

it("holds for what is made of a trace of edtrace, too", () => {
  const trace = read(path.join(import.meta.dirname, "import/fixtures/edtrace-0.1.20.json"));
  expect(faults(trace)).toEqual([]);
});
