import type { Tensor, Value } from "../format/generated";

/** What a point of a series is: missing, a number that can be drawn, or one that can only be marked. */
export const GAP = 0;
export const FINITE = 1;
export const NOT_A_NUMBER = 2;
export const INFINITE = 3;
export const MINUS_INFINITE = 4;

/** A row of values as numbers. */
export interface Series {
  /** What the numbers are: the values themselves, or the means of arrays. */
  of: "value" | "mean";
  /** NaN where a point is not finite. */
  numbers: Float64Array;
  kinds: Uint8Array;
  /** Of the finite points; at least one is. */
  min: number;
  max: number;
  /** How many are NaN, and how many infinite. */
  nan: number;
  infinite: number;
}

/**
 * The series that values make (indices into a trace's values; -1: none there): null where most are no numbers, or fewer
 * than two can be shown.
 */
export function seriesOf(values: Value[], indices: ArrayLike<number>): Series | null {
  return collect("value", values, indices) ?? collect("mean", values, indices);
}

function collect(of: Series["of"], values: Value[], indices: ArrayLike<number>): Series | null {
  const read = of === "value" ? numberIn : meanIn;
  const count = indices.length;
  const series: Series = {
    of,
    numbers: new Float64Array(count).fill(NaN),
    kinds: new Uint8Array(count),
    min: Infinity,
    max: -Infinity,
    nan: 0,
    infinite: 0,
  };
  let shown = 0;
  for (let i = 0; i < count; i++) {
    const number = indices[i] < 0 ? undefined : read(values[indices[i]]);
    if (number === undefined) continue;
    shown++;
    if (Number.isFinite(number)) {
      series.kinds[i] = FINITE;
      series.numbers[i] = number;
      if (number < series.min) series.min = number;
      if (number > series.max) series.max = number;
    } else if (Number.isNaN(number)) {
      series.kinds[i] = NOT_A_NUMBER;
      series.nan++;
    } else {
      series.kinds[i] = number > 0 ? INFINITE : MINUS_INFINITE;
      series.infinite++;
    }
  }
  const drawn = shown - series.nan - series.infinite;
  return shown >= 2 && drawn >= 1 && 2 * shown >= count ? series : null;
}

/** The number that a value is: an int, a float, a bool, an array of one element. */
export function numberIn(value: Value): number | undefined {
  switch (typeof value) {
    case "number":
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "object":
      if (value?.kind === "float") return parsed(value.value);
      if (value?.kind === "int") return value.digits ? undefined : finite(Number(value.text));
      if (value?.kind === "tensor" && isSingle(value)) return elementOf(value);
  }
  return undefined;
}

function meanIn(value: Value): number | undefined {
  return typeof value === "object" && value?.kind === "tensor" ? summaryOf(value)?.mean : undefined;
}

/** The least, the greatest and the mean element: as recorded, or of the elements where all of them are. */
export function summaryOf({ stats, elements }: Tensor): { min: number; max: number; mean: number } | null {
  const [min, max, mean] = [parsed(stats?.min), parsed(stats?.max), parsed(stats?.mean)];
  if (min !== undefined && max !== undefined && mean !== undefined) return { min, max, mean };
  if (!Array.isArray(elements)) return null;
  const numbers = elements.filter((each) => typeof each === "number");
  if (numbers.length === 0) return null;
  const range = numbers.reduce(
    ([low, high], each) => [Math.min(low, each), Math.max(high, each)],
    [Infinity, -Infinity],
  );
  return { min: range[0], max: range[1], mean: numbers.reduce((sum, each) => sum + each, 0) / numbers.length };
}

function isSingle({ elements, shape }: Tensor): boolean {
  return Array.isArray(elements) && elements.length === 1 && Array.isArray(shape) && shape.every((size) => size === 1);
}

function elementOf({ elements }: Tensor): number | undefined {
  const [element] = elements ?? [];
  return typeof element === "boolean" ? Number(element) : parsed(element);
}

/** The format writes what JSON cannot as the words `nan`, `inf`, `-inf`. */
function parsed(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return value === "nan" ? NaN : value === "inf" ? Infinity : value === "-inf" ? -Infinity : undefined;
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

/**
 * The points to draw on a line so many pixels wide: of each pixel column the first, the last, the lowest and the highest,
 * so that the line covers the very pixels that all points would (M4: Jugel et al., "M4: a visualization-oriented time series
 * data aggregation", VLDB 2014), and one of each kind that is not finite.
 */
export function sampled({ numbers, kinds }: Series, columns: number): Int32Array {
  const count = numbers.length;
  if (count <= 4 * columns) return Int32Array.from(numbers, (_, i) => i);
  const found: number[] = [];
  const oddKinds = new Int32Array(5); // of each kind but FINITE: where in this column it is first
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * count) / columns);
    const to = Math.floor(((column + 1) * count) / columns);
    let [low, high] = [-1, -1];
    oddKinds.fill(-1);
    for (let i = from; i < to; i++) {
      if (kinds[i] !== FINITE) {
        if (oddKinds[kinds[i]] < 0) oddKinds[kinds[i]] = i;
        continue;
      }
      if (low < 0 || numbers[i] < numbers[low]) low = i;
      if (high < 0 || numbers[i] > numbers[high]) high = i;
    }
    const chosen = [from, low, high, to - 1, ...oddKinds].filter((i) => i >= 0).sort((a, b) => a - b);
    for (const i of chosen) if (found.at(-1) !== i) found.push(i);
  }
  return Int32Array.from(found);
}

export type Scale = "linear" | "log";

/** How high on a plot a number of the series lies, from 0 to 1. A logarithmic scale needs a series above zero. */
export function heightOf({ min, max }: Series, scale: Scale): (number: number) => number {
  const on = scale === "log" && min > 0 ? Math.log : (number: number) => number / 2; // the range itself may overflow
  const [low, high] = [on(min), on(max)];
  return (number) => (high > low ? (on(number) - low) / (high - low) : 0.5);
}

/** Round numbers from `min` to `max` for an axis, about so many. */
export function ticks(min: number, max: number, about: number): number[] {
  const step = niceStep((max - min) / about);
  if (!(step > 0) || !Number.isFinite(step)) return [min];
  const found: number[] = [];
  const first = Math.ceil(min / step - 1e-9);
  for (let i = 0; i <= 3 * about && (first + i) * step <= max + step * 1e-9; i++) found.push((first + i) * step);
  return found;
}

/** Powers of ten from `min` to `max`, or ones and twos and fives where these are near each other; about so many. */
export function logTicks(min: number, max: number, about: number): number[] {
  const [low, high] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const every = Math.max(1, Math.ceil((high - low) / about));
  const factors = high - low <= about / 2 ? [1, 2, 5] : [1];
  const found: number[] = [];
  for (let exponent = low; exponent <= high; exponent += every)
    for (const factor of factors) {
      const tick = Number(`${factor}e${exponent}`);
      if (tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9)) found.push(tick);
    }
  return found.length > 1 ? found : [min, max];
}

function niceStep(rough: number): number {
  if (!(rough > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}
