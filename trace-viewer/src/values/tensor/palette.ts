/** The theme's colours, as a canvas takes them: of the look that is on, worked out once a look. */
import { tokenColor, type Look } from "../../theme/scheme";
import { divergingRampOf, pack, rampOf, type Ramp, type Rgb } from "./ramp";

export interface Palette {
  /** Signed numbers: its middle is zero. */
  diverging: Ramp;
  /** Numbers of one sign, truth values, sizes of complex numbers. */
  sequential: Ramp;
  /** What is not a number. */
  bad: number;
  infinite: number;
  ink: string;
  ground: string;
  focus: string;
}

const known = new Map<Look, Palette>();

export function paletteOf(look: Look): Palette {
  let palette = known.get(look);
  if (!palette) {
    const colors = (names: string[]) => names.map((name) => rgb(tokenColor(`--heat-${name}`)));
    palette = {
      diverging: divergingRampOf(colors(["low", "low-mid", "middle", "high-mid", "high"])),
      sequential: rampOf(colors(["1", "2", "3", "4"])),
      bad: pack(rgb(tokenColor("--heat-bad"))),
      infinite: pack(rgb(tokenColor("--heat-infinite"))),
      ink: tokenColor("--ink"),
      ground: tokenColor("--bg-raised"),
      focus: tokenColor("--accent"),
    };
    known.set(look, palette);
  }
  return palette;
}

function rgb(color: string): Rgb {
  const [r = 128, g = 128, b = 128] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}
