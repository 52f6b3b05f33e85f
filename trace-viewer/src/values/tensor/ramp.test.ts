import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { distance, divergingRampOf, isLight, pack, rampOf, STEPS, toOklab, unpack, type Rgb } from "./ramp";

const css = readFileSync("src/theme/tokens.css", "utf8");
const hex = (text: string) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16)) as unknown as Rgb;
const token = (name: string, scheme: number) =>
  hex((new RegExp(`${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css) as RegExpExecArray)[scheme + 1] as string);

/** How colours look to those without one kind of cone (Machado, Oliveira, Fernandes 2009, severity 1). */
const EYES: Record<string, number[][]> = {
  "all cones": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c: number) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

function seen(rgb: Rgb, eyes: number[][]) {
  const light = rgb.map((c) => linear(c / 255));
  const through = eyes.map((row) => row.reduce((sum, weight, i) => sum + weight * light[i], 0));
  return toOklab(through.map((c) => 255 * gamma(Math.min(1, Math.max(0, c)))) as unknown as Rgb);
}

describe.each([
  ["light", 0],
  ["dark", 1],
])("the ramps of the %s scheme", (_, scheme) => {
  const diverging = divergingRampOf(
    ["low", "low-mid", "middle", "high-mid", "high"].map((n) => token(`--heat-${n}`, scheme)),
  );
  const sequential = rampOf(["1", "2", "3", "4"].map((n) => token(`--heat-${n}`, scheme)));
  const bad = toOklab(token("--heat-bad", scheme));
  const infinite = toOklab(token("--heat-infinite", scheme));

  it("go in even steps", () => {
    for (const ramp of [diverging, sequential]) {
      // Over 16 steps at a time, for single ones are rounded to whole bytes; where the way turns, a corner is cut.
      const hops = Array.from({ length: STEPS / 16 - 1 }, (_, i) =>
        distance(toOklab(unpack(ramp[i * 16])), toOklab(unpack(ramp[i * 16 + 16]))),
      );
      expect(Math.max(...hops) / Math.min(...hops)).toBeLessThan(1.4);
    }
  });

  it("put zero in the middle, and what is as far from it on either side is about as light", () => {
    const lightness = (step: number) => toOklab(unpack(diverging[step]))[0];
    expect([unpack(diverging[127]), unpack(diverging[128])]).toEqual(Array(2).fill(token("--heat-middle", scheme)));
    for (let step = 0; step < 128; step += 16)
      expect(Math.abs(lightness(step) - lightness(255 - step))).toBeLessThan(0.08);
  });

  it.each(Object.entries(EYES))("tell more from less, and one side from the other, with %s", (_, eyes) => {
    const lightness = Array.from(sequential, (word) => seen(unpack(word), eyes)[0]);
    const way = Math.sign(lightness[255] - lightness[0]);
    for (let step = 16; step < STEPS; step += 16)
      expect((lightness[step] - lightness[step - 16]) * way).toBeGreaterThan(0.01);
    for (let step = 0; step < 96; step += 16) {
      const [a, b] = [diverging[step], diverging[255 - step]].map((word) => seen(unpack(word), eyes));
      expect(distance(a, b)).toBeGreaterThan(0.12);
    }
  });

  it("keep away from the colours of what is no finite number", () => {
    expect(distance(bad, infinite)).toBeGreaterThan(0.15);
    for (const word of [...diverging, ...sequential]) {
      expect(distance(toOklab(unpack(word)), bad)).toBeGreaterThan(0.15);
      expect(distance(toOklab(unpack(word)), infinite)).toBeGreaterThan(0.08);
    }
  });
});

it.each(Object.entries(EYES))("the names of dimensions are told apart with %s", (kind, eyes) => {
  for (const scheme of [0, 1]) {
    const inks = Array.from({ length: 10 }, (_, i) => seen(token(`--dim-${i + 1}`, scheme), eyes));
    const pairs = inks.flatMap((ink, i) => inks.slice(0, i).map((other) => distance(ink, other)));
    expect(Math.min(...pairs)).toBeGreaterThan(kind === "all cones" ? 0.06 : 0.035);
  }
});

it("colours survive packing, and ink is told by the ground", () => {
  expect(unpack(pack([1, 128, 255]))).toEqual([1, 128, 255]);
  expect(isLight(pack([248, 245, 238]))).toBe(true);
  expect(isLight(pack([18, 49, 99]))).toBe(false);
});
