import type { SourceFile, Trace } from "./generated";
import { TraceProblem } from "./problem";

/**
 * Everything the viewer relies on, checked once: after this, an index read from a column is an index that exists, and
 * the tree of calls has no cycle. What values and outputs contain is checked by what draws them.
 */
export function checkTrace(data: Record<string, unknown>): Trace {
  for (const name of ["files", "strings", "values", "outputs", "failures", "notices"]) array(data[name], name);
  for (const name of ["summary", "provenance"]) object(data[name], name);
  const trace = data as unknown as Trace;
  trace.strings.forEach((text, i) => must(typeof text === "string", `strings[${i}] is not a string`));
  trace.files.forEach(checkFile);
  trace.outputs.forEach((output, i) => must(typeof object(output, `outputs[${i}]`).kind === "string", `outputs[${i}]`));
  trace.notices.forEach((notice, i) => {
    must(typeof object(notice, `notices[${i}]`).message === "string", `notices[${i}] has no message`);
  });
  trace.failures.forEach((failure, i) => {
    const { type, message, traceback } = object(failure, `failures[${i}]`);
    must(typeof type === "string" && typeof message === "string" && Array.isArray(traceback), `failures[${i}]`);
    (traceback as unknown[]).forEach((line) => object(line, `failures[${i}].traceback`));
  });
  checkSummary(trace);
  checkTables(trace);
  checkElided(trace);
  checkTree(trace);
  return trace;
}

function checkSummary({ summary, provenance, failures }: Trace): void {
  const outcome = object(summary.outcome, "summary.outcome");
  must(typeof summary.name === "string" && typeof summary.title === "string", "summary has no name or title");
  must(typeof outcome.status === "string", "summary.outcome has no status");
  const { failure } = outcome;
  must(failure === undefined || failure === null || isIndex(failure, failures.length), "summary.outcome.failure");
  object(provenance.hardware, "provenance.hardware");
  object(provenance.packages, "provenance.packages");
  array(provenance.arguments, "provenance.arguments");
}

function checkFile(file: SourceFile, i: number): void {
  const { path, text, hidden, directives } = object(file, `files[${i}]`);
  must(typeof path === "string" && typeof text === "string", `files[${i}] has no path or text`);
  array(hidden, `files[${i}].hidden`);
  for (const directive of array(directives, `files[${i}].directives`)) {
    const { name, line, column, end_column } = object(directive, `files[${i}].directives`);
    must(typeof name === "string", `a directive of files[${i}] has no name`);
    must([line, column, end_column].every(Number.isInteger), `a directive of files[${i}] has no place`);
  }
}

/** A column's values lie from `low` up to, but not including, `high`. */
type Range = [low: number, high: number];
const ANY: Range = [-Infinity, Infinity];

function checkTables(trace: Trace): void {
  const steps = length(trace.steps, "steps", "statement");
  const calls = length(trace.calls, "calls", "function");
  const strings: Range = [0, trace.strings.length];
  const files: Range = [0, trace.files.length];
  const step: Range = [0, steps];
  const line: Range = [1, 2 ** 31 - 1];
  must(isIndex(trace.entry, trace.files.length), "entry does not name a file");
  table(trace.functions, "functions", { name: strings, file: files, line, end_line: line });
  table(trace.statements, "statements", { file: files, line, end_line: line });
  table(trace.tracks, "tracks", { rank: [-1, 2 ** 31], process: ANY, thread: ANY, name: strings, host: strings });
  table(trace.calls, "calls", {
    function: [0, length(trace.functions, "functions", "name")],
    parent: [-1, steps],
    track: [0, length(trace.tracks, "tracks", "rank")],
  });
  table(trace.resumes, "resumes", { call: [0, calls], step: [0, steps + 1], parent: [-1, steps] });
  table(trace.steps, "steps", {
    statement: [0, length(trace.statements, "statements", "file")],
    call: [0, calls],
    start: ANY,
    duration: ANY,
    end: [0, 5],
  });
  table(trace.elided, "elided", {
    statement: [0, length(trace.statements, "statements", "file")],
    step,
    count: [1, Infinity],
  });
  const values: Range = [-1, trace.values.length];
  table(trace.bindings, "bindings", { step, at: step, name: strings, value: values, role: [0, 4] });
  table(trace.shown, "shown", { step, at: step, output: [0, trace.outputs.length] });
  table(trace.printed, "printed", { step, at: step, stream: [0, 2], text: strings });
  table(trace.costs, "costs", { step, measure: strings, amount: null });
  table(trace.raised, "raised", { step, failure: [0, trace.failures.length] });
}

/** A statement has one row, and the step in it executed it. */
function checkElided({ elided, steps }: Trace): void {
  must(new Set(elided.statement).size === elided.statement.length, "elided names a statement twice");
  elided.step.forEach((step, row) => {
    must(steps.statement[step] === elided.statement[row], `elided.step[${row}] did not execute its statement`);
  });
}

/** A call starts after the step that made it, and goes on after the step that resumed it: so no call is its own caller. */
function checkTree({ calls, resumes, steps }: Trace): void {
  const started = new Uint8Array(calls.parent.length);
  for (let step = 0; step < steps.call.length; step++) {
    const call = steps.call[step];
    if (started[call]) continue;
    started[call] = 1;
    must(calls.parent[call] < step, `call ${call} is made by step ${calls.parent[call]}, which comes after it`);
  }
  for (let row = 0; row < resumes.call.length; row++) {
    must(resumes.parent[row] < resumes.step[row], `resumes row ${row} names a parent that comes after it`);
    must(steps.call[resumes.parent[row]] !== resumes.call[row], `resumes row ${row} makes a call its own caller`);
  }
}

function table(columns: object, name: string, ranges: Record<string, Range | null>): void {
  const rows = length(columns, name, Object.keys(ranges)[0]);
  for (const [column, range] of Object.entries(ranges)) {
    const cells = array((columns as Record<string, unknown>)[column], `${name}.${column}`) as number[];
    must(cells.length === rows, `the columns of ${name} have ${rows} and ${cells.length} rows`);
    const [low, high] = range ?? ANY;
    for (let row = 0; row < rows; row++) {
      const cell = cells[row];
      if (range ? Number.isInteger(cell) && cell >= low && cell < high : typeof cell === "number") continue;
      must(false, `${name}.${column}[${row}] is ${JSON.stringify(cell)?.slice(0, 40)}`);
    }
  }
}

function length(columns: object, name: string, column: string): number {
  return array((object(columns, name) as Record<string, unknown>)[column], `${name}.${column}`).length;
}

function isIndex(value: unknown, size: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < size;
}

function array(value: unknown, what: string): unknown[] {
  must(Array.isArray(value), `${what} is missing`);
  return value as unknown[];
}

function object(value: unknown, what: string): Record<string, unknown> {
  must(typeof value === "object" && value !== null && !Array.isArray(value), `${what} is missing`);
  return value as Record<string, unknown>;
}

function must(holds: boolean, what: string): void {
  if (!holds) {
    throw new TraceProblem("This trace is damaged", `Something in it cannot be: ${what}. Run the lecture again.`);
  }
}
