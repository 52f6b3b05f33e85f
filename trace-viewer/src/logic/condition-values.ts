import type { Value } from "../format/generated";
import type { Arithmetic, Comparison } from "./condition-syntax";

/**
 * What a condition computes with: recorded values, read as Python has them as far as the record goes. Floats are numbers,
 * integers too large for one are bigints; the rest stays as it was recorded.
 */
export type Operand = Recorded | number | bigint | boolean | string | null | Mask;

type Recorded = Exclude<Extract<Value, object>, { kind: "int" | "float" }>;
type OfKind<K extends Recorded["kind"]> = Extract<Recorded, { kind: K }>;

/** What a comparison says of each element of an array. */
export class Mask {
  constructor(readonly elements: boolean[]) {}
}

/** Why a condition is neither true nor false somewhere: a sentence without its full stop. */
export class Undecided extends Error {}

/** Values inside of values are compared so deep, and so many of them. */
const DEEPEST = 40;
const MOST = 20_000;
const MOST_DIGITS = 5_000;

/** A recorded value as a condition sees it. */
export function operand(value: Value | undefined): Operand {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object") return value;
  if (value.kind === "float") return pythonNumber(value.value);
  if (value.kind !== "int") return value;
  if (typeof value.digits === "number") throw new Undecided(`not all of its ${value.digits} digits are in the record`);
  const digits = String(value.text);
  if (!/^-?\d+$/.test(digits) || digits.length > MOST_DIGITS) throw new Undecided("the record of a number is damaged");
  return BigInt(digits);
}

/** A number as the record writes it, where `nan`, `inf` and `-inf` are words. */
function pythonNumber(value: unknown): number {
  if (typeof value === "number") return value;
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : NaN;
}

export function sequence(type: string, items: Operand[]): Operand {
  return { kind: "sequence", type, items: items as Value[], length: items.length };
}

/** What kind of thing it is, for a sentence. */
export function kindWords(value: Operand): string {
  if (value === null) return "None";
  if (value instanceof Mask) return `an array of ${value.elements.length} truth values`;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" || typeof value === "bigint") return "a number";
  if (typeof value === "string" || value.kind === "text") return "a string";
  if (value.kind === "tensor") return `${short(value.type)} of shape ${shapeWords(value.shape)}`;
  return "type" in value ? `a ${short(value.type)}` : "something else";
}

function short(type: unknown): string {
  return String(type).slice(0, 40);
}

function shapeWords(shape: unknown): string {
  const sizes = list(shape).slice(0, 8).map(String);
  return `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
}

function list(items: unknown): unknown[] {
  return Array.isArray(items) ? items : [];
}

export function isKind<K extends Recorded["kind"]>(value: Operand, kind: K): value is OfKind<K> {
  return typeof value === "object" && value !== null && !(value instanceof Mask) && value.kind === kind;
}

/** Every element of an array, in row-major order; what is not all in the record cannot be asked. */
export function elementsOf(tensor: OfKind<"tensor">): (number | boolean)[] {
  const sizes = list(tensor.shape).map(Number);
  const count = sizes.reduce((product, size) => product * size, 1);
  if (tensor.problem) throw new Undecided(`the record has no elements: ${String(tensor.problem).slice(0, 80)}`);
  if (!Array.isArray(tensor.elements) || tensor.elements.length !== count)
    throw new Undecided("only a sample of its elements is in the record; its min(), max() and mean() are");
  return tensor.elements.map((element) => (typeof element === "boolean" ? element : pythonNumber(element)));
}

/** The one element of an array that has one. */
function onlyElement(tensor: OfKind<"tensor">): number | boolean {
  const elements = list(tensor.shape).every((size) => size === 1) ? elementsOf(tensor) : [];
  if (elements.length !== 1)
    throw new Undecided(`${kindWords(tensor)} has many elements: any(…) or all(…) says which are meant`);
  return elements[0];
}

/** The operand as a number: truth values count as 1 and 0, an array of one element as that. */
export function numeric(value: Operand): number | bigint {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return Number(value);
  if (isKind(value, "tensor")) return Number(onlyElement(value));
  throw new Undecided(`${kindWords(value)} is no number`);
}

/** Whether Python would take it for true. */
export function truth(value: Operand): boolean {
  if (value === null) return false;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "bigint") return Boolean(value);
  if (typeof value === "string") return value !== "";
  if (value instanceof Mask) {
    if (value.elements.length === 1) return value.elements[0];
    throw new Undecided(`${kindWords(value)} is neither true nor false: any(…) or all(…) says which are meant`);
  }
  if (value.kind === "tensor") return Boolean(onlyElement(value));
  const length = lengthOrNull(value);
  return length === null || length > 0;
}

export function lengthOf(value: Operand): number {
  if (isKind(value, "tensor") && list(value.shape).length > 0) return Number(list(value.shape)[0]);
  const length = lengthOrNull(value);
  if (length === null) throw new Undecided(`${kindWords(value)} has no length`);
  if (!(length >= 0)) throw new Undecided("its length is not in the record");
  return length;
}

function lengthOrNull(value: Operand): number | null {
  if (typeof value === "string") return /[\ud800-\udbff]/.test(value) ? [...value].length : value.length;
  if (typeof value !== "object" || value === null || value instanceof Mask) return null;
  if (value.kind === "records") return Number(value.row_count);
  if (["sequence", "mapping", "tokens", "text", "bytes"].includes(value.kind))
    return Number((value as { length: unknown }).length);
  return null;
}

/** The items of what can be gone through; all of them must be in the record. */
export function itemsOf(value: Operand): Operand[] {
  if (value instanceof Mask) return value.elements;
  if (isKind(value, "tensor")) return elementsOf(value);
  const [items, length] = recordedItems(value);
  if (items.length !== length) throw new Undecided(`only ${items.length} of its ${length} items are in the record`);
  return items;
}

function recordedItems(value: Operand): [items: Operand[], length: number] {
  if (isKind(value, "sequence")) return [list(value.items).map(operandOf), Number(value.length)];
  if (isKind(value, "mapping")) return [entriesOf(value).map(([key]) => key), Number(value.length)];
  if (isKind(value, "tokens")) return [list(value.ids).map(Number), Number(value.length)];
  if (typeof value === "string") return [[...value], lengthOf(value)];
  throw new Undecided(`${kindWords(value)} has no items`);
}

const operandOf = (value: unknown) => operand(value as Value);

function entriesOf(mapping: OfKind<"mapping">): [Operand, unknown][] {
  return list(mapping.entries).map((entry) => [operandOf(list(entry)[0]), list(entry)[1]]);
}

export function compare(left: Operand, by: Comparison, right: Operand): boolean | Mask {
  switch (by) {
    case "in":
      return contains(right, left);
    case "not in":
      return !contains(right, left);
    case "is":
      return left === right;
    case "is not":
      return left !== right;
    default:
      return elementwise(left, by, right) ?? compareSingle(left, by, right);
  }
}

/** An array and a number: each element for itself, unless there is only one. */
function elementwise(left: Operand, by: Comparison, right: Operand): Mask | null {
  const many = (value: Operand) => isKind(value, "tensor") && list(value.shape).some((size) => size !== 1);
  if (!many(left) && !many(right)) return null;
  if (many(left) && many(right))
    throw new Undecided("two arrays are compared element by element, which is not known here");
  const elements = itemsOf(many(left) ? left : right);
  const other = numeric(many(left) ? right : left);
  return new Mask(
    elements.map((each) => (many(left) ? ordered(numeric(each), by, other) : ordered(other, by, numeric(each)))),
  );
}

function compareSingle(left: Operand, by: Comparison, right: Operand): boolean {
  if (by === "==" || by === "!=") return equal(left, right, { left: MOST }, 0) === (by === "==");
  if (typeof left === "string" && typeof right === "string") return ordered(left, by, right);
  if (isKind(left, "sequence") && isKind(right, "sequence")) {
    const [a, b] = [itemsOf(left), itemsOf(right)];
    const budget = { left: MOST };
    const differs = a.findIndex((item, i) => i >= b.length || !equal(item, b[i], budget, 0));
    if (differs < 0 || differs >= b.length) return ordered(a.length, by, b.length);
    return compareSingle(a[differs], by, b[differs]);
  }
  for (const side of [left, right])
    if (typeof side === "string" || side === null || isKind(side, "sequence"))
      throw new Undecided(`\`${by}\` does not stand between ${kindWords(left)} and ${kindWords(right)}`);
  return ordered(numeric(left), by, numeric(right));
}

function ordered<T extends number | bigint | string>(left: T, by: Comparison, right: T): boolean {
  switch (by) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "==":
      // oxlint-disable-next-line eqeqeq -- a bigint is equal to the number that it is
      return left == right;
    default:
      // oxlint-disable-next-line eqeqeq
      return left != right;
  }
}

/** As `==` has it; `budget` bounds how much of what a trace holds is looked at. */
function equal(a: Operand, b: Operand, budget: { left: number }, depth: number): boolean {
  if (budget.left-- <= 0 || depth > DEEPEST) throw new Undecided("the values are too large to compare");
  const isNumber = (value: Operand) =>
    typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" || isKind(value, "tensor");
  if (isNumber(a) && isNumber(b)) return ordered(numeric(a), "==", numeric(b));
  if (isKind(a, "text") || isKind(b, "text")) return equalText(a, b);
  if (typeof a === "string" || typeof b === "string") return wordsOf(a) === wordsOf(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (isKind(a, "sequence") && isKind(b, "sequence")) return equalSequences(a, b, budget, depth);
  if (isKind(a, "mapping") && isKind(b, "mapping")) {
    if (lengthOf(a) !== lengthOf(b)) return false;
    itemsOf(a);
    itemsOf(b);
    const others = entriesOf(b);
    return entriesOf(a).every(([key, value]) => {
      const found = others.find(([other]) => equal(key, other, budget, depth + 1));
      return found !== undefined && equal(operandOf(value), operandOf(found[1]), budget, depth + 1);
    });
  }
  const [left, right] = [wordsOf(a), wordsOf(b)];
  if (left !== null && right !== null) return left === right;
  throw new Undecided(`${kindWords(a)} and ${kindWords(b)} are not compared here`);
}

function equalSequences(
  a: OfKind<"sequence">,
  b: OfKind<"sequence">,
  budget: { left: number },
  depth: number,
): boolean {
  const plain = ["list", "tuple", "set"];
  if (plain.includes(a.type) && plain.includes(b.type) && a.type !== b.type) return false;
  if (lengthOf(a) !== lengthOf(b)) return false;
  const [left, right] = [itemsOf(a), itemsOf(b)];
  if (/set$/i.test(String(a.type)))
    return left.every((item) => right.some((other) => equal(item, other, budget, depth + 1)));
  return left.every((item, i) => equal(item, right[i], budget, depth + 1));
}

/** Of a long string only the beginning is in the record. */
function equalText(a: Operand, b: Operand): boolean {
  const [long, other] = isKind(a, "text") ? [a, b] : [b as OfKind<"text">, a];
  if (typeof other !== "string" && !isKind(other, "text")) return false;
  if (lengthOf(long) !== lengthOf(other)) return false;
  throw new Undecided("only the beginning of the string is in the record");
}

/** What something is called that is no container: a string, a device, a dtype, a function; null for all else. */
function wordsOf(value: Operand): string | null {
  if (typeof value === "string") return value;
  if (isKind(value, "opaque")) return typeof value.text === "string" ? value.text.replace(/^torch\./, "") : null;
  if (isKind(value, "definition")) return String(value.name);
  if (isKind(value, "formula")) return String(value.text);
  return null;
}

function contains(whole: Operand, part: Operand): boolean {
  if (typeof whole === "string" || isKind(whole, "text")) {
    if (typeof part !== "string") throw new Undecided(`${kindWords(part)} cannot be in a string`);
    if (typeof whole === "string") return whole.includes(part);
    if (String(whole.text).includes(part)) return true;
    throw new Undecided("only the beginning of the string is in the record");
  }
  if (isKind(whole, "tokens") && typeof part === "string") {
    if (list(whole.pieces).includes(part)) return true;
    itemsOf(whole);
    return false;
  }
  if (isKind(whole, "records") && typeof part === "string") return list(whole.columns).includes(part);
  const [items, length] = isKind(whole, "tensor") ? [elementsOf(whole), -1] : recordedItems(whole);
  const budget = { left: MOST };
  if (items.some((item) => equal(item, part, budget, 0))) return true;
  if (length >= 0 && items.length < length)
    throw new Undecided(`only ${items.length} of its ${length} items are in the record`);
  return false;
}

export function arithmetic(left: Operand, by: Arithmetic, right: Operand): Operand {
  if (by === "+" && typeof left === "string" && typeof right === "string") return left + right;
  const [a, b] = [numeric(left), numeric(right)];
  if (["/", "//", "%"].includes(by) && Number(b) === 0) throw new Undecided("it divides by zero");
  if (whole(a) && whole(b) && (typeof a === "bigint" || typeof b === "bigint") && by !== "/" && by !== "**")
    return exact(BigInt(a), by, BigInt(b));
  const [x, y] = [Number(a), Number(b)];
  switch (by) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return x / y;
    case "//":
      return Math.floor(x / y);
    case "%":
      return x - y * Math.floor(x / y);
    default:
      return x ** y;
  }
}

const whole = (n: number | bigint) => typeof n === "bigint" || Number.isInteger(n);

function exact(a: bigint, by: Arithmetic, b: bigint): bigint {
  if (by === "+") return a + b;
  if (by === "-") return a - b;
  if (by === "*") return a * b;
  const rest = ((a % b) + b) % b;
  return by === "%" ? rest : (a - rest) / b;
}

/** `of[at]` */
export function indexed(of: Operand, at: Operand): Operand {
  if (isKind(of, "mapping")) {
    const found = entriesOf(of).find(([key]) => equal(key, at, { left: MOST }, 0));
    if (found) return operandOf(found[1]);
    if (entriesOf(of).length < Number(of.length)) throw new Undecided("not all of its entries are in the record");
    throw new Undecided("it has no such key");
  }
  if (isKind(of, "records") && typeof at === "string") {
    const column = list(of.columns).indexOf(at);
    if (column < 0) throw new Undecided(`it has no column \`${at.slice(0, 40)}\` in the record`);
    const rows = list(of.rows).map((row) => list(row)[column]);
    return { kind: "sequence", type: "list", items: rows as Value[], length: Number(of.row_count) };
  }
  if (isKind(of, "records")) {
    const row = list(list(of.rows)[place(at, Number(of.row_count))]);
    const entries = list(of.columns).map((column, i) => [column, row[i]] as [Value, Value]);
    return { kind: "mapping", type: "dict", entries, length: Number(of.column_count) };
  }
  if (isKind(of, "tensor")) return element(of, isKind(at, "sequence") ? itemsOf(at) : [at]);
  const [items, length] = recordedItems(of);
  const found = place(at, length);
  if (found >= items.length) throw new Undecided(`only ${items.length} of its ${length} items are in the record`);
  return items[found];
}

/** An index from either end, within bounds. */
function place(at: Operand, length: number): number {
  const n = Number(numeric(at));
  const found = n < 0 ? n + length : n;
  if (!Number.isInteger(n) || found < 0 || found >= length) throw new Undecided(`it has no item ${String(n)}`);
  return found;
}

function element(tensor: OfKind<"tensor">, indices: Operand[]): Operand {
  const sizes = list(tensor.shape).map(Number);
  if (indices.length !== sizes.length)
    throw new Undecided(`an element of ${kindWords(tensor)} takes ${sizes.length} indices`);
  const flat = indices.reduce<number>((offset, index, axis) => offset * sizes[axis] + place(index, sizes[axis]), 0);
  return elementsOf(tensor)[flat];
}

/** `of[start:end]` */
export function sliced(of: Operand, start: Operand, end: Operand): Operand {
  const items = itemsOf(of);
  const bound = (at: Operand, otherwise: number) => (at === null ? otherwise : Number(numeric(at)));
  const part = items.slice(bound(start, 0), bound(end, items.length));
  return typeof of === "string" ? part.join("") : sequence(isKind(of, "sequence") ? of.type : "list", part);
}
