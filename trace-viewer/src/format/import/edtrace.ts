/**
 * Opening the traces of edtrace and of the engine before it, which repeat the whole call stack in every step, with a step
 * for every line event, and know nothing of statements, calls and returns. `tracer/format/foreign/` does the same in Python.
 */
import type { Lists } from "../column";
import { emptyTables } from "../empty";
import type { Trace } from "../generated";
import { TraceProblem } from "../problem";
import { isObject } from "./objects";
import { joined, toOutput, type Rendering } from "./outputs";
import { readSource, type Source } from "./source";
import { toValue } from "./values";

/** What a comprehension does belongs to its statement. */
const INLINE = new Set(["<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>"]);

const LAST_LINE = 2 ** 31 - 2;

/** A frame of a step's stack: where it stands, and whether it stands at its function's head, where calls begin. */
interface Frame {
  function: number;
  statement: number;
  begins: boolean;
}

/** A call that is open, and the statement that it is at. */
interface Level {
  function: number;
  statement: number;
  call: number;
  step: number;
}

/** The same lecture as a trace of this version. What was not recorded (times, returns, provenance) stays empty. */
export function importEdtrace(data: Record<string, unknown>): Lists<Trace> {
  const files = Object.entries(data.files as Record<string, unknown>).map(([path, text]) =>
    typeof text === "string" ? { path, text, source: readSource(text) } : damaged(`its file ${path} has no text`),
  );
  if (files.length === 0) damaged("it has no files");
  const index = new Map(files.map(({ path }, at) => [path, at]));
  const trace = emptyTrace(files, data.hidden_line_numbers);
  const pools = {
    strings: new Map([["", 0]]),
    functions: new Map<string, number>(),
    statements: new Map<string, number>(),
  };
  const places = new Map<string, Frame>();
  const open: Level[] = [];
  const left = new Map<string, Level>(); // calls that may go on: of each function and statement the latest to leave there

  (data.steps as unknown[]).forEach((step, at) => {
    const { stack, env, renderings, stdout, stderr } = isObject(step) ? step : ({} as Record<string, unknown>);
    const frames = (Array.isArray(stack) ? stack : []).flatMap((frame) => toFrame(frame, at));
    if (frames.length === 0) damaged(`step ${at} is in none of its files`);
    if (at === 0 && isOnlyHead(frames, step)) return;
    const top = follow(frames);
    const row = { step: top.step, at: trace.steps.call.length - 1 };
    for (const [name, value] of Object.entries(isObject(env) ? env : {})) {
      const index = value === null ? -1 : trace.values.push(toValue(value)) - 1;
      push(trace.bindings, { ...row, name: string(name), value: index, role: 0 });
    }
    const shown = Array.isArray(renderings) ? renderings.filter(isObject) : [];
    for (const rendering of joined(shown as Rendering[])) {
      push(trace.shown, { ...row, output: trace.outputs.push(toOutput(rendering, targetOf)) - 1 });
    }
    for (const [stream, text] of [stdout, stderr].entries()) {
      if (typeof text === "string" && text) push(trace.printed, { ...row, stream, text: string(text) });
    }
  });
  trace.entry = trace.functions.file[trace.calls.function[0]] ?? 0;
  trace.summary.name = trace.summary.title = nameOf(files[trace.entry].path);
  trace.summary.steps = trace.steps.call.length;
  return trace;

  /** Bring the open calls to where the frames stand. Returns the innermost, at its step. */
  function follow(frames: Frame[]): Level {
    let depth = 0;
    for (; depth < Math.min(frames.length, open.length); depth++) {
      const [frame, level] = [frames[depth], open[depth]];
      const innermost = depth === frames.length - 1;
      if (level.function !== frame.function || (innermost && frame.begins)) break;
      if (level.statement === frame.statement) continue;
      leave(depth + 1);
      stepIn(level, frame);
    }
    leave(depth);
    for (; depth < frames.length; depth++) open.push(enter(frames[depth]));
    // A line that comes again, be it because its callee is done or because its statement has more lines, is one step.
    return open[open.length - 1];
  }

  /** Close the calls from `depth` on. One that is a generator may go on later, from where it stands. */
  function leave(depth: number): void {
    while (open.length > depth) {
      const level = open.pop()!;
      left.set(`${level.function} ${level.statement}`, level);
    }
  }

  /** A call begins at the head of its function; from elsewhere, one goes on that was left there. */
  function enter(frame: Frame): Level {
    const parent = open.at(-1)?.step ?? -1;
    const key = `${frame.function} ${frame.statement}`;
    const suspended = frame.begins ? undefined : left.get(key);
    if (suspended) {
      left.delete(key);
      push(trace.resumes, { call: suspended.call, step: trace.steps.call.length, parent });
      return suspended;
    }
    const call = push(trace.calls, { function: frame.function, parent, track: 0 });
    const level = { ...frame, call, step: -1 };
    stepIn(level, frame);
    return level;
  }

  function stepIn(level: Level, { statement }: Frame): void {
    level.statement = statement;
    level.step = push(trace.steps, { statement, call: level.call, start: 0, duration: 0, end: 0 });
  }

  function toFrame(frame: unknown, at: number): Frame[] {
    if (!isObject(frame)) return [];
    const { path, line_number: line, function_name: name } = frame;
    const file = index.get(path as string);
    if (file === undefined || INLINE.has(name as string)) return []; // what lies between, in libraries, has no source here
    if (!isLine(line) || typeof name !== "string") return damaged(`step ${at} has no proper place`);
    const key = `${file} ${line} ${name}`;
    const known = places.get(key);
    if (known) return [known];
    const { source } = files[file];
    const head = source.definitionAt(name, line);
    const first = source.first[line] || line;
    const begins = head > 0 && (first === head || source.decorated.get(first) === head);
    const made = {
      function: functionOf(file, name, head),
      statement: statementOf(file, begins ? head : first),
      begins,
    };
    places.set(key, made);
    return [made];
  }

  function functionOf(file: number, name: string, head: number): number {
    return once(pools.functions, `${file} ${head} ${name}`, () => {
      const { source } = files[file];
      const end_line = head > 0 ? source.bodyEnd[head] : source.lines.length;
      return push(trace.functions, { name: string(name), file, line: head || 1, end_line });
    });
  }

  function statementOf(file: number, line: number): number {
    return once(pools.statements, `${file} ${line}`, () => {
      const { lines, last, bodyEnd } = files[file].source;
      const isLoop = /^\s*(?:async\s+for|for|while)\b/.test((lines[line - 1] ?? "").slice(0, 1000));
      const end_line = last[line] || line;
      return push(trace.statements, { file, line, end_line, loop_end: isLoop ? bodyEnd[line] : 0 });
    });
  }

  function targetOf({ path, line_number: line }: Record<string, unknown>, name: string) {
    const file = index.get(path as string);
    return file === undefined || !isLine(line) ? null : { file, line, name };
  }

  function string(text: string): number {
    return once(pools.strings, text, () => trace.strings.push(text) - 1);
  }
}

function emptyTrace(files: { path: string; text: string; source: Source }[], hiddenLines: unknown): Lists<Trace> {
  return {
    ...emptyTables(),
    summary: { name: "", title: "", steps: 0, seconds: 0, outcome: { status: "finished" } },
    provenance: {
      arguments: [],
      started: "",
      python: "",
      platform: "",
      hardware: { machine: "", processor: "", cores: 0, gpus: [] },
      packages: {},
      engine: "edtrace",
    },
    clock: 0,
    entry: 0,
    files: files.map(({ path, text, source: { directives } }) => {
      const hidden =
        hiddenIn(hiddenLines, path) ?? directives.filter(({ name }) => name === "hide").map(({ line }) => line);
      return { path, sha256: "", text, hidden, directives };
    }),
  };
}

/** The hidden lines of a file, or null where the trace is of an engine that did not list them. */
function hiddenIn(hiddenLines: unknown, path: string): number[] | null {
  const listed = isObject(hiddenLines) && Object.hasOwn(hiddenLines, path) ? hiddenLines[path] : null;
  return Array.isArray(listed) ? listed.filter(isLine) : null;
}

function isLine(line: unknown): line is number {
  return Number.isInteger(line) && (line as number) >= 1 && (line as number) <= LAST_LINE;
}

/** That the lecture's own function begins is nothing to see, and its head is not on the page. */
function isOnlyHead(frames: Frame[], step: unknown): boolean {
  const { env, renderings, stdout, stderr } = step as Record<string, unknown>;
  return frames.length === 1 && frames[0].begins && [env, renderings, stdout, stderr].every(isEmpty);
}

function isEmpty(value: unknown): boolean {
  return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.py$/, "");
}

function once(pool: Map<string, number>, key: string, make: () => number): number {
  const found = pool.get(key);
  if (found !== undefined) return found;
  const made = make();
  pool.set(key, made);
  return made;
}

function push(table: object, row: Record<string, number>): number {
  const columns = table as Record<string, number[]>;
  for (const [column, cell] of Object.entries(row)) columns[column].push(cell);
  return Object.values(columns)[0].length - 1;
}

function damaged(what: string): never {
  throw new TraceProblem("This edtrace trace cannot be opened", `Something in it is not as expected: ${what}.`);
}
