import type { Lists } from "../format/column";
import { emptyTables } from "../format/empty";
import type { Output, Trace, Value } from "../format/generated";

/**
 * A small trace, drawn as text; for tests.
 *
 *     1 x=1                 a step on line 1, after which x is 1
 *     2 "# Title"           a step that shows a text
 *     3                     a step that calls:
 *       10 y=2 >hello       … line 10, in the function `f10`, which prints
 *       11 return=3
 *     ^ z=3                 what step "3" leaves behind when it closes
 *     4 !                   a step that raises
 *     5 y=$t y:view:x x!=$u a step that made y by looking into x's memory (or same:, own:), and wrote to x (role 4)
 *     6 mem:cpu:4,4,8,2,1:9 a step after which so many bytes were alive, by role, with a peak of 9
 *
 *     loop 5-7              the statement on line 5 is the header of a loop whose body ends on line 7
 *
 *     7 launch:10:2,3 array:a:4x6:float32 array:b:24:float16:$t
 *                           a step that launches the kernel on line 10 on a grid of 2 × 3, with its arrays
 *       10 program:1,2      the kernel's call, as the program at (1, 2) of the latest launch
 *       11 load:a:0-2,0-6   a step that loads rows 0 and 1 of it; or store:, atomic:. `0-8/2` is every second; `:m4` behind
 *                           it, four were masked; `:d3`, three different ones; `:e9`, nine addressed; `:b2`, two beyond
 *       12 load:a::m16      a step that touched nothing of it; `?` is memory that is in no array
 *
 *     rank 2                what follows is done by rank 2 (`rank -1`: by who started the ranks), until the next such row
 *       10 comm:all_reduce:0,2:0:16:40+10
 *                           … which takes part in operation 0 of the group of ranks 0 and 2 with 16 bytes, from 40 ns on
 *                           for 10 (`+-1`: for ever)
 *
 * Deeper indentation is a new call of the function of its line: lines 1–9 are `main`, 10–19 are `f10`, and so on. `x-`
 * clears x; `@1 12` is a step on line 12 in call 1, resumed by the step around it. Values are JSON, or `$t` for the one
 * called t in `values`.
 */
export function traceFromText(drawing: string, values: Record<string, Value> = {}): Lists<Trace> {
  const trace = emptyTrace();
  const { steps, calls, statements, functions, bindings, shown, printed, resumes, raised } = trace;
  const string = (text: string) => intern(trace.strings, text);
  let open: { indent: number; call: number; step: number }[] = [];
  let track = 0;
  const others = new Map([[-1, { track, open }]]); // of each rank

  const rows = drawing.split("\n").filter((row) => row.trim() !== "");
  for (const row of rows) {
    const loop = /^\s*loop (\d+)-(\d+)\s*$/.exec(row);
    if (loop) {
      statements.loop_end[statementAt(Number(loop[1]))] = Number(loop[2]);
      continue;
    }
    const ranked = /^\s*rank (-?\d+)\s*$/.exec(row);
    if (ranked) {
      beRank(Number(ranked[1]));
      continue;
    }
    const indent = row.search(/\S/);
    while (open.length > 0 && open[open.length - 1].indent > indent) open.pop();
    const items: string[] = row.trim().match(/"(?:[^"\\]|\\.)*"|[^\s"]*"[^"]*"|\S+/g) ?? [];
    const resumed = items[0].startsWith("@") ? Number(items.shift()!.slice(1)) : -1;
    const head = items.shift()!;
    let level = open[open.length - 1];
    if (head !== "^") {
      const line = Number(head);
      const step = steps.call.length;
      if (!level || level.indent < indent) {
        const parent = level?.step ?? -1;
        const call = resumed >= 0 ? resumed : newCall(line, parent);
        if (resumed >= 0) push(resumes, { call, step, parent });
        level = { indent, call, step };
        open.push(level);
      }
      level.step = step;
      push(steps, { statement: statementAt(line), call: level.call, start: 1000, duration: 1000, end: 0 });
    }
    const [step, at] = [level.step, steps.call.length - 1];
    for (const item of items) {
      const [, name, text] = /^([^=]+)=(.*)$/s.exec(item) ?? [];
      if (item.startsWith('"')) show(step, at, { kind: "text", text: JSON.parse(item) as string });
      else if (item.startsWith("note:")) show(step, at, { kind: "note", text: item.slice(5) });
      else if (item.startsWith(">")) push(printed, { step, at, stream: 0, text: string(item.slice(1) + "\n") });
      else if (item.startsWith("mem:")) remember(step, item);
      else if (item.startsWith("launch:")) launch(step, item);
      else if (item.startsWith("array:")) giveArray(item);
      else if (item.startsWith("program:")) beProgram(level.call, item);
      else if (item.startsWith("comm:")) communicate(step, item);
      else if (/^(load|store|atomic):/.test(item)) access(step, item);
      else if (/:(same|view|own):/.test(item)) derive(step, item);
      else if (item === "!") fail(step);
      else if (name === "return") bind(step, at, "", valueOf(text), 1);
      else if (name?.endsWith("!")) bind(step, at, name.slice(0, -1), valueOf(text), 4);
      else if (name) bind(step, at, name, valueOf(text), 0);
      else if (item.endsWith("-")) push(bindings, { step, at, name: string(item.slice(0, -1)), value: -1, role: 0 });
      else throw new Error(`traceFromText does not know ${item}`);
    }
  }
  trace.summary.steps = steps.call.length;
  return trace;

  function newCall(line: number, parent: number): number {
    return push(calls, { function: functionAt(line), parent, track });
  }

  function beRank(rank: number): void {
    let other = others.get(rank);
    if (!other) {
      const process = 100 + rank;
      const ends = { outcome: { status: "finished" as const }, clock_offset: 0, clock_error: 0 };
      trace.ranks.push({ rank, launch: 0, host: "", process, device: "cpu", ...ends });
      other = { track: push(trace.tracks, { rank, process, thread: 0, name: 0, host: 0 }), open: [] };
      others.set(rank, other);
    }
    ({ track, open } = other);
  }

  function communicate(step: number, item: string): void {
    const [, name, members, sequence, bytes, time] = item.split(":");
    const [, start, duration] = /^(\d+)\+(-?\d+)$/.exec(time)!;
    push(trace.collectives, {
      step,
      name: string(name),
      operation: 0,
      group: internList(trace.groups, members.split(",").map(Number)),
      sequence: Number(sequence),
      peer: -1,
      bytes: Number(bytes),
      start: Number(start),
      duration: Number(duration),
      asynchronous: 0,
      waited_step: -1,
      waited_start: -1,
      waited_duration: -1,
    });
  }

  function functionAt(line: number): number {
    const first = line < 10 ? 1 : Math.floor(line / 10) * 10;
    const name = string(first === 1 ? "main" : `f${first}`);
    const found = functions.name.indexOf(name);
    return found >= 0 ? found : push(functions, { name, file: 0, line: first, end_line: first === 1 ? 9 : first + 9 });
  }

  function statementAt(line: number): number {
    const found = statements.line.indexOf(line);
    return found >= 0 ? found : push(statements, { file: 0, line, end_line: line, loop_end: 0 });
  }

  function bind(step: number, at: number, name: string, value: Value, role: number): void {
    push(bindings, { step, at, name: string(name), value: intern(trace.values, value), role });
  }

  function valueOf(text: string): Value {
    return text.startsWith("$") ? values[text.slice(1)] : (JSON.parse(text) as Value);
  }

  function derive(step: number, item: string): void {
    const [name, how, source] = item.split(":");
    const relation = ["same", "view", "own"].indexOf(how);
    push(trace.derived, { step, name: string(name), source: string(source), relation });
  }

  function remember(step: number, item: string): void {
    const [, device, roles, peak, allocated = "-1"] = item.split(":");
    const [parameters, gradients, optimizer, activations, other] = roles.split(",").map(Number);
    const alive = { parameters, gradients, optimizer, activations, other };
    push(trace.memory, { step, device: string(device), ...alive, peak: Number(peak), allocated: Number(allocated) });
  }

  function launch(step: number, item: string): void {
    const [, line, grid] = item.split(":");
    push(trace.launches, { step, function: functionAt(Number(line)), ...placeFrom(grid, 1) });
  }

  function giveArray(item: string): void {
    const [, name, sizes, dtype, value] = item.split(":");
    const shape = sizes === "" ? [] : sizes.split("x").map(Number);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    const item_bytes = Number(/\d+/.exec(dtype)?.[0] ?? 32) / 8;
    const picture = value ? intern(trace.values, valueOf(value)) : null;
    const given = { name, shape, strides, dtype, item_bytes, value: picture };
    trace.arrays.push({ launch: trace.launches.step.length - 1, ...given });
  }

  function beProgram(call: number, item: string): void {
    push(trace.programs, { call, launch: trace.launches.step.length - 1, ...placeFrom(item.split(":")[1], 0) });
  }

  function access(step: number, item: string): void {
    const [how, name, box, ...more] = item.split(":");
    const told = new Map(more.map((each) => [each[0], Number(each.slice(1))]));
    const region = box === "" ? [] : box.split(",").flatMap(rangeFrom);
    const size = region.reduce(
      (all, start, i) => (i % 3 ? all : all * Math.ceil((region[i + 1] - start) / region[i + 2])),
      1,
    );
    const distinct = told.get("d") ?? (box === "" ? 0 : size);
    push(trace.accesses, {
      step,
      kind: ["load", "store", "atomic"].indexOf(how),
      array: trace.arrays.findLastIndex((given) => given.name === name),
      region: distinct > 0 ? internList(trace.regions, region) : -1,
      elements: told.get("e") ?? distinct,
      masked: told.get("m") ?? 0,
      distinct,
      beyond: told.get("b") ?? 0,
    });
  }

  function show(step: number, at: number, output: Output): void {
    push(shown, { step, at, output: trace.outputs.push(output) - 1 });
  }

  function fail(step: number): void {
    const line = statements.line[steps.statement[step]];
    const traceback = [{ file: 0, path: "lectures/drawn.py", line, function: "main", text: "boom()" }];
    const failure = trace.failures.push({ type: "ValueError", message: "boom", traceback }) - 1;
    push(raised, { step, failure });
    steps.end[step] = 3;
    trace.summary.outcome = { status: "failed", message: "ValueError: boom", failure, exit_code: 1 };
  }
}

/** Append a row to a table; its index. */
function push(table: object, row: Record<string, number>): number {
  const columns = table as Record<string, number[]>;
  for (const [column, cell] of Object.entries(row)) columns[column].push(cell);
  return Object.values(columns)[0].length - 1;
}

/** `1,2` as a place in a grid; of dimensions that are left out, `none`. */
function placeFrom(text: string, none: number): { x: number; y: number; z: number } {
  const [x, y = none, z = none] = text.split(",").map(Number);
  return { x, y, z };
}

/** `0-8/2` as start, stop and step. */
function rangeFrom(text: string): number[] {
  const [, start, stop, step = "1"] = /^(\d+)-(\d+)(?:\/(\d+))?$/.exec(text)!;
  return [Number(start), Number(stop), Number(step)];
}

function internList(pool: number[][], list: number[]): number {
  const found = pool.findIndex((each) => each.join() === list.join());
  return found >= 0 ? found : pool.push(list) - 1;
}

function intern<T>(pool: T[], item: T): number {
  const found = pool.indexOf(item);
  return found >= 0 ? found : pool.push(item) - 1;
}

function emptyTrace(): Lists<Trace> {
  const text = Array.from({ length: 40 }, (_, i) => {
    if (i === 0) return "def main():";
    return i % 10 === 9 ? `def f${i + 1}():` : `    line_${i + 1}()`;
  }).join("\n");
  return {
    ...emptyTables(),
    summary: { name: "drawn", title: "Drawn", steps: 0, seconds: 0.001, outcome: { status: "finished" } },
    provenance: {
      arguments: ["-m", "drawn"],
      started: "2026-01-01T00:00:00Z",
      python: "3.12.1",
      platform: "Linux",
      hardware: { machine: "x86_64", processor: "x86_64", cores: 2, gpus: [] },
      packages: {},
      engine: "0.1.0",
    },
    clock: 1767225600,
    entry: 0,
    files: [{ path: "lectures/drawn.py", sha256: "", text, hidden: [], directives: [] }],
  };
}
