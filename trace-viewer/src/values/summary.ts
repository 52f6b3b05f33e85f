/**
 * A value on one line, within a given number of characters, however large it is: as tokens to colour or as plain text.
 * The work is bounded by that number too: what does not fit is never looked at.
 */
import type { Tensor, Value } from "../format/generated";
import { quoted, visible } from "./escape";
import { LineWriter, type Part } from "./line-writer";
import { byKind, type Kind, type Of } from "./kinds";
import { aligned, brief, count, pythonFloat } from "./numbers";

export type { Part };

/** The parts of the line, and whether something was left out to fit (what the record itself leaves out does not count). */
export type Line = { parts: Part[]; cut: boolean };

/** The value in plain text on one line of at most `max` characters. */
export function summarise(value: Value, max = 60): string {
  return summaryLine(value, max)
    .parts.map((part) => part.text)
    .join("");
}

/** The value as the parts of one line of at most `max` characters. `plain`: a string is its words, without quotes. */
export function summaryLine(value: Value, max = 60, plain = false): Line {
  const whole = writeLine(value, max, plain, false);
  return whole.cut ? writeLine(value, max, plain, true) : whole;
}

const DEEPEST = 6;

function writeLine(value: Value, max: number, plain: boolean, frugal: boolean): Line {
  const line = new LineWriter(max, frugal);
  try {
    if (plain && typeof value === "string") line.put(visible(line.head(value)));
    else write(value, line, 0);
  } catch {
    // Not what the format promises. One bad value must not take the page with it.
    return { parts: [{ text: "…", cls: "value-bad" }], cut: true };
  }
  return { parts: line.parts, cut: line.cut };
}

type Writers = { [K in Kind]: (value: Of<K>, line: LineWriter, depth: number) => void };

const writers: Writers = {
  none: (_, line) => line.put("None", "tok-bool"),
  bool: (value, line) => line.put(value ? "True" : "False", "tok-bool"),
  number: (value, line) => line.put(Number.isInteger(value) ? String(value) : pythonFloat(value), "tok-number"),
  string: (value, line) => line.put(quoted(line.head(value)), "tok-string"),
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
  sequence: (value, line, depth) => {
    const [open, close] = brackets(value.type, value.length);
    list(line, depth, open, close, value.items, value.length, "items", (item) => write(item, line, depth + 1));
  },
  mapping: (value, line, depth) => {
    const [open, close] = value.type === "dict" ? ["{", "}"] : [`${name(value.type)}({`, "})"];
    list(line, depth, open, close, value.entries, value.length, "entries", ([key, item]) => {
      write(key, line, depth + 1);
      line.put(": ", "tok-punctuation");
      write(item, line, depth + 1);
    });
  },
  instance: (value, line, depth) => {
    const open = `${name(value.type)}(`;
    list(line, depth, open, ")", value.fields, value.length, "fields", ([field, item]) => {
      line.put(visible(line.head(field)), "tok-property");
      line.put("=", "tok-operator");
      write(item, line, depth + 1);
    });
  },
  tensor: writeTensor,
  tokens: ({ type, ids, pieces, length }, line, depth) =>
    list(line, depth, `${name(type)}[`, "]", ids, length, "tokens", (id) => {
      line.put(quoted(line.head(pieces[ids.indexOf(id)] ?? "")), "tok-string");
    }),
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

function write(value: Value, line: LineWriter, depth: number): void {
  if (line.ended) return;
  if (depth > DEEPEST) return line.put("…");
  byKind(writers, value, line, depth);
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
  item: (item: T) => void,
): void {
  // Where room is short, only the outermost container says how long it is.
  const more = (shown: number) => {
    const many = length > 0 && (depth === 0 || !line.frugal) ? `… ${count(length)} ${noun}` : "…";
    return shown > 0 ? `, ${many}` : many;
  };
  line.put(open, /\w/.test(open) ? "tok-class" : "tok-punctuation");
  const release = line.reserve(more(1).length + close.length);
  let shown = 0;
  let all = length >= 0 && items.length >= length;
  for (const each of items) {
    const mark = line.mark();
    if (shown > 0) line.put(", ", "tok-punctuation");
    item(each);
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
  line.put(close, "tok-punctuation");
}

function writeTensor(value: Tensor, line: LineWriter): void {
  line.put(shapeOf(value), "value-shape");
  line.put(` ${visible(value.dtype)}`, "value-faint");
  if (value.device && value.device !== "cpu") line.put(` ${visible(value.device)}`, "value-faint");
  const { nan = 0, inf = 0 } = value.stats ?? {};
  if (nan) line.put(` ${count(nan)} nan`, "value-bad");
  if (inf) line.put(` ${count(inf)} inf`, "value-bad");
  const elements = value.elements ?? [];
  if (elements.length === 0 || elements.length > 8 || value.shape.length > 1) return;
  const numbers = elements.filter((cell) => typeof cell === "number");
  const format = aligned(numbers, value.dtype.includes("float"));
  const cells = elements.map((cell) => (typeof cell === "number" ? format(cell) : visible(String(cell))));
  line.put(" ");
  line.put(value.shape.length === 0 ? (cells[0] ?? "") : `[${cells.join(", ")}]`, "tok-number");
}

/** `[3, 4]`, or with the names of its dimensions `[batch 3, time 4]`. */
export function shapeOf({ shape, dimensions }: Tensor): string {
  const sizes = shape.map((size, axis) =>
    dimensions?.[axis] ? `${visible(dimensions[axis])} ${count(size)}` : String(size),
  );
  return `[${sizes.join(", ")}]`;
}

/** One line of an array's statistics: `min −1.2 · max 3.4 · mean 0.1 · std 1.0`. */
export function statistics({ stats }: Tensor): string {
  if (!stats) return "";
  const facts = (["min", "max", "mean", "std"] as const)
    .filter((fact) => stats[fact] !== null && stats[fact] !== undefined)
    .map((fact) => `${fact} ${brief(stats[fact] as number | string)}`);
  if (stats.zeros) facts.push(`${count(stats.zeros)} ${stats.zeros === 1 ? "zero" : "zeros"}`);
  if (facts.length && stats.approximate) facts.push("from a sample");
  return facts.join(" · ");
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
