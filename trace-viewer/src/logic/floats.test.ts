import { describe, expect, it } from "vitest";
import {
  bitsOf,
  classOf,
  decode,
  encode,
  exactDecimal,
  FORMATS,
  formatOf,
  rangeOf,
  rounded,
  spacing,
  type Fields,
  type FloatFormat,
} from "./floats";

const { float64, float32, float16, bfloat16, float8_e4m3fn, float8_e5m2 } = FORMATS;

function fieldsOf({ exponentBits, mantissaBits }: FloatFormat, pattern: number): Fields {
  return {
    sign: (pattern >>> (exponentBits + mantissaBits)) & 1 ? 1 : 0,
    exponent: (pattern >>> mantissaBits) & (2 ** exponentBits - 1),
    mantissa: pattern & (2 ** mantissaBits - 1),
  };
}

const view = new DataView(new ArrayBuffer(8));
const float32Of = (pattern: number) => (view.setUint32(0, pattern), view.getFloat32(0));
const patternOf32 = (x: number) => (view.setFloat32(0, x), view.getUint32(0));

/** A fixed sequence of numbers below 2^32 (xorshift, Marsaglia 2003). */
function* patterns(count: number): Generator<number> {
  let state = 2463534242;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

describe.each([float16, bfloat16, float8_e4m3fn, float8_e5m2])("all patterns of $name", (format) => {
  const width = 1 + format.exponentBits + format.mantissaBits;
  const count = 2 ** width;

  it("mean a number that is stored as the same pattern again", () => {
    const wrong = [];
    for (let pattern = 0; pattern < count; pattern++) {
      const fields = fieldsOf(format, pattern);
      const x = decode(format, fields);
      if (Number.isNaN(x) !== (classOf(format, fields) === "nan")) wrong.push(pattern);
      const again = encode(format, x);
      if (
        Number.isNaN(x)
          ? classOf(format, again) !== "nan"
          : bitsOf(format, again).join("") !== bitsOf(format, fields).join("")
      )
        wrong.push(pattern);
    }
    expect(wrong).toEqual([]);
  });

  it("grow with the pattern, and what lies between two goes to the nearer, in the middle to the even one", () => {
    const wrong = [];
    for (let pattern = 0; pattern + 1 < count / 2; pattern++) {
      const [low, high] = [decode(format, fieldsOf(format, pattern)), decode(format, fieldsOf(format, pattern + 1))];
      if (Number.isNaN(high) || high === Infinity) break;
      const middle = (low + high) / 2;
      const [below, above] = [middle - (high - low) / 64, middle + (high - low) / 64];
      const even = pattern % 2 === 0 ? low : high;
      if (!(low < high) || rounded(format, below) !== low || rounded(format, above) !== high) wrong.push(pattern);
      if (rounded(format, middle) !== even || rounded(format, -middle) !== -even) wrong.push(pattern);
      if (spacing(format, fieldsOf(format, pattern)) !== high - low) wrong.push(pattern);
    }
    expect(wrong).toEqual([]);
  });

  it("have the range that is said of them", () => {
    const { largest, smallestNormal, smallestSubnormal, vanishes, overflows } = rangeOf(format);
    const finite = Array.from({ length: count / 2 }, (_, pattern) => decode(format, fieldsOf(format, pattern))).filter(
      Number.isFinite,
    );
    expect(Math.max(...finite)).toBe(largest);
    expect(finite[1]).toBe(smallestSubnormal);
    expect(finite[2 ** format.mantissaBits]).toBe(smallestNormal);
    expect(rounded(format, vanishes)).toBe(0);
    expect(rounded(format, vanishes * (1 + Number.EPSILON))).toBe(smallestSubnormal);
    expect(rounded(format, overflows)).toBe(format.infinities ? Infinity : largest);
    expect(rounded(format, overflows * (1 - Number.EPSILON))).toBe(largest);
  });
});

it("float32 is what the machine makes of it", () => {
  const wrong = [];
  for (const pattern of patterns(50_000)) {
    const x = float32Of(pattern);
    if (Number.isNaN(x)) continue;
    if (!Object.is(decode(float32, fieldsOf(float32, pattern)), x)) wrong.push(pattern);
    // Somewhere between this number and its neighbours.
    const y = x * (1 + ((pattern % 1000) - 500) * 1e-10);
    if (!Object.is(rounded(float32, y), Math.fround(y))) wrong.push(pattern);
  }
  for (const x of [5e-324, 1e-45, 7e-46, 1.1754943e-38, 3.4028235e38, 3.4028236e38, 1e39, Number.MAX_VALUE])
    if (rounded(float32, x) !== Math.fround(x)) wrong.push(x);
  expect(wrong).toEqual([]);
});

it("float64 keeps every number as it is", () => {
  for (const x of [0, -0, 0.1, -1 / 3, 5e-324, 2.2250738585072014e-308, Number.MAX_VALUE, Infinity, -Infinity, NaN])
    expect(rounded(float64, x)).toBe(x);
  view.setFloat64(0, -0.1);
  expect(bitsOf(float64, encode(float64, -0.1)).join("")).toBe(view.getBigUint64(0).toString(2));
});

it("bfloat16 is the upper half of a float32, its lower half rounded to even", () => {
  const wrong = [];
  for (const pattern of patterns(20_000)) {
    const x = float32Of(pattern);
    if (!Number.isFinite(x)) continue;
    const half = (((pattern + 0x7fff + ((pattern >>> 16) & 1)) >>> 16) << 16) >>> 0;
    if (!Object.is(rounded(bfloat16, x), float32Of(half))) wrong.push(pattern);
  }
  expect(wrong).toEqual([]);
  expect(patternOf32(rounded(bfloat16, Math.PI))).toBe(0x40490000);
});

it("the 8-bit formats reach as far as published", () => {
  expect(rangeOf(float8_e4m3fn)).toMatchObject({ largest: 448, smallestNormal: 2 ** -6, smallestSubnormal: 2 ** -9 });
  expect(rangeOf(float8_e5m2)).toMatchObject({ largest: 57344, smallestNormal: 2 ** -14, smallestSubnormal: 2 ** -16 });
  expect(rangeOf(float16)).toMatchObject({ largest: 65504, overflows: 65520 });
  expect([464, 465, 1e9, Infinity, NaN, -465].map((x) => rounded(float8_e4m3fn, x))).toEqual([
    448,
    448,
    448,
    448,
    NaN,
    -448,
  ]);
  expect(rounded(float8_e5m2, 61440)).toBe(Infinity);
});

it.each<[number, string]>([
  [0.1, "0.1000000000000000055511151231257827021181583404541015625"],
  [Math.fround(0.1), "0.100000001490116119384765625"],
  [-0.5, "-0.5"],
  [3, "3"],
  [2 ** 53, "9007199254740992"],
  [1e22, "1e+22"],
  [2 ** 80, "1.208925819614629174706176e+24"],
  [2 ** -24, "5.9604644775390625e-8"],
  [
    2 ** -149,
    "1.40129846432481707092372958328991613128026194187651577175706828388979108268586060148663818836212158203125e-45",
  ],
  [-0, "-0"],
  [0, "0"],
  [Infinity, "inf"],
  [NaN, "NaN"],
])("%d is exactly %s", (x, text) => {
  expect(exactDecimal(x)).toBe(text);
  expect(Number(exactDecimal(x).replace("inf", "Infinity"))).toBe(x);
});

it("dtypes have formats by their names alone", () => {
  expect(formatOf("bfloat16")).toBe(bfloat16);
  for (const dtype of ["int64", "complex64", "__proto__", "constructor", ""]) expect(formatOf(dtype)).toBeUndefined();
});
