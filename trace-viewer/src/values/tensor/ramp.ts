/**
 * Ramps of colour: 256 steps between anchor colours, evenly spaced to the eye, as bytes that go straight into a canvas.
 *
 * Mixed in OKLab (Ottosson 2020, "A perceptual color space for image processing"), where equal distances look about equal;
 * the steps are spaced by the length of the way through it.
 */

export type Rgb = readonly [number, number, number];
type Lab = readonly [number, number, number];

export const STEPS = 256;

/** The steps as words of red, green, blue and alpha, in the byte order of this machine. */
export type Ramp = Uint32Array;

/** A ramp of two sides, from the first anchor through the middle one, which both sides hold exactly, to the last. */
export function divergingRampOf(anchors: readonly Rgb[]): Ramp {
  const middle = anchors.length >> 1;
  const ramp = new Uint32Array(STEPS);
  ramp.set(rampOf(anchors.slice(0, middle + 1), STEPS / 2));
  ramp.set(rampOf(anchors.slice(middle), STEPS / 2), STEPS / 2);
  return ramp;
}

/** A ramp through the anchors, colours of 0 to 255 a channel. */
export function rampOf(anchors: readonly Rgb[], steps = STEPS): Ramp {
  const path = anchors.map(toOklab);
  const lengths = path.slice(1).map((lab, i) => distance(path[i], lab));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ramp = new Uint32Array(steps);
  for (let step = 0; step < steps; step++) {
    let rest = (total * step) / (steps - 1);
    let leg = 0;
    while (leg < lengths.length - 1 && rest > lengths[leg]) rest -= lengths[leg++];
    const t = Math.min(1, rest / (lengths[leg] || 1));
    const [from, to] = [path[leg], path[leg + 1]];
    ramp[step] = pack(fromOklab([mix(from[0], to[0], t), mix(from[1], to[1], t), mix(from[2], to[2], t)]));
  }
  return ramp;
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** An opaque colour as one word of a canvas. */
export function pack([r, g, b]: Rgb): number {
  return (isLittleEndian ? (255 << 24) | (b << 16) | (g << 8) | r : (r << 24) | (g << 16) | (b << 8) | 255) >>> 0;
}

export function unpack(word: number): Rgb {
  return isLittleEndian
    ? [word & 255, (word >>> 8) & 255, (word >>> 16) & 255]
    : [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255];
}

/** Whether black is easier to read on this colour than white. */
export function isLight(word: number): boolean {
  return toOklab(unpack(word))[0] > 0.62;
}

/** How different two colours look; black and white are 1 apart. */
export function distance(a: Lab, b: Lab): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

export function toOklab(rgb: Rgb): Lab {
  const [r, g, b] = rgb.map((channel) => linear(channel / 255)) as unknown as Lab;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([L, a, b]: Lab): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    byte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function linear(c: number): number {
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function byte(c: number): number {
  const clipped = Math.min(1, Math.max(0, c));
  return Math.round(255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055));
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}
