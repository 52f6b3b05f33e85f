import type { Tensor } from "../format/generated";
import {
  compare,
  elementsOf,
  indexed,
  isKind,
  itemsOf,
  kindWords,
  lengthOf,
  Mask,
  numeric,
  operand,
  sequence,
  truth,
  Undecided,
  type Operand,
} from "./condition-values";

/** What conditions may call, by name, and how many arguments it takes. */
export interface Callable {
  least: number;
  most: number;
  run(args: Operand[]): Operand;
}

/** Modules whose functions may be called with their name before them: `math.isnan(x)` is `isnan(x)`. */
export const MODULES = new Set(["math", "torch", "np", "numpy"]);

export const CONSTANTS = new Map<string, Operand>([
  ["inf", Infinity],
  ["nan", NaN],
  ["pi", Math.PI],
  ["e", Math.E],
]);

const of = (run: (value: Operand) => Operand): Callable => ({ least: 1, most: 1, run: ([value]) => run(value) });

export const FUNCTIONS = new Map<string, Callable>([
  ["len", of(lengthOf)],
  ["abs", of(absolute)],
  ["bool", of(truth)],
  ["float", of(asFloat)],
  ["int", of((value) => Math.trunc(Number(asFloat(value))))],
  ["str", of(asText)],
  ["sum", of(total)],
  ["any", of(any)],
  ["all", of(all)],
  ["isnan", of((value) => holds(value, Number.isNaN, "nan"))],
  ["isinf", of((value) => holds(value, (n) => Math.abs(n) === Infinity, "inf"))],
  [
    "isfinite",
    of((value) => !holds(value, Number.isNaN, "nan") && !holds(value, (n) => Math.abs(n) === Infinity, "inf")),
  ],
  ["min", { least: 1, most: 8, run: (args) => extreme(args, "<") }],
  ["max", { least: 1, most: 8, run: (args) => extreme(args, ">") }],
  [
    "round",
    { least: 1, most: 2, run: ([value, digits = 0]) => rounded(Number(numeric(value)), Number(numeric(digits))) },
  ],
]);

/** Methods of recorded values; the first argument is what stands before the dot. */
export const METHODS = new Map<string, Callable>([
  ["item", of((value) => numeric(value))],
  ["numel", of((value) => (isKind(value, "tensor") ? sizes(value).reduce((a, b) => a * b, 1) : lengthOf(value)))],
  ["dim", of((value) => sizes(arrayOf(value)).length)],
  [
    "size",
    {
      least: 1,
      most: 2,
      run: ([value, axis]) => (axis === undefined ? field(value, "shape") : indexed(field(value, "shape"), axis)),
    },
  ],
  ["min", of((value) => extreme([value], "<"))],
  ["max", of((value) => extreme([value], ">"))],
  ["sum", of(total)],
  ["mean", of((value) => statistic(arrayOf(value), "mean", (all) => all.reduce((a, b) => a + b, 0) / all.length))],
  ["std", of((value) => statistic(arrayOf(value), "std", deviation))],
  ["abs", of(absolute)],
  ["any", of(any)],
  ["all", of(all)],
  ["isnan", of((value) => holds(value, Number.isNaN, "nan"))],
  ["isinf", of((value) => holds(value, (n) => Math.abs(n) === Infinity, "inf"))],
  ["keys", of((value) => sequence("list", itemsOf(value)))],
  [
    "get",
    {
      least: 2,
      most: 3,
      run: ([value, key, otherwise = null]) => (compare(key, "in", value) ? indexed(value, key) : otherwise),
    },
  ],
  ["startswith", { least: 2, most: 2, run: ([value, start]) => beginning(value, start) }],
  ["endswith", { least: 2, most: 2, run: ([value, end]) => text(value).endsWith(text(end)) }],
  ["lower", of((value) => text(value).toLowerCase())],
  ["upper", of((value) => text(value).toUpperCase())],
  ["strip", of((value) => text(value).trim())],
]);

/** `value.name` */
export function field(value: Operand, name: string): Operand {
  if (isKind(value, "instance") || isKind(value, "module")) {
    const fields = Array.isArray(value.fields) ? value.fields : [];
    const found = fields.find((entry) => Array.isArray(entry) && entry[0] === name);
    if (found) return operand(found[1]);
    if (fields.length < value.length) throw new Undecided("not all of its fields are in the record");
  }
  if (isKind(value, "tensor")) {
    if (name === "shape") return sequence("tuple", sizes(value));
    if (name === "ndim") return sizes(value).length;
    if (name === "dtype") return String(value.dtype).replace(/^torch\./, "");
    if (name === "device") return String(value.device ?? "cpu");
    if (name === "requires_grad") return value.requires_grad === true;
  }
  if (isKind(value, "records") && name === "shape") return sequence("tuple", [value.row_count, value.column_count]);
  throw new Undecided(`${kindWords(value)} has no \`${name.slice(0, 40)}\` in the record`);
}

function arrayOf(value: Operand): Tensor {
  if (isKind(value, "tensor")) return value;
  throw new Undecided(`${kindWords(value)} is no array`);
}

function sizes({ shape }: Tensor): number[] {
  return Array.isArray(shape) ? shape.map(Number) : [];
}

function absolute(value: Operand): Operand {
  const n = numeric(value);
  return n < 0 ? -n : n;
}

function asFloat(value: Operand): Operand {
  if (typeof value !== "string") return Number(numeric(value));
  const words = value.trim().toLowerCase();
  const n = /^[-+]?(?:inf|infinity)$/.test(words) ? (words.startsWith("-") ? -Infinity : Infinity) : Number(words);
  if (words === "" || (Number.isNaN(n) && words !== "nan")) throw new Undecided("the string is no number");
  return n;
}

function asText(value: Operand): Operand {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return text(value);
}

function text(value: Operand): string {
  if (typeof value === "string") return value;
  if (isKind(value, "opaque") && typeof value.text === "string") return value.text;
  if (isKind(value, "text")) throw new Undecided("only the beginning of the string is in the record");
  throw new Undecided(`${kindWords(value)} is no string`);
}

function beginning(value: Operand, start: Operand): boolean {
  const wanted = text(start);
  if (isKind(value, "text") && String(value.text).length >= wanted.length) return String(value.text).startsWith(wanted);
  return text(value).startsWith(wanted);
}

function rounded(value: number, digits: number): number {
  if (!(Math.abs(digits) <= 15)) throw new Undecided("it rounds to more digits than a number has");
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

const numbers = (value: Operand) => itemsOf(value).map((item) => Number(numeric(item)));

function total(value: Operand): Operand {
  return numbers(value).reduce((sum, n) => sum + n, 0);
}

function any(value: Operand): Operand {
  return isSingle(value) ? truth(value) : itemsOf(value).some(truth);
}

function all(value: Operand): Operand {
  return isSingle(value) ? truth(value) : itemsOf(value).every(truth);
}

const isSingle = (value: Operand) => typeof value === "boolean" || typeof value === "number";

/** The least or the greatest: of the arguments, or of the items of the only one. */
function extreme(args: Operand[], by: "<" | ">"): Operand {
  const [only] = args;
  if (args.length === 1 && isKind(only, "tensor"))
    return statistic(only, by === "<" ? "min" : "max", (elements) => first(elements, by));
  return first(args.length === 1 ? itemsOf(only) : args, by);
}

function first<T extends Operand>(items: T[], by: "<" | ">"): T {
  if (items.length === 0) throw new Undecided("there is nothing to choose from");
  const nan = items.find((item) => Number.isNaN(item));
  return nan ?? items.reduce((best, item) => (compare(item, by, best) === true ? item : best));
}

/** Of all elements if they are in the record, else as it was worked out while recording: of the finite ones. */
function statistic(tensor: Tensor, name: "min" | "max" | "mean" | "std", work: (elements: number[]) => number): number {
  const { stats, elements } = tensor;
  if (Array.isArray(elements)) return work(elementsOf(tensor).map(Number));
  if (Number(stats?.nan) > 0) return NaN;
  const found = stats?.[name];
  if (typeof found !== "number" || Number(stats?.inf) > 0) throw new Undecided(`its ${name}() is not in the record`);
  return found;
}

function deviation(elements: number[]): number {
  const mean = elements.reduce((a, b) => a + b, 0) / elements.length;
  return Math.sqrt(elements.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (elements.length - 1));
}

/** Whether a number, or any of several, is of a kind that arrays count in their statistics. */
function holds(value: Operand, test: (n: number) => boolean, counted: "nan" | "inf"): boolean {
  if (isKind(value, "tensor") && !Array.isArray(value.elements)) {
    const found = value.stats?.[counted];
    if (typeof found !== "number") throw new Undecided("its statistics are not in the record");
    return found > 0;
  }
  if (isKind(value, "tensor") || isKind(value, "sequence") || value instanceof Mask) return numbers(value).some(test);
  return test(Number(numeric(value)));
}
