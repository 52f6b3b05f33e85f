/** Opening the traces of edtrace, which repeat the whole call stack in every step and know nothing of returns. */
import { emptyTables } from "../empty";
import type { Output, Trace, Value } from "../generated";
import { TraceProblem } from "../problem";

interface Step {
  stack: { path: string; line_number: number; function_name: string; code?: string }[];
  env?: Record<string, unknown>;
  renderings?: Rendering[];
}

interface Rendering {
  type: string;
  data?: unknown;
  style?: Record<string, string | number> | null;
  external_link?: Record<string, unknown> | null;
  internal_link?: { path: string; line_number: number } | null;
  animate?: boolean;
}

/** The same lecture as a trace of this version. What edtrace does not record (times, returns, provenance) stays empty. */
export function importEdtrace(data: Record<string, unknown>): Trace {
  const trace = emptyTrace(data.files as Record<string, unknown>, data.hidden_line_numbers);
  const paths = new Map(trace.files.map((file, index) => [file.path, index]));
  const pools = {
    strings: new Map([["", 0]]),
    functions: new Map<string, number>(),
    statements: new Map<string, number>(),
  };
  const open: { call: number; key: string; line: number; step: number; called: boolean }[] = [];

  const lines = trace.files.map(({ text }) => text.split("\n"));

  (data.steps as Step[]).forEach((step, index) => {
    const whole = Array.isArray(step?.stack) ? step.stack.filter(isObject) : [];
    const stack = whole.filter(({ path }) => paths.has(path)); // what lies between, in libraries, has no source here
    if (stack.length === 0) damaged(`step ${index} is in none of its files`);
    for (const { line_number, function_name } of stack) {
      const isPlace = Number.isInteger(line_number) && line_number >= 1 && line_number < 2 ** 31;
      if (!isPlace || typeof function_name !== "string") damaged(`step ${index} has no proper place`);
    }
    // The calls that go on are those whose function is the same and, below the innermost, whose line is too. A call
    // begins at its `def`: two calls on one line are told apart by that.
    let same = 0;
    while (same < stack.length && same < open.length) {
      const frame = stack[same];
      const innermost = same === stack.length - 1;
      if (open[same].key !== frameKey(frame)) break;
      if (
        innermost
          ? frame.line_number === trace.functions.line[functionOf(frame)]
          : open[same].line !== frame.line_number
      )
        break;
      same++;
    }
    open.length = same;
    for (let depth = same; depth < stack.length; depth++) {
      const frame = stack[depth];
      const parent = depth > 0 ? open[depth - 1].step : -1;
      const call = push(trace.calls, { function: functionOf(frame), parent, track: 0 });
      if (depth > 0) open[depth - 1].called = true;
      open.push({ call, key: frameKey(frame), line: frame.line_number, step: -1, called: false });
    }
    // edtrace shows a calling line again when its callee is done; here that is the way out of the step before it.
    const top = open[open.length - 1];
    const frame = stack[stack.length - 1];
    if (!top.called || top.line !== frame.line_number) {
      top.step = push(trace.steps, { statement: statementOf(frame), call: top.call, start: 0, duration: 0, end: 0 });
    }
    top.called = false;
    top.line = frame.line_number;
    for (const below of open) if (below.step < 0) below.step = top.step;
    const at = trace.steps.call.length - 1;
    for (const [name, value] of Object.entries(step.env ?? {})) {
      const index = value === null ? -1 : trace.values.push(toValue(value)) - 1;
      push(trace.bindings, { step: top.step, at, name: string(name), value: index, role: 0 });
    }
    const renderings = Array.isArray(step.renderings) ? step.renderings.filter(isObject) : [];
    for (const rendering of joined(renderings as unknown as Rendering[])) {
      push(trace.shown, { step: top.step, at, output: trace.outputs.push(toOutput(rendering)) - 1 });
    }
  });
  trace.summary.steps = trace.steps.call.length;
  return trace;

  function string(text: string): number {
    return once(pools.strings, text, () => trace.strings.push(text) - 1);
  }

  function fileOf(path: string): number {
    const file = paths.get(path);
    return file ?? damaged(`a step is in ${path}, which is not among its files`);
  }

  function functionOf(frame: Step["stack"][number]): number {
    return once(pools.functions, frameKey(frame), () => {
      const file = fileOf(frame.path);
      const [line, end_line] = functionLines(lines[file], frame.function_name, frame.line_number);
      return push(trace.functions, { name: string(frame.function_name), file, line, end_line });
    });
  }

  function statementOf({ path, line_number }: Step["stack"][number]): number {
    return once(pools.statements, `${path} ${line_number}`, () => {
      const file = fileOf(path);
      const end_line = statementEnd(lines[file], line_number);
      return push(trace.statements, { file, line: line_number, end_line, loop_end: 0 });
    });
  }

  function toOutput({ type, data, style, external_link, internal_link }: Rendering): Output {
    const text = typeof data === "string" ? data : "";
    if (type === "markdown" && isVerbatim(style)) return { kind: "text", text, verbatim: true };
    if (type === "markdown") return { kind: "text", text, style };
    if (type === "text") return { kind: "text", text, verbatim: true, style };
    if (type === "image") return { kind: "image", source: fromRoot(text), alt: "", style };
    if (type === "video") return { kind: "video", source: fromRoot(text), alt: "", style };
    if (type === "note") return { kind: "note", text };
    if (type === "graph" && isObject(data)) return toGraph(data, style);
    if (type === "plot" && isObject(data)) return { kind: "plot", spec: data };
    if (type === "link") {
      if (internal_link && paths.has(internal_link.path) && Number.isInteger(internal_link.line_number)) {
        const target = { file: fileOf(internal_link.path), line: internal_link.line_number, name: text };
        return { kind: "link", label: text, target, style };
      }
      const reference = external_link ? toReference(external_link) : null;
      return { kind: "link", label: text || reference?.title || reference?.url || "link", reference, style };
    }
    return { kind: "placeholder", of: words(type), label: text.slice(0, 200), reason: "This viewer cannot show it." };
  }
}

function toReference(link: Record<string, unknown>) {
  const text = (key: string) => (typeof link[key] === "string" ? (link[key] as string) : null);
  const authors = Array.isArray(link.authors) ? link.authors.filter((author) => typeof author === "string") : null;
  return {
    title: text("title"),
    authors,
    organization: text("organization"),
    date: text("date"),
    url: text("url"),
    description: text("description"),
    notes: text("notes"),
  };
}

/** edtrace names pictures from the root of the project; a trace names them from its own folder, `var/traces`. */
function fromRoot(path: string): string {
  return /^[a-z]+:/i.test(path) || path.startsWith("/") ? path : `../../${path}`;
}

/** Verbatim text comes as one rendering a line, in this style. */
function isVerbatim(style: Rendering["style"]): boolean {
  return style?.whiteSpace === "pre" && style.fontFamily === "monospace";
}

function joined(renderings: Rendering[]): Rendering[] {
  const whole: Rendering[] = [];
  for (const rendering of renderings) {
    const last = whole.at(-1);
    if (last && isVerbatim(last.style) && isVerbatim(rendering.style)) {
      whole[whole.length - 1] = { ...last, data: `${words(last.data)}\n${words(rendering.data)}` };
    } else whole.push(rendering);
  }
  return whole;
}

/** A graph comes in Cytoscape's form: `{data: {id, label, …}, position: {x, y}, classes}`. */
function toGraph(
  { nodes, edges, layout, stylesheet, width, height }: Record<string, unknown>,
  style: Rendering["style"],
): Output {
  type Element = { data?: Record<string, unknown>; position?: { x?: unknown; y?: unknown }; classes?: unknown };
  const pixels = (size: unknown) => (typeof size === "number" ? size : undefined);
  const list = (elements: unknown) => (Array.isArray(elements) ? (elements.filter(isObject) as Element[]) : []);
  return {
    kind: "graph",
    nodes: list(nodes).map(({ data, position, classes }) => {
      const id = words(data?.id);
      const label = words(data?.label ?? id);
      return { id, label, x: pixels(position?.x), y: pixels(position?.y), classes: words(classes) };
    }),
    edges: list(edges).map(({ data, classes }) => ({
      source: words(data?.source),
      target: words(data?.target),
      label: words(data?.label),
      classes: words(classes),
    })),
    layout: isObject(layout) && typeof layout.name === "string" ? layout.name : "preset",
    width: typeof width === "number" ? width : 500,
    height: typeof height === "number" ? height : 200,
    stylesheet: Array.isArray(stylesheet) ? stylesheet.filter(isObject) : null,
    style,
  };
}

/** What can be said in words: a string, a number, or true and false. */
function words(value: unknown): string {
  return typeof value === "string" ? value : ["number", "boolean"].includes(typeof value) ? String(value) : "";
}

/** Containers within containers that are read; a reader opens a few of them. */
const DEEPEST = 50;

/** edtrace writes `{type, contents, dtype, shape}`; the engine before it wrote plain JSON. */
function toValue(value: unknown, depth = 0): Value {
  if (depth > DEEPEST) return { kind: "cut", reason: "depth", type: "" };
  if (!isObject(value) || typeof value.type !== "string" || !("contents" in value)) {
    return toPlainValue(value, "dict", depth);
  }
  const { type, contents, dtype, shape } = value;
  if (type === "NoneType") return null;
  if (type === "float" && (Number.isInteger(contents) || typeof contents === "string")) {
    return { kind: "float", value: contents as number | string };
  }
  if (typeof dtype === "string" && Array.isArray(shape)) {
    const elements = [contents].flat(DEEPEST).map((element) => (element === "NaN" ? "nan" : toElement(element)));
    const name = type.split(".").at(-1) ?? type;
    return { kind: "tensor", type: name, shape: shape.map(Number), dtype, elements };
  }
  if (Array.isArray(contents)) return toSequence(type, contents, depth);
  return toPlainValue(contents, type, depth);
}

function toElement(element: unknown): number | string | boolean | null {
  return typeof element === "object" || element === undefined ? null : (element as number | string | boolean);
}

function toSequence(type: string, items: unknown[], depth: number): Value {
  return { kind: "sequence", type, items: items.map((item) => toValue(item, depth + 1)), length: items.length };
}

function toPlainValue(value: unknown, type: string, depth: number): Value {
  if (Array.isArray(value)) return toSequence("list", value, depth);
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [key, toValue(item, depth + 1)] as [string, Value]);
    if (type === "dict") return { kind: "mapping", type, entries, length: entries.length };
    return { kind: "instance", type, fields: entries, length: entries.length };
  }
  return value === undefined ? null : (value as Value);
}

/** The lines of the function called `name` around a line, found by indentation. */
function functionLines(lines: string[], name: string, line: number): [number, number] {
  const short = name.split(".").at(-1)!;
  const def = new RegExp(`^\\s*(async\\s+)?def\\s+${escape(short.slice(0, 500))}\\b`);
  let first = Math.min(line, lines.length);
  while (first > 1 && !def.test(lines[first - 1])) first--;
  const indent = (lines[first - 1] ?? "").search(/\S/);
  let end = Math.max(first, line);
  while (end < lines.length && (lines[end].trim() === "" || lines[end].search(/\S/) > indent)) end++;
  return [first, end];
}

/** The last line of the statement that begins on `line`: brackets and triple quotes are closed by then. */
function statementEnd(lines: string[], line: number): number {
  let depth = 0;
  let quote = "";
  for (let at = line; at <= lines.length && at < line + 400; at++) {
    const row = lines[at - 1];
    for (let i = 0; i < row.length; i++) {
      if (quote) {
        if (row[i] === "\\") i++;
        else if (row.startsWith(quote, i)) {
          i += quote.length - 1;
          quote = "";
        }
      } else if (row[i] === "#") break;
      else if (row[i] === '"' || row[i] === "'") {
        quote = row.startsWith(row[i].repeat(3), i) ? row[i].repeat(3) : row[i];
        i += quote.length - 1;
      } else if ("([{".includes(row[i])) depth++;
      else if (")]}".includes(row[i])) depth--;
    }
    if (quote.length === 1 && !row.endsWith("\\")) quote = "";
    if (!quote && depth <= 0 && !row.endsWith("\\")) return at;
  }
  return line;
}

function emptyTrace(sources: Record<string, unknown>, hiddenLines: unknown): Trace {
  const files = Object.entries(sources).map(([path, text]) => {
    if (typeof text !== "string") return damaged(`its file ${path} has no text`);
    const listed = isObject(hiddenLines) ? hiddenLines[path] : null;
    const hidden = Array.isArray(listed) ? listed.filter(Number.isInteger) : [];
    return { path, sha256: "", text, hidden: hidden as number[], directives: directivesOf(text) };
  });
  if (files.length === 0) damaged("it has no files");
  const name = files[0].path.split("/").at(-1)!.replace(/\.py$/, "");
  return {
    ...emptyTables(),
    summary: { name, title: name, steps: 0, seconds: 0, outcome: { status: "finished" } },
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
    files,
  };
}

const DIRECTIVE = /#\s*@(inspect|clear|stepover|hide|animate)\b([^#]*)/g;

function directivesOf(text: string): Trace["files"][number]["directives"] {
  return text.split("\n").flatMap((row, index) =>
    [...row.matchAll(DIRECTIVE)].map((found) => ({
      name: found[1] as "inspect",
      arguments: found[2]
        .trim()
        .split(/[\s,]+/)
        .filter(Boolean),
      line: index + 1,
      column: found.index,
      end_column: found.index + found[0].length,
    })),
  );
}

function frameKey({ path, function_name }: Step["stack"][number]): string {
  return `${path} ${function_name}`;
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

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(what: string): never {
  throw new TraceProblem("This edtrace trace cannot be opened", `Something in it is not as expected: ${what}.`);
}
