/** Colours of a heat map: from one side through the middle to the other for signed numbers, one-sided for others. */
import { tokenColor } from "../theme/scheme";

export type Scale = { diverging: boolean; least: number; greatest: number };
type Rgb = [number, number, number];

/** Signed numbers are centred on zero, so that the middle colour means zero and both sides are alike. */
export function scaleFor([least, greatest]: [number, number]): Scale {
  if (least < 0 && greatest > 0) {
    const bound = Math.max(-least, greatest);
    return { diverging: true, least: -bound, greatest: bound };
  }
  return { diverging: false, least, greatest };
}

/** A function from a number to its colour, in the colours of the scheme that is on. */
export function painter({ diverging, least, greatest }: Scale): (n: number) => Rgb {
  const middle = rgb(tokenColor("--heat-middle"));
  const high = rgb(tokenColor(diverging ? "--heat-high" : "--accent"));
  const low = rgb(tokenColor("--heat-low"));
  const span = greatest - least || 1;
  return (n) => {
    const t = greatest === least ? 0.5 : Math.min(1, Math.max(0, (n - least) / span));
    if (!diverging) return mix(middle, high, t);
    return t < 0.5 ? mix(low, middle, t * 2) : mix(middle, high, t * 2 - 1);
  };
}

/** The colour of what is not a finite number. */
export function badColor(): Rgb {
  return rgb(tokenColor("--error"));
}

function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

function rgb(color: string): Rgb {
  const [r = 128, g = 128, b = 128] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}
