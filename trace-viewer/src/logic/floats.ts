/**
 * Floating-point formats, bit by bit: what a pattern means, and how a number is stored in a format.
 *
 * IEEE 754-2019 for float64, float32 and float16; bfloat16 is the upper half of a float32; the 8-bit formats are E4M3 (no
 * infinities, one NaN per sign: "fn") and E5M2 of "FP8 Formats for Deep Learning" (Micikevicius et al., 2022). What is too
 * large for E4M3 becomes its largest number, as in PyTorch from 2.12 on (pytorch/pytorch#178817); before, it became NaN.
 */

export interface FloatFormat {
  name: string;
  exponentBits: number;
  mantissaBits: number;
  bias: number;
  /** The largest exponent field means infinities and NaN; without, only the all-ones pattern is NaN. */
  infinities: boolean;
}

/** The three fields of a stored number, as the integers that their bits spell. */
export interface Fields {
  sign: 0 | 1;
  exponent: number;
  mantissa: number;
}

export type FloatClass = "normal" | "subnormal" | "zero" | "infinite" | "nan";

const format = (name: string, exponentBits: number, mantissaBits: number, infinities = true): FloatFormat => ({
  name,
  exponentBits,
  mantissaBits,
  bias: 2 ** (exponentBits - 1) - 1,
  infinities,
});

export const FORMATS = {
  float64: format("float64", 11, 52),
  float32: format("float32", 8, 23),
  float16: format("float16", 5, 10),
  bfloat16: format("bfloat16", 8, 7),
  float8_e4m3fn: format("float8_e4m3fn", 4, 3, false),
  float8_e5m2: format("float8_e5m2", 5, 2),
} as const;

/** The format of a dtype as PyTorch and NumPy name it; undefined when it is no float or one not known here. */
export function formatOf(dtype: string): FloatFormat | undefined {
  return Object.hasOwn(FORMATS, dtype) ? FORMATS[dtype as keyof typeof FORMATS] : undefined;
}

export function classOf({ exponentBits, mantissaBits, infinities }: FloatFormat, fields: Fields): FloatClass {
  const { exponent, mantissa } = fields;
  if (exponent === 0) return mantissa === 0 ? "zero" : "subnormal";
  if (exponent < 2 ** exponentBits - 1) return "normal";
  if (infinities) return mantissa === 0 ? "infinite" : "nan";
  return mantissa === 2 ** mantissaBits - 1 ? "nan" : "normal";
}

/** The number that the fields stand for; exact, since no format here is wider than JavaScript's numbers. */
export function decode(format: FloatFormat, fields: Fields): number {
  const { sign, exponent, mantissa } = fields;
  const signed = (size: number) => (sign ? -size : size);
  switch (classOf(format, fields)) {
    case "zero":
      return signed(0);
    case "nan":
      return NaN;
    case "infinite":
      return signed(Infinity);
    case "subnormal":
      return signed(mantissa * unit(format, 1));
    case "normal":
      return signed((2 ** format.mantissaBits + mantissa) * unit(format, exponent));
  }
}

/** The number as the format stores it: the nearest, of two as near the one whose last bit is 0. */
export function encode(format: FloatFormat, x: number): Fields {
  const { mantissaBits, bias } = format;
  if (Number.isNaN(x)) return nan(format);
  const sign = x < 0 || Object.is(x, -0) ? 1 : 0;
  const size = Math.abs(x);
  if (size === 0) return { sign, exponent: 0, mantissa: 0 };
  if (size === Infinity) return tooLarge(format, sign);
  const whole = 2 ** mantissaBits;
  let exponent = Math.max(1, binaryExponent(size) + bias);
  let steps = toEven(scaled(size, bias + mantissaBits - exponent)); // in units of the last place
  if (steps === 2 * whole) {
    steps = whole;
    exponent++;
  }
  if (steps < whole) return { sign, exponent: 0, mantissa: steps };
  const fields: Fields = { sign, exponent, mantissa: steps - whole };
  const top = 2 ** format.exponentBits - 1;
  const fits = format.infinities ? exponent < top : exponent < top || (exponent === top && fields.mantissa < whole - 1);
  return fits ? fields : tooLarge(format, sign);
}

/** The number that remains of `x` once it has been stored. */
export function rounded(format: FloatFormat, x: number): number {
  return decode(format, encode(format, x));
}

/** The bits of the fields as a string of 0 and 1, field by field. */
export function bitsOf(format: FloatFormat, { sign, exponent, mantissa }: Fields): [string, string, string] {
  return [
    String(sign),
    exponent.toString(2).padStart(format.exponentBits, "0"),
    mantissa.toString(2).padStart(format.mantissaBits, "0"),
  ];
}

/** The distance from a number to the next one away from zero (its unit in the last place); NaN for what is not finite. */
export function spacing(format: FloatFormat, fields: Fields): number {
  const kind = classOf(format, fields);
  return kind === "nan" || kind === "infinite" ? NaN : unit(format, Math.max(1, fields.exponent));
}

export interface Range {
  largest: number;
  smallestNormal: number;
  smallestSubnormal: number;
  /** Sizes up to this one are stored as 0. */
  vanishes: number;
  /** Sizes from this one on are stored as infinity or, where there is none, as the largest number. */
  overflows: number;
}

export function rangeOf(format: FloatFormat): Range {
  const { mantissaBits, exponentBits, infinities } = format;
  const top = 2 ** exponentBits - (infinities ? 2 : 1);
  const ones = 2 ** mantissaBits - (infinities ? 1 : 2);
  const largest = decode(format, { sign: 0, exponent: top, mantissa: ones });
  const half = unit(format, top) / 2;
  const smallestSubnormal = unit(format, 1);
  return {
    largest,
    smallestNormal: 2 ** mantissaBits * smallestSubnormal,
    smallestSubnormal,
    vanishes: smallestSubnormal / 2,
    // Halfway to the number that would come next, a tie goes to the even neighbour: up, after a mantissa of ones; down in
    // E4M3, whose largest number ends in 110. There the next JavaScript number is the first to be lost.
    overflows: infinities ? largest + half : (largest + half) * (1 + Number.EPSILON),
  };
}

/** The value exactly, in decimal: every binary fraction has an end. Very small and very large ones with an exponent. */
export function exactDecimal(x: number): string {
  if (!Number.isFinite(x) || x === 0) return Object.is(x, -0) ? "-0" : String(x).replace("Infinity", "inf");
  const { exponent, mantissa } = encode(FORMATS.float64, Math.abs(x));
  let digits: bigint;
  let power: number; // the value is digits · 10^power
  const shift = Math.max(1, exponent) - 1075;
  const integer = BigInt(mantissa) + (exponent > 0 ? 1n << 52n : 0n);
  if (shift >= 0) [digits, power] = [integer << BigInt(shift), 0];
  else {
    let [odd, places] = [integer, -shift];
    while (places > 0 && (odd & 1n) === 0n) [odd, places] = [odd >> 1n, places - 1];
    [digits, power] = [odd * 5n ** BigInt(places), -places];
  }
  const text = String(digits);
  const leading = text.length - 1 + power; // the exponent of the first digit
  const sign = x < 0 ? "-" : "";
  if (leading < -7 || leading > 21) {
    const rest = text.slice(1).replace(/0+$/, "");
    return `${sign}${text[0]}${rest && `.${rest}`}e${leading < 0 ? "-" : "+"}${Math.abs(leading)}`;
  }
  if (power === 0) return sign + text;
  const padded = text.padStart(1 - power, "0");
  return `${sign}${padded.slice(0, power)}.${padded.slice(power)}`;
}

/** What one step of the mantissa is worth where the exponent field is `exponent` (1 for subnormals too). */
function unit({ bias, mantissaBits }: FloatFormat, exponent: number): number {
  return 2 ** (exponent - bias - mantissaBits);
}

function nan({ exponentBits, mantissaBits, infinities }: FloatFormat): Fields {
  const mantissa = infinities ? 2 ** (mantissaBits - 1) : 2 ** mantissaBits - 1;
  return { sign: 0, exponent: 2 ** exponentBits - 1, mantissa };
}

/** Infinity or, where there is none, the largest number. */
function tooLarge({ exponentBits, mantissaBits, infinities }: FloatFormat, sign: 0 | 1): Fields {
  return { sign, exponent: 2 ** exponentBits - 1, mantissa: infinities ? 0 : 2 ** mantissaBits - 2 };
}

const view = new DataView(new ArrayBuffer(8));

/** e of 2^e ≤ size < 2^(e+1), for a finite size above 0. */
function binaryExponent(size: number): number {
  view.setFloat64(0, size);
  const field = view.getUint16(0) >> 4;
  if (field > 0) return field - 1023;
  return binaryExponent(size * 2 ** 52) - 52;
}

/** size · 2^power; in two steps, since the power alone may be beyond the largest number. */
function scaled(size: number, power: number): number {
  const half = Math.trunc(power / 2);
  return size * 2 ** half * 2 ** (power - half);
}

function toEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
