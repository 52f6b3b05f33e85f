/** Values of foreign traces: `{type, contents, dtype, shape}`, or plain JSON in the traces of the engine before it. */
import type { Value } from "../generated";
import { isObject } from "./objects";

/** Containers within containers that are read; a reader opens a few of them. */
const DEEPEST = 50;

const KEYS = ["type", "contents", "dtype", "shape"];

type Typed = { type: string; contents: unknown; dtype?: unknown; shape?: unknown };

export function toValue(value: unknown, depth = 0): Value {
  if (depth > DEEPEST) return { kind: "cut", reason: "depth", type: "" };
  return isTyped(value) ? toTypedValue(value, depth) : toPlainValue(value, "dict", depth);
}

/** A dict of the lecture's own may have a `type`, too; it will hardly have these names and no others. */
function isTyped(value: unknown): value is Typed {
  return (
    isObject(value) &&
    typeof value.type === "string" &&
    Object.hasOwn(value, "contents") &&
    Object.keys(value).every((key) => KEYS.includes(key))
  );
}

function toTypedValue({ type, contents, dtype, shape }: Typed, depth: number): Value {
  const name = type.slice(type.lastIndexOf(".") + 1);
  if (type === "NoneType") return null;
  if (typeof dtype === "string" && isShape(shape)) {
    const elements = [contents].flat(DEEPEST).map(toElement);
    const plain = dtype.replace(/^torch\./, "");
    return { kind: "tensor", type: name, shape, dtype: plain, elements };
  }
  if (Array.isArray(contents)) return toSequence(name, contents, depth);
  if (typeof contents === "number" && type.startsWith("numpy."))
    return { kind: "tensor", type: name, shape: [], dtype: name, elements: [toElement(contents)] };
  if (typeof contents === "number") return toNumber(contents, !/^(?:int|Integer)$/.test(name));
  if (typeof contents === "string" && type === "float") return { kind: "float", value: contents };
  if (typeof contents === "string" && type !== "str") return { kind: "opaque", type: name, text: contents };
  return toPlainValue(contents, name, depth);
}

function isShape(shape: unknown): shape is number[] {
  return Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function toElement(element: unknown): number | string | boolean | null {
  if (typeof element === "number") return Number.isFinite(element) ? element : written(element);
  return typeof element === "string" || typeof element === "boolean" ? element : null;
}

/** Of floats JSON keeps neither what is no number nor that 1.0 is one. */
function toNumber(value: number, isFloat: boolean): Value {
  if (!Number.isFinite(value)) return { kind: "float", value: written(value) };
  if (isFloat ? Number.isInteger(value) : !Number.isSafeInteger(value) && Number.isInteger(value))
    return { kind: "float", value };
  return value;
}

function written(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
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
  if (typeof value === "number") return toNumber(value, false);
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}
