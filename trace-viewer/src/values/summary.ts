/**
 * A value on one line, within a given number of characters, however large it is: as tokens to colour or as plain text.
 * The work is bounded by that number too: what does not fit is never looked at.
 */
import type { Tensor, Value } from "../format/generated";
import { changedStretch, difference, type Difference, type Mark, type Removed } from "./difference";
import { quoted, visible } from "./escape";
import { LineWriter, type Part } from "./line-writer";
import { byKind, kindOf, type Kind, type Of } from "./kinds";
import { aligned, count, pythonFloat } from "./numbers";

export type { Part };

/** The parts of the line, and whether something was left out to fit (what the record itself leaves out does not count). */
export type Line = { parts: Part[]; cut: boolean };

/** The value in plain text on one line of at most `max` characters. */
export function summarise(value: Value, max = 60, plain = false): string {
  return summaryLine(value, max, plain)
    .parts.map((part) => part.text)
    .join("");
}

/**
 * The value as the parts of one line of at most `max` characters. `plain`: a string is its words, without quotes.
 * `before`: parts that were not so say it, and what is gone stands where it was, beyond those characters.
 */
export function summaryLine(value: Value, max = 60, plain = false, before?: Value): Line {
  const whole = writeLine(value, max, plain, false, before);
  return whole.cut ? writeLine(value, max, plain, true, before) : whole;
}

const DEEPEST = 6;

function writeLine(value: Value, max: number, plain: boolean, frugal: boolean, before?: Value): Line {
  const line = new LineWriter(max, frugal);
  try {
    if (plain && typeof value === "string") line.put(visible(line.head(value)));
    else write(value, line, 0, before);
  } catch {
    // Not what the format promises. One bad value must not take the page with it.
    return { parts: [{ text: "…", cls: "value-bad" }], cut: true };
  }
  return { parts: line.parts, cut: line.cut };
}

type Writers = { [K in Kind]: (value: Of<K>, line: LineWriter, depth: number, before: Value | undefined) => void };

const writers: Writers = {
  none: (_, line) => line.put("None", "tok-bool"),
  bool: (value, line) => line.put(value ? "True" : "False", "tok-bool"),
  number: (value, line) => line.put(Number.isInteger(value) ? String(value) : pythonFloat(value), "tok-number"),
  string: (value, line, _, before) => writeString(line.head(value), line, before),
  int: (value, line) => line.put(line.head(value.text), "tok-number"),
  float: (value, line) => line.put(pythonFloat(value.value), "tok-number"),
  complex: (value, line) => {
    const imaginary = pythonFloat(value.imag);
    line.put(`${pythonFloat(value.real)}${/^[-+]/.test(imaginary) ? "" : "+"}${imaginary}j`, "tok-number");
  },
  text: (value, line) => {
    line.put(quoted(line.head(value.text)), "tok-string");
    line.put(`… ${count(value.length)} characters`, "value-faint");
  },
  bytes: (value, line) => {
    line.put(`b'${visible(line.head(value.text))}'`, "tok-string");
    // The text is escaped, so its length only bounds from above how many bytes it shows.
    if (value.text.length < value.length) line.put(`… ${count(value.length)} bytes`, "value-faint");
  },
  sequence: (value, line, depth, before) => {
    const [open, close] = brackets(value.type, value.length);
    const marked = difference(value, before);
    list(line, depth, open, close, value.items, value.length, "items", marked, (item, mark) =>
      writeItem(item, line, depth + 1, mark),
    );
  },
  mapping: (value, line, depth, before) => {
    const [open, close] = value.type === "dict" ? ["{", "}"] : [`${name(value.type)}({`, "})"];
    const marked = difference(value, before);
    list(line, depth, open, close, value.entries, value.length, "entries", marked, ([key, item], mark) => {
      write(key, line, depth + 1);
      line.put(": ", "tok-punctuation");
      writeItem(item, line, depth + 1, mark);
    });
  },
  instance: (value, line, depth, before) => {
    const marked = difference(value, before);
    list(
      line,
      depth,
      `${name(value.type)}(`,
      ")",
      value.fields,
      value.length,
      "fields",
      marked,
      ([field, item], mark) => {
        line.put(visible(line.head(field)), "tok-property");
        line.put("=", "tok-operator");
        writeItem(item, line, depth + 1, mark);
      },
    );
  },
  tensor: writeTensor,
  tokens: (value, line, depth, before) => {
    const marked = difference(value, before);
    let at = 0;
    list(line, depth, `${name(value.type)}[`, "]", value.ids, value.length, "tokens", marked, (_, mark) =>
      writeItem(line.head(value.pieces[at++] ?? ""), line, depth + 1, mark && { change: mark.change }),
    );
  },
  module: (value, line) => {
    line.put(name(value.type), "tok-class");
    line.put(` ${count(value.parameter_count)} parameters`, "value-faint");
  },
  records: (value, line) => {
    line.put(name(value.type), "tok-class");
    line.put(` ${count(value.row_count)} × ${count(value.column_count)}`, "value-faint");
  },
  formula: (value, line) => line.put(visible(line.head(value.text))),
  definition: (value, line) => {
    line.put(`${name(value.type)} `, "tok-keyword");
    line.put(visible(line.head(value.name)), "tok-function");
    if (value.signature) line.put(visible(line.head(value.signature)), "value-faint");
  },
  opaque: (value, line) => {
    if (value.text) line.put(visible(line.head(value.text)) + (value.cut ? "…" : ""));
    else line.put(`<${name(value.type)}>`, "value-faint");
  },
  cut: (value, line) =>
    line.put(value.reason === "cycle" ? `↻ ${name(value.type)}` : `${name(value.type)} …`, "value-faint"),
};

function write(value: Value, line: LineWriter, depth: number, before?: Value): void {
  if (line.ended) return;
  if (depth > DEEPEST) return line.put("…");
  byKind(writers, value, line, depth, before);
}

/** An item of a container, marked if it was not there, or was another; one that opens marks what is inside it. */
function writeItem(value: Value, line: LineWriter, depth: number, mark: Mark | undefined): void {
  const outer = line.change;
  line.change = outer ?? (mark && !marksItself(value, mark.before) ? mark.change : undefined);
  write(value, line, depth, line.change ? undefined : mark?.before);
  line.change = outer;
}

function marksItself(value: Value, before: Value | undefined): boolean {
  if (typeof value === "string") return typeof before === "string" && hasCommonEnds(value, before);
  const kind = kindOf(value);
  if (before === undefined || kindOf(before) !== kind) return false;
  if (kind === "instance") return (value as Of<"instance">).type === (before as Of<"instance">).type;
  return kind === "sequence" || kind === "mapping" || kind === "tokens";
}

function hasCommonEnds(text: string, before: string): boolean {
  const { from, to } = changedStretch(text, before);
  return from > 0 || to < text.length;
}

/** A string, with the stretch that differs from what it was marked. */
function writeString(text: string, line: LineWriter, before: Value | undefined): void {
  if (typeof before !== "string" || before === text || !hasCommonEnds(text, before)) {
    return line.put(quoted(text), "tok-string");
  }
  const { from, to, was } = changedStretch(text, before);
  const quote = quoted(text).charAt(0);
  const inside = (piece: string) => quoted(piece, quote).slice(1, -1);
  line.put(quote + inside(text.slice(0, from)), "tok-string");
  line.putRemoved(summarise(before.slice(from, was), LONGEST_GONE, true));
  line.change = "changed";
  line.put(inside(text.slice(from, to)), "tok-string");
  line.change = undefined;
  line.put(inside(text.slice(to)) + quote, "tok-string");
}

const LONGEST_GONE = 16;
const MOST_GONE = 4;

/** What stood here and is gone: the first of it. */
function writeRemoved(line: LineWriter, removed: readonly Removed[], at: number): void {
  const here = removed.filter((entry) => entry.at === at);
  if (here.length === 0) return;
  const texts = here.slice(0, MOST_GONE).map(({ key, value }) => summarise(key ?? value, LONGEST_GONE));
  line.putRemoved(texts.join(", ") + (here.length > MOST_GONE ? ", …" : ""));
}

/** Items between brackets: as many as fit, then how many there are in all. */
function list<T>(
  line: LineWriter,
  depth: number,
  open: string,
  close: string,
  items: readonly T[],
  length: number,
  noun: string,
  { marks, removed }: Difference,
  item: (item: T, mark: Mark | undefined) => void,
): void {
  // Where room is short, only the outermost container says how long it is.
  const more = (shown: number) => {
    const many = length > 0 && (depth === 0 || !line.frugal) ? `… ${count(length)} ${noun}` : "…";
    return shown > 0 ? `, ${many}` : many;
  };
  line.put(open, /\w/.test(open) ? "tok-class" : "tok-punctuation");
  const release = line.reserve(more(1).length + close.length);
  const outer = line.change;
  let shown = 0;
  let all = length >= 0 && items.length >= length;
  for (const each of items) {
    const mark = line.mark();
    if (shown > 0) line.put(", ", "tok-punctuation");
    if (!outer) writeRemoved(line, removed, shown);
    const marked = outer ? undefined : marks.get(shown);
    if (marked?.change === "added") line.change = "added";
    item(each, marked);
    line.change = outer;
    if (shown > 0 && line.tight) {
      line.reset(mark);
      line.cut = true;
      all = false;
      break;
    }
    if (line.ended) break;
    shown++;
  }
  release();
  if (!all) line.put(more(shown), "value-faint");
  else if (!outer) writeRemoved(line, removed, shown);
  line.put(close, "tok-punctuation");
}

function writeTensor(value: Tensor, line: LineWriter): void {
  const elements = value.elements ?? [];
  // One number: it comes first, since it is all there is, and `[]` would look like an empty list.
  const single = value.shape.length === 0 && elements.length === 1;
  if (single) line.put(cellsIn(value, elements)[0], "tok-number");
  else writeShape(value, line);
  line.put(` ${visible(value.dtype)}`, "value-faint");
  if (value.device && value.device !== "cpu") line.put(` ${visible(value.device)}`, "value-faint");
  const { nan = 0, inf = 0 } = value.stats ?? {};
  if (nan) line.put(` ${count(nan)} nan`, "value-bad");
  if (inf) line.put(` ${count(inf)} inf`, "value-bad");
  if (single || elements.length === 0 || elements.length > 8 || value.shape.length > 1) return;
  line.put(" ");
  line.put(`[${cellsIn(value, elements).join(", ")}]`, "tok-number");
}

function cellsIn({ dtype }: Tensor, elements: readonly unknown[]): string[] {
  const numbers = elements.filter((cell) => typeof cell === "number");
  const format = aligned(numbers, dtype.includes("float"));
  return elements.map((cell) => (typeof cell === "number" ? format(cell) : visible(String(cell))));
}

/** `[3, 4]`, or with the names of its dimensions `[batch 3, time 4]`. */
function writeShape({ shape, dimensions }: Tensor, line: LineWriter): void {
  line.put("[", "value-shape");
  for (let axis = 0; axis < shape.length && !line.ended; axis++) {
    if (axis > 0) line.put(", ", "value-shape");
    const dimension = dimensions?.[axis];
    if (dimension) line.put(visible(line.head(dimension)), "dim");
    line.put(dimension ? ` ${count(shape[axis])}` : String(shape[axis]), "value-shape");
  }
  line.put("]", "value-shape");
}

function brackets(type: string, length: number): [string, string] {
  switch (type) {
    case "list":
      return ["[", "]"];
    case "tuple":
      return ["(", length === 1 ? ",)" : ")"];
    case "set":
      return length === 0 ? ["set(", ")"] : ["{", "}"];
    default:
      return [`${name(type)}([`, "])"];
  }
}

/** The last part of a qualified type name, made visible and kept short. */
export function name(type: string): string {
  return visible((type.split(".").at(-1) || type).slice(0, 60));
}
