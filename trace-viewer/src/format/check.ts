import { isPacked, isWithin, packed, type PackedColumn } from "./column";
import type { Outcome, Output, SourceFile, Trace } from "./generated";
import { TraceProblem } from "./problem";

const LISTS = [
  "files",
  "strings",
  "values",
  "outputs",
  "failures",
  "notices",
  "machines",
  "arrays",
  "regions",
  "ranks",
  "groups",
];

/** How a run may have ended, as the schema has it. */
const STATUSES = new Set<unknown>([
  "finished",
  "failed",
  "interrupted",
  "stopped",
  "lost",
  "running",
] satisfies Outcome["status"][]);

/**
 * Everything the viewer relies on, checked once: after this, an index read from a column is an index that exists, the tree
 * of calls has no cycle, and every column is a typed array. What values and outputs contain is checked by what draws them.
 */
export function checkTrace(data: Record<string, unknown>): Trace {
  for (const name of LISTS) array(data[name], name);
  for (const name of ["summary", "provenance"]) object(data[name], name);
  const trace = data as unknown as Trace;
  const notString = trace.strings.findIndex((text) => typeof text !== "string");
  must(notString < 0, `strings[${notString}] is not a string`);
  trace.files.forEach(checkFile);
  trace.outputs.forEach(checkOutput);
  checkSummary(trace);
  checkProvenance(trace);
  checkTables(trace);
  trace.notices.forEach((notice, i) => {
    fields(notice, `notices[${i}]`, { message: "string", file: "number?", line: "number?", step: "number?" });
  });
  trace.failures.forEach((failure, i) => {
    const { traceback } = fields(failure, `failures[${i}]`, { type: "string", message: "string", cause: "string?" });
    for (const line of array(traceback, `failures[${i}].traceback`)) {
      fields(line, `failures[${i}].traceback`, {
        file: "number",
        line: "number",
        path: "string",
        function: "string",
        text: "string",
      });
    }
  });
  checkElided(trace);
  checkKernels(trace);
  checkRanks(trace);
  checkTree(trace);
  return trace;
}

function checkSummary({ summary, failures }: Trace): void {
  fields(summary, "summary", { name: "string", title: "string", steps: "number", seconds: "number" });
  checkOutcome(summary.outcome, "summary.outcome", failures.length);
}

function checkOutcome(outcome: unknown, what: string, failures: number): void {
  const { status, failure } = fields(outcome, what, { status: "string", message: "string?" });
  must(STATUSES.has(status), `${what}.status is ${told(status)}`);
  must(failure === undefined || failure === null || isIndex(failure, failures), `${what}.failure is ${told(failure)}`);
}

function checkProvenance({ provenance }: Trace): void {
  const whole = fields(provenance, "provenance", {
    started: "string",
    python: "string",
    platform: "string",
    engine: "string",
    commit: "string?",
    seed: "number?",
    world_size: "number?",
  });
  const hardware = fields(whole.hardware, "provenance.hardware", {
    processor: "string",
    cores: "number",
    memory_bytes: "number?",
  });
  const texts = [
    ...array(whole.arguments, "provenance.arguments"),
    ...array(hardware.gpus, "provenance.hardware.gpus"),
    ...Object.values(object(whole.packages, "provenance.packages")),
  ];
  must(
    texts.every((text) => typeof text === "string"),
    "provenance holds what is not a string",
  );
}

function checkFile(file: SourceFile, i: number): void {
  const { hidden, directives } = fields(file, `files[${i}]`, { path: "string", text: "string" });
  array(hidden, `files[${i}].hidden`);
  for (const directive of array(directives, `files[${i}].directives`)) {
    const { line, column, end_column } = fields(directive, `files[${i}].directives`, { name: "string" });
    must([line, column, end_column].every(Number.isInteger), `a directive of files[${i}] has no place`);
  }
}

/** The words of a lecture are read for its headings; what else an output holds is checked by what draws it. */
function checkOutput(output: Output, i: number): void {
  const { kind } = fields(output, `outputs[${i}]`, { kind: "string" });
  if (kind === "text" || kind === "note") fields(output, `outputs[${i}]`, { text: "string" });
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
  table(trace.statements, "statements", { file: files, line, end_line: line, loop_end: [0, line[1]] });
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
  table(trace.bindings, "bindings", { step, at: step, name: strings, value: values, role: [0, 5] });
  table(trace.shown, "shown", { step, at: step, output: [0, trace.outputs.length] });
  table(trace.printed, "printed", { step, at: step, stream: [0, 2], text: strings });
  table(trace.derived, "derived", { step, name: strings, source: strings, relation: [0, 3] });
  const count: Range = [0, 2 ** 63];
  table(trace.operations, "operations", {
    step,
    name: strings,
    formula: strings,
    phase: [0, 2],
    kind: [0, 4],
    count: [1, 2 ** 63],
    flops: count,
    bytes: count,
  });
  table(trace.memory, "memory", {
    step,
    device: strings,
    parameters: count,
    gradients: count,
    optimizer: count,
    activations: count,
    other: count,
    peak: count,
    allocated: [-1, 2 ** 63],
  });
  const place: Range = [0, 2 ** 31];
  table(trace.launches, "launches", {
    step: [-1, steps],
    function: [0, length(trace.functions, "functions", "name")],
    x: place,
    y: place,
    z: place,
  });
  table(trace.programs, "programs", {
    call: [0, calls],
    launch: [0, length(trace.launches, "launches", "step")],
    x: place,
    y: place,
    z: place,
  });
  table(trace.accesses, "accesses", {
    step,
    kind: [0, 3],
    array: [-1, trace.arrays.length],
    region: [-1, trace.regions.length],
    elements: count,
    masked: count,
    distinct: count,
    beyond: count,
  });
  const unless: Range = [-1, 2 ** 63];
  table(trace.collectives, "collectives", {
    step,
    name: strings,
    operation: strings,
    group: [-1, trace.groups.length],
    sequence: count,
    peer: [-1, 2 ** 31],
    bytes: count,
    start: count,
    duration: unless,
    asynchronous: [0, 2],
    waited_step: [-1, steps],
    waited_start: unless,
    waited_duration: unless,
  });
  table(trace.raised, "raised", { step, failure: [0, trace.failures.length] });
}

/** A statement has one row, and the step in it executed it. */
function checkElided({ elided, steps }: Trace): void {
  must(new Set(elided.statement).size === elided.statement.length, "elided names a statement twice");
  elided.step.forEach((step, row) => {
    must(steps.statement[step] === elided.statement[row], `elided.step[${row}] did not execute its statement`);
  });
}

/** Arrays have a shape, and a box has the dimensions of the array that it is of, and lies inside. */
function checkKernels({ arrays, regions, accesses, launches, values }: Trace): void {
  const whole = (numbers: unknown, what: string) => {
    must(array(numbers, what).every(Number.isSafeInteger), `${what} holds what is no integer`);
    return numbers as number[];
  };
  arrays.forEach((item, i) => {
    const what = `arrays[${i}]`;
    const { launch, value } = fields(item, what, {
      launch: "number",
      name: "string",
      dtype: "string",
      item_bytes: "number",
      value: "number?",
    });
    must(isIndex(launch, launches.step.length), `${what}.launch is ${told(launch)}`);
    must(value === undefined || value === null || isIndex(value, values.length), `${what}.value is ${told(value)}`);
    const isSound = whole(item.shape, `${what}.shape`).every((size) => size >= 0) && item.item_bytes >= 1;
    must(isSound && whole(item.strides, `${what}.strides`).length === item.shape.length, `${what} has no sound shape`);
  });
  regions.forEach((region, i) => whole(region, `regions[${i}]`));
  const seen = new Set<number>();
  for (let row = 0; row < accesses.region.length; row++) {
    const [region, of] = [accesses.region[row], accesses.array[row]];
    const pair = region * (arrays.length + 1) + of;
    if (region < 0 || seen.has(pair)) continue;
    seen.add(pair);
    must(of >= 0 && isInside(regions[region], arrays[of].shape), `regions[${region}] is none of arrays[${of}]`);
  }
}

/** Every rank has a number and says how it ended, and the members of a group have numbers, too. */
function checkRanks({ ranks, groups, failures }: Trace): void {
  ranks.forEach((item, i) => {
    const what = `ranks[${i}]`;
    const { rank, launch, clock_error } = fields(item, what, {
      rank: "number",
      launch: "number",
      host: "string",
      process: "number",
      device: "string",
      clock_offset: "number",
      clock_error: "number",
    });
    must(
      isIndex(rank, 2 ** 31) && isIndex(launch, 2 ** 31) && (clock_error as number) >= -1,
      `${what} has no sound numbers`,
    );
    checkOutcome(item.outcome, `${what}.outcome`, failures.length);
  });
  groups.forEach((group, i) => {
    const members = array(group, `groups[${i}]`);
    must(members.length > 0 && members.every((member) => isIndex(member, 2 ** 31)), `groups[${i}] is none of ranks`);
  });
}

function isInside(region: number[], shape: number[]): boolean {
  return (
    region.length === 3 * shape.length &&
    shape.every((size, axis) => {
      const [start, stop, step] = region.slice(3 * axis);
      return start >= 0 && start < stop && stop <= size && step >= 1;
    })
  );
}

/** Callers looked at, in all, for cycles that resumptions make; a reader of the call tree stops in one by itself. */
const LONGEST_WALK = 10_000_000;

/** A call comes after the step that made it, and goes on after the step that resumed it; so it is never its own caller. */
function checkTree({ calls, resumes, steps }: Trace): void {
  const started = new Uint8Array(calls.parent.length);
  for (let step = 0; step < steps.call.length; step++) {
    const call = steps.call[step];
    if (started[call]) continue;
    started[call] = 1;
    must(calls.parent[call] < step, `call ${call} is made by step ${calls.parent[call]}, which comes after it`);
  }
  const parents = Int32Array.from(calls.parent);
  let walk = LONGEST_WALK;
  for (let row = 0; row < resumes.call.length; row++) {
    const call = resumes.call[row];
    let parent = resumes.parent[row];
    must(parent < resumes.step[row], `resumes row ${row} names a parent that comes after it`);
    must(row === 0 || resumes.step[row - 1] <= resumes.step[row], `resumes row ${row} is out of order`);
    parents[call] = parent;
    for (; parent >= 0 && walk > 0; walk--) {
      const above = steps.call[parent];
      must(above !== call, `resumes row ${row} makes a call its own caller`);
      parent = parents[above];
    }
  }
}

function table(columns: object, name: string, ranges: Record<string, Range>): void {
  const rows = length(columns, name, Object.keys(ranges)[0]);
  const cellsOf = columns as Record<string, unknown>;
  for (const [column, range] of Object.entries(ranges)) {
    const cells = integers(cellsOf[column], `${name}.${column}`);
    must(cells.length === rows, `the columns of ${name} have ${rows} and ${cells.length} rows`);
    const outside = firstOutside(cells, range);
    if (outside >= 0) damaged(`${name}.${column}[${outside}] is ${told(cells[outside])}`);
    cellsOf[column] = cells;
  }
}

/** A column as a typed array: as it was read, or made of a list. */
function integers(value: unknown, what: string): PackedColumn {
  if (isPacked(value)) return value;
  const cells = array(value, what);
  const found = packed(cells);
  if (found) return found;
  const row = cells.findIndex((cell) => !Number.isInteger(cell));
  return damaged(`${what}[${row}] is ${told(cells[row])}`);
}

function firstOutside(cells: PackedColumn, [low, high]: Range): number {
  if (isWithin(cells, low, high)) return -1;
  for (let row = 0; row < cells.length; row++) if (cells[row] < low || cells[row] >= high) return row;
  return -1;
}

function length(columns: object, name: string, column: string): number {
  const cells = (object(columns, name) as Record<string, unknown>)[column];
  return isPacked(cells) ? cells.length : array(cells, `${name}.${column}`).length;
}

/** An object of which fields of these types are relied on; those marked `?` may be missing or null. */
function fields(value: unknown, what: string, types: Record<string, FieldType>): Record<string, unknown> {
  const found = object(value, what);
  for (const [name, type] of Object.entries(types)) {
    const field = found[name];
    if (`${typeof field}${type.endsWith("?") ? "?" : ""}` === type) continue;
    if (type.endsWith("?") && (field === undefined || field === null)) continue;
    must(false, `${what}.${name} is ${told(field)}`);
  }
  return found;
}

type FieldType = "string" | "string?" | "number" | "number?";

/** A cell in a few characters. It may be anything, and of any depth. */
function told(cell: unknown): string {
  if (cell === undefined) return "missing";
  if (typeof cell === "object" && cell !== null) return Array.isArray(cell) ? "a list" : "an object";
  return typeof cell === "string" ? JSON.stringify(cell.slice(0, 40)) : String(cell);
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
  if (!holds) damaged(what);
}

function damaged(what: string): never {
  throw new TraceProblem("This trace is damaged", `Something in it cannot be: ${what}. Run the lecture again.`);
}
