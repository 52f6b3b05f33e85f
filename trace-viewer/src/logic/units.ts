/** Quantities as engineers write them: 3.42 GFLOP, 12 KiB, 1.2 ms. */

/** How many figures a quantity is written in: three to read it, two where there is little room. */
type Figures = 2 | 3;

const SI = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const IEC = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const SECONDS = ["ns", "µs", "ms", "s"];

/** Made once: making one takes a hundred times as long as using it. */
const FORMAT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 8 });

/** A quantity in steps of a thousand: `si(3.42e9, "FLOP")` is `3.42 GFLOP`. */
export function si(value: number, unit: string, figures: Figures = 3): string {
  return scaled(value, 1000, SI, unit, figures);
}

/** Bytes in steps of 1024: `12 KiB`. */
export function bytes(value: number, figures: Figures = 3): string {
  return scaled(value, 1024, IEC, "B", figures);
}

/** A time given in seconds: `1.2 ms`. From 1,000 s on the seconds are counted on: `4,210 s`. */
export function seconds(value: number, figures: Figures = 3): string {
  if (!Number.isFinite(value)) return `${value} s`;
  const size = Math.abs(value);
  if (size >= 1e9) return `${exponential(value)} s`;
  let [at, unit] = [size * 1e9, 0];
  while (unit < SECONDS.length - 1 && Math.round(at) >= 1000) {
    at /= 1000;
    unit++;
  }
  if (unit === 0 && size > 0 && at < 0.01) return `${exponential(value)} s`;
  return `${sign(value)}${written(at, figures)} ${SECONDS[unit]}`;
}

/** A ratio without a unit, or with one that takes no prefix: 0.98, 1.02, 295, 1.5e+6. */
export function plain(value: number, figures: Figures = 3): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (size !== 0 && (size < 0.001 || size >= 1e6))) return exponential(value);
  return `${sign(value)}${written(size, figures)}`;
}

/** A share of something, between nothing and all: `34 %`. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${sign(share)}${written(Math.abs(share) * 100, 2)} %`;
}

function scaled(value: number, step: number, prefixes: string[], unit: string, figures: Figures): string {
  if (!Number.isFinite(value)) return `${value} ${unit}`;
  let [size, prefix] = [Math.abs(value), 0]; // 999.7 would be written 1,000, and so is the next prefix's
  while (prefix < prefixes.length - 1 && Math.round(size) >= step) {
    size /= step;
    prefix++;
  }
  if (Math.round(size) >= step * 10 || (size > 0 && size < 0.001)) return `${exponential(value)} ${unit}`;
  return `${sign(value)}${written(size, figures)} ${prefixes[prefix]}${unit}`;
}

/** No figure before the point is ever rounded away; those behind it that say nothing are left out. */
function written(size: number, figures: Figures): string {
  if (size === 0) return "0";
  const decimals = Math.min(Math.max(figures - 1 - Math.floor(Math.log10(size)), 0), 20);
  return FORMAT.format(Number(size.toFixed(decimals)));
}

function exponential(value: number): string {
  return Number.isFinite(value) ? value.toExponential(2).replace("-", "−") : String(value);
}

function sign(value: number): string {
  return value < 0 ? "−" : "";
}
