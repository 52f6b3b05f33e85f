import { FORMATS, rangeOf } from "../../logic/floats";

export interface Loss {
  /** How many numbers the format would store as zero that are none. */
  vanish: number;
  /** How many are too large for it. */
  overflow: number;
}

/** By the name of a format: what would be lost of these numbers if they were stored so. */
export function lossesOf(numbers: Float64Array): Map<string, Loss> {
  const formats = Object.values(FORMATS).map((format) => ({
    name: format.name,
    ...rangeOf(format),
    vanish: 0,
    overflow: 0,
  }));
  for (const n of numbers) {
    const size = Math.abs(n);
    if (!(size > 0)) continue; // zero stays zero, and NaN is no number
    for (const format of formats) {
      if (size <= format.vanishes) format.vanish++;
      else if (size >= format.overflows) format.overflow++;
    }
  }
  return new Map(formats.map(({ name, vanish, overflow }) => [name, { vanish, overflow }]));
}
