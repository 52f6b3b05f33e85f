import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { hiddenStatements, layOut } from "../logic/document";
import { openLecture, type Lecture } from "../logic/lecture";
import * as moves from "../logic/moves";
import { locate } from "../logic/place";
import type { Lists } from "./column";
import { damagedText, damagedTree, randomFrom } from "./damage";
import type { Trace } from "./generated";
import { importEdtrace } from "./import/edtrace";
import { readTrace } from "./whole";
import { TraceProblem } from "./problem";

const files = [
  "../../../tests/golden/v1.json",
  "../../../tests/golden/v2.json",
  "../../../tests/golden/v3.json",
  "../../../tests/golden/v4.json",
  "../../../tests/golden/v5.json",
  "../../../tests/golden/v6.json",
  "import/fixtures/edtrace-0.1.20.json",
];
const texts = files.map((file) => readFileSync(path.join(import.meta.dirname, file), "utf8"));
const newest = texts[5];

/** What the reader is told about a text; empty when it opens, and then everything in it has been looked at. */
function judged(text: string): string {
  let trace: Trace;
  try {
    trace = readTrace(text, importEdtrace);
  } catch (error) {
    if (!(error instanceof TraceProblem)) throw error;
    if (!/^[A-Z\d].{0,400}\.$/.test(error.sentence))
      throw new Error(`This is no sentence: ${error.sentence}`, { cause: error });
    return `${error.title}. ${error.sentence}`;
  }
  walk(openLecture(trace));
  return "";
}

/** Go everywhere in a lecture as the panes do. Whatever is wrong with it, this must end, and without an error. */
function walk(lecture: Lecture): void {
  const { trace, positions, tree, bindings, executions, outputs, printed } = lecture;
  const steps = trace.steps.call.length;
  for (let position = 0; position < positions.count; position++) {
    const step = positions.step[position];
    const stack = lecture.stackAt(position);
    stack.forEach((frame, index) => {
      const inside = lecture.placeOf(frame.step).file < trace.files.length;
      const distinct = stack.findIndex(({ call }) => call === frame.call) === index;
      if (!inside || !distinct) throw new Error(`the stack at position ${position} is not sound`);
      lecture.functionName(frame.call);
      for (const { value } of bindings.variables(frame.call, position)) {
        if (!(value in trace.values)) throw new Error(`there is no value ${value}`);
      }
    });
    if (tree.parent(trace.steps.call[step], step) >= step) throw new Error(`step ${step} comes before its caller`);
    bindings.returned(position);
    lecture.raisedAt(position);
    lecture.callerOf(position);
    outputs.ofStep(step);
    outputs.executionAt(trace.steps.statement[step], position);
    executions.turnOf(step);
    printed.upTo(position, 1000);
    for (const move of Object.values(moves)) {
      const target = move === moves.visible ? -1 : (move as moves.Move)(lecture, position);
      if (target < -1 || target >= positions.count) throw new Error(`there is no position ${target}`);
    }
  }
  trace.files.forEach((_, file) => {
    for (const raw of [false, true]) layOut(lecture, file, raw);
    for (let line = 1; line < 50; line++) executions.nextAt(file, line, steps >> 1);
  });
  for (const raw of [false, true]) hiddenStatements(lecture, raw, false);
  locate(lecture, { trace: null, step: 1e9, out: true, file: "nothing", line: -1 });
}

const TREES = 250;
const TEXTS = 120;

describe.each(files.map((file, index) => [path.basename(file), index]))("%s", (_, index) => {
  const text = texts[Number(index)];

  it("opens", () => {
    expect(judged(text)).toBe("");
  });

  it("with damaged contents opens soundly or is refused", { timeout: 60_000 }, () => {
    const random = randomFrom(1);
    const json = text.replaceAll(/^ *(NaN|-?Infinity)(,?)$/gm, '"$1"$2');
    const told = Array.from({ length: TREES }, () => judged(damagedTree(json, random)));
    expect(told.filter((sentence) => sentence === "").length).toBeGreaterThan(TREES / 20);
    expect(told.filter((sentence) => sentence !== "").length).toBeGreaterThan(TREES / 20);
  });

  it("with damaged text opens soundly or is refused", { timeout: 60_000 }, () => {
    const random = randomFrom(2);
    const told = Array.from({ length: TEXTS }, () => judged(damagedText(text, random)));
    expect(told.filter((sentence) => sentence !== "").length).toBeGreaterThan(TEXTS / 2);
  });
});

describe("what is no trace at all", () => {
  const deep = "[".repeat(100_000);
  it.each([
    ["nothing", "", "empty"],
    ["blanks", " \n".repeat(100_000), "empty"],
    ["zeros", "\0".repeat(4096), "not JSON"],
    ["compressed bytes", "\x1f�\b\0\0\0\0\0\0�", "not JSON"],
    ["brackets", deep, "not JSON"],
    ["braces", '{"a":'.repeat(100_000), "cut off"],
    ["a list in a list", deep + "]".repeat(100_000), "not the record of a lecture"],
    ["blank lines in the middle", `{${"\n".repeat(200_000)}x}`, "not JSON"],
    ["a version that is a list", `{"format":"executable-lecture","version":${deep}${"]".repeat(100_000)}}`, "version"],
    ["a column that is deep", newest.replace('"call":[0', `"call":[${deep}${"]".repeat(100_000)}`), "a list"],
    ["a value that is deep", newest.replace('"values":[', `"values":[${deep}${"]".repeat(100_000)},`), "opens"],
    ["a prototype", newest.replace("{", '{"__proto__":{"files":[]},"constructor":null,'), "opens"],
    ["a key that is there twice", newest.replace('"entry":0', '"entry":5,"entry":0'), "opens"],
  ])("%s", (_, text, sentence) => {
    expect(judged(text) || "opens").toContain(sentence);
  });

  it("a trace of edtrace that is deep", () => {
    const env = `{"x":${deep}${"]".repeat(100_000)},"y":{"type":"t","contents":${deep}${"]".repeat(100_000)},"dtype":"f","shape":[]}}`;
    const step = `{"stack":[{"path":"a","line_number":1,"function_name":"f"}],"env":${env}}`;
    expect(judged(`{"files":{"a":"x"},"steps":[${step}]}`)).toBe("");
  });
});

describe("what would take forever", () => {
  /** The golden trace with a table put in place of its own. */
  const change = (changes: (trace: Lists<Trace>) => void) => {
    const trace = JSON.parse(newest) as Lists<Trace>;
    changes(trace);
    return JSON.stringify(trace);
  };
  const many = <T>(count: number, item: (index: number) => T) => Array.from({ length: count }, (_, i) => item(i));

  it("is bounded: a deep stack that is left and entered again at every step", { timeout: 60_000 }, () => {
    const depth = 30_000;
    const text = change((trace) => {
      const empty = (table: object) => Object.values(table).forEach((column: unknown[]) => (column.length = 0));
      for (const name of [
        "resumes",
        "elided",
        "bindings",
        "shown",
        "printed",
        "derived",
        "operations",
        "memory",
        "launches",
        "programs",
        "accesses",
        "collectives",
        "raised",
      ] as const) {
        empty(trace[name]);
      }
      [trace.arrays, trace.regions, trace.ranks, trace.groups] = [[], [], [], []];
      const steps = many(3 * depth, (i) => (i < depth ? i : i % 2 ? 0 : depth - 1));
      trace.calls = { function: many(depth, () => 0), parent: many(depth, (i) => i - 1), track: many(depth, () => 0) };
      trace.steps = {
        call: steps,
        statement: steps.map(() => 0),
        start: steps.map(() => 0),
        duration: steps.map(() => 0),
        end: steps.map(() => 0),
      };
      trace.summary.steps = steps.length;
    });
    const { positions } = openLecture(readTrace(text));
    expect(positions.entry).toHaveLength(3 * depth);
  });

  it.each([
    ["a heading of blanks", `# a${" ".repeat(100_000)}b`],
    ["a heading of brackets", `# ${"[".repeat(100_000)}`],
    ["a heading of marks", `# ${"*a".repeat(50_000)}`],
    ["headings in a row", "# #\n".repeat(50_000)],
  ])("%s", (_, heading) => {
    const text = change((trace) => (trace.outputs[0] = { kind: "text", text: heading }));
    expect(openLecture(readTrace(text)).headings.length).toBeGreaterThan(0);
  });

  it("a line of brackets where main begins", () => {
    const text = change((trace) => {
      const lines = trace.files[0].text.split("\n");
      lines[trace.functions.line[0] - 1] = `def main(${")".repeat(100_000)}`;
      trace.files[0].text = lines.join("\n");
    });
    expect(layOut(openLecture(readTrace(text)), 0, false).blocks.length).toBeGreaterThan(0);
  });
});
