import type { Stats, Tensor, Value } from "../../format/generated";

/** Parts of two values that are compared; beyond, they count as alike. */
const WORK = 100_000;
const DEEPEST = 40;

/** Exact, or how far numbers may lie apart, as a share of the larger one. */
export type Tolerance = number;

/**
 * Whether two values are alike. Numbers are, where they differ by no more than `tolerance` of the larger one; elements and
 * statistics of arrays, by no more than that of the largest element of both. Where that is 0, dtypes count as well. Neither
 * which memory an array lies in nor the address in a `repr` ever counts.
 */
export function agree(a: Value, b: Value, tolerance: Tolerance): boolean {
  return alike(a, b, tolerance, { left: WORK }, 0);
}

type Budget = { left: number };

function alike(a: unknown, b: unknown, tolerance: Tolerance, budget: Budget, depth: number): boolean {
  if (Object.is(a, b) || budget.left-- <= 0 || depth > DEEPEST) return true;
  const [x, y] = [numberIn(a), numberIn(b)];
  if (x !== null && y !== null) return close(x, y, Math.max(Math.abs(x), Math.abs(y)) * tolerance);
  if (typeof a === "string" && typeof b === "string") return withoutAddress(a) === withoutAddress(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length && budget.left > 0; i++) {
      if (!alike(a[i], b[i], tolerance, budget, depth + 1)) return false;
    }
    return true;
  }
  if (isTensor(a) && isTensor(b)) return tensorsAlike(a, b, tolerance);
  const names = Object.keys(a).filter(counts);
  if (names.length !== Object.keys(b).filter(counts).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) &&
      alike((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name], tolerance, budget, depth + 1),
  );
}

/** Where something lies, in memory or in the source, is no part of what it is. */
function counts(name: string): boolean {
  return name !== "storage" && name !== "file" && name !== "line";
}

function withoutAddress(text: string): string {
  return text.includes("0x") ? text.replace(/\b0x[0-9a-f]{6,16}\b/g, "0x…") : text;
}

function isTensor(value: object): value is Tensor {
  return (value as { kind?: unknown }).kind === "tensor";
}

function close(x: number, y: number, apart: number): boolean {
  if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return true;
  return Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= apart;
}

/** The number that a value is, or null: of a bool nothing. */
export function numberIn(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return null;
  const { kind, value: held, text } = value as { kind?: unknown; value?: unknown; text?: unknown };
  if (kind === "float") return asNumber(held);
  return kind === "int" && typeof text === "string" ? asNumber(text) : null;
}

/** A number as JSON or the record writes it: `nan` and `-inf` are strings. Null for what is none. */
export function asNumber(cell: unknown): number | null {
  if (typeof cell === "number") return cell;
  if (typeof cell !== "string" || cell.length > 400) return null;
  if (cell === "nan") return NaN;
  if (cell === "inf" || cell === "-inf") return cell === "inf" ? Infinity : -Infinity;
  return /^[-+]?\d[\d.]*(?:e[-+]?\d+)?$/i.test(cell) ? Number(cell) : null;
}

function tensorsAlike(a: Tensor, b: Tensor, tolerance: Tolerance): boolean {
  if (String(a.shape) !== String(b.shape)) return false;
  if (tolerance === 0 && a.dtype !== b.dtype) return false;
  const apart = tolerance * Math.max(largest(a), largest(b));
  const [own, other] = [cellsOf(a), cellsOf(b)];
  if (own && other && own.length === other.length) {
    for (let i = 0; i < own.length; i++) if (!cellsAlike(own[i], other[i], apart)) return false;
  }
  return statsAlike(a.stats, b.stats, apart);
}

function cellsAlike(a: unknown, b: unknown, apart: number): boolean {
  if (Object.is(a, b)) return true;
  const [x, y] = [asNumber(a), asNumber(b)];
  return x !== null && y !== null && close(x, y, apart);
}

const MEASURED = ["min", "max", "mean", "std"] as const;

function statsAlike(a: Stats | null | undefined, b: Stats | null | undefined, apart: number): boolean {
  if (!a || !b || typeof a !== "object" || typeof b !== "object") return true;
  if ((a.nan ?? 0) !== (b.nan ?? 0) || (a.inf ?? 0) !== (b.inf ?? 0)) return false;
  // The mean of a sample is that of the sample.
  return MEASURED.every((name) => (a[name] ?? null) === (b[name] ?? null) || cellsAlike(a[name], b[name], apart));
}

/** The elements of an array that the record has, in an order that two arrays of one shape share; null where it has none. */
export function cellsOf({ elements, picture }: Tensor): readonly unknown[] | null {
  if (Array.isArray(elements)) return elements;
  return Array.isArray(picture?.cells) ? picture.cells : null;
}

/** The size of the largest element that is known. */
function largest(tensor: Tensor): number {
  const { stats } = tensor;
  let size = Math.max(Math.abs(asNumber(stats?.min) ?? 0), Math.abs(asNumber(stats?.max) ?? 0));
  if (size > 0 && Number.isFinite(size)) return size;
  size = 0;
  for (const cell of cellsOf(tensor) ?? []) {
    const number = Math.abs(asNumber(cell) ?? 0);
    if (number > size && Number.isFinite(number)) size = number;
  }
  return size;
}

/** A number, also the one element of an array without axes. */
function singleIn(value: Value): number | null {
  if (typeof value !== "object" || value?.kind !== "tensor") return numberIn(value);
  const { shape, elements } = value;
  const single = Array.isArray(shape) && shape.length === 0 && Array.isArray(elements) && elements.length === 1;
  return single ? asNumber(elements[0]) : null;
}

/** How two numbers differ: by how much, and by what share of the first; null where one is none. */
export function differenceOf(a: Value, b: Value): { by: number; share: number } | null {
  const [x, y] = [singleIn(a), singleIn(b)];
  if (x === null || y === null) return null;
  return { by: y - x, share: (y - x) / Math.abs(x) };
}
