import type { Tensor, Value } from "../../format/generated";
import { asNumber } from "./agreement";

/** Arrays of more elements are never whole in a record of ours. */
const MOST_ELEMENTS = 65_536;

/** A fact about an array on both sides. */
export interface ArrayFact {
  name: string;
  a: string | number | null;
  b: string | number | null;
}

/** What is to compare of two arrays before their elements. */
export function arrayFacts(a: Tensor, b: Tensor): ArrayFact[] {
  const facts: ArrayFact[] = [
    { name: "shape", a: shapeOf(a), b: shapeOf(b) },
    { name: "dtype", a: String(a.dtype), b: String(b.dtype) },
    { name: "device", a: a.device ?? null, b: b.device ?? null },
  ];
  const [own, other] = [measuresOf(a), measuresOf(b)];
  for (const name of MEASURES) facts.push({ name, a: own[name], b: other[name] });
  for (const name of ["nan", "inf"] as const) {
    const [x, y] = [a.stats?.[name] ?? 0, b.stats?.[name] ?? 0];
    if (x || y) facts.push({ name, a: x, b: y });
  }
  return facts.filter((fact) => fact.a !== null || fact.b !== null);
}

const MEASURES = ["min", "max", "mean", "std"] as const;
type Measures = Record<(typeof MEASURES)[number], number | null>;

/** The statistics of the record; of an array whose elements are all there, and which has none for that, those of the elements. */
function measuresOf({ stats, elements }: Tensor): Measures {
  if (stats || !Array.isArray(elements)) {
    const [min, max, mean, std] = MEASURES.map((name) => asNumber(stats?.[name]));
    return { min, max, mean, std };
  }
  const numbers = elements
    .slice(0, MOST_ELEMENTS)
    .map(elementOf)
    .filter((n): n is number => n !== null && Number.isFinite(n));
  if (numbers.length === 0) return { min: null, max: null, mean: null, std: null };
  let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const n of numbers) {
    min = Math.min(min, n);
    max = Math.max(max, n);
    sum += n;
  }
  const mean = sum / numbers.length;
  for (const n of numbers) squares += (n - mean) ** 2;
  return { min, max, mean, std: Math.sqrt(squares / numbers.length) };
}

function shapeOf({ shape }: Tensor): string {
  return Array.isArray(shape) ? `[${shape.slice(0, 16).join(", ")}]` : "?";
}

/** How far the elements of two arrays lie apart, as far as both are in the record. */
export interface Apart {
  /** The largest difference of two elements, and the mean of all, as sizes. */
  largest: number;
  mean: number;
  /** Elements that were compared, and those of them that differ. */
  of: number;
  differ: number;
  /** Every element was compared, else those of the sample. */
  whole: boolean;
}

/** B minus A, element by element: the figures, and where all elements are in the record the differences as an array. */
export function elementsApart(a: Tensor, b: Tensor): { apart: Apart; differences: Tensor | null } | null {
  if (!Array.isArray(a.shape) || String(a.shape) !== String(b.shape)) return null;
  const whole = Array.isArray(a.elements) && Array.isArray(b.elements);
  const [own, other] = whole ? [a.elements!, b.elements!] : sampled(a, b);
  if (own.length === 0 || own.length !== other.length || own.length > MOST_ELEMENTS) return null;
  const elements: (number | string)[] = [];
  let [largest, sum, finite, differ] = [0, 0, 0, 0];
  for (let i = 0; i < own.length; i++) {
    const [x, y] = [elementOf(own[i]), elementOf(other[i])];
    if (x === null || y === null) return null;
    const by = x === y ? 0 : y - x;
    elements.push(Number.isFinite(by) ? by : String(by).replace("Infinity", "inf").replace("NaN", "nan"));
    if (by !== 0 && !(Number.isNaN(x) && Number.isNaN(y))) differ++;
    if (!Number.isFinite(by)) continue;
    finite++;
    sum += Math.abs(by);
    largest = Math.max(largest, Math.abs(by));
  }
  const apart = { largest, mean: finite > 0 ? sum / finite : NaN, of: own.length, differ, whole };
  const { type, shape, dimensions } = a;
  const dtype = /float|complex/.test(a.dtype) ? a.dtype : "float64";
  const drawn: Tensor = { kind: "tensor", type, shape, dtype, elements, ...(dimensions && { dimensions }) };
  return { apart, differences: whole && differ > 0 ? drawn : null };
}

function elementOf(cell: unknown): number | null {
  return typeof cell === "boolean" ? Number(cell) : asNumber(cell);
}

/** The cells of two samples of the same elements. */
function sampled(a: Tensor, b: Tensor): [readonly unknown[], readonly unknown[]] {
  const [x, y] = [a.picture, b.picture];
  const alike =
    x && y && String(x.row_indices) === String(y.row_indices) && String(x.column_indices) === String(y.column_indices);
  return alike && Array.isArray(x.cells) && Array.isArray(y.cells) ? [x.cells, y.cells] : [[], []];
}

export function isArray(value: Value | undefined): value is Tensor {
  return typeof value === "object" && value !== null && value.kind === "tensor";
}
