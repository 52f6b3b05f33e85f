/** Numbers as a reader wants them: as Python writes them, or so that a column of them lines up. */

/** A whole number with its thousands apart: 12,000. Without `Intl`: loading its data would hold up the first screen. */
export function count(n: number): string {
  const text = Number.isInteger(n) ? String(BigInt(n)) : String(Math.round(n * 1000) / 1000);
  return text.replace(/\B(?=(?:\d{3})+(?:\.|$))/g, ",");
}

/** A float as Python's `repr` writes it: 1.0, 1e-07, nan. */
export function pythonFloat(value: number | string): string {
  if (typeof value === "string") return value;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa, exponent = "+0"] = value.toExponential().split("e");
    return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}

/** One number in about four figures, or as many as there is room for. */
export function brief(value: number | string, figures = 4): string {
  const n = Number(value);
  if (!Number.isFinite(n)) return String(value);
  if (Number.isInteger(n) && Math.abs(n) < 1e7) return minus(String(n));
  const size = Math.abs(n);
  if (size < 1e-3 || size >= 1e7) return minus(n.toExponential(Math.min(2, figures - 1)));
  return minus(String(Number(n.toPrecision(figures))));
}

const MOST_DECIMALS = 4;

/**
 * A way to write each of these numbers so that they line up: all whole, or with the fewest decimals that are exact (four
 * at most), or, when their sizes are too far apart for that, each with its exponent.
 */
export function aligned(numbers: Iterable<number>, floats = false): (n: number) => string {
  let largest = 0;
  let smallest = Infinity;
  let decimals = floats ? 1 : 0;
  for (const n of numbers) {
    const size = Math.abs(n);
    if (!Number.isFinite(size) || size === 0) continue;
    largest = Math.max(largest, size);
    smallest = Math.min(smallest, size);
    while (decimals < MOST_DECIMALS && Math.abs(Number(n.toFixed(decimals)) - n) > size * 1e-9) decimals++;
  }
  // No number but zero is written as zero.
  const vanishes = smallest < 0.5 * 10 ** -decimals;
  if (decimals > 0 && (largest >= 1e7 || vanishes || (largest < 1e-2 && smallest < 1e-3)))
    return (n) => minus(n === 0 ? "0" : n.toExponential(2));
  return (n) => minus(n.toFixed(decimals));
}

/** A minus as wide as a plus. */
function minus(text: string): string {
  return text.replace("-", "−");
}
