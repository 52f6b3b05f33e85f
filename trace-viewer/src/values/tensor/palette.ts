/** The theme's colours, as a canvas takes them: of the look that is on, worked out once a look. */
import { currentLook, tokenColors, type Look } from "../../theme/scheme";
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

const DIVERGING = ["low", "low-mid", "middle", "high-mid", "high"];
const SEQUENTIAL = ["1", "2", "3", "4"];

const known = new Map<Look, Palette>();

/** Have the colours ready before the first array is drawn: the step that brings it should not wait for them. */
export function preparePalette(): void {
  paletteOf(currentLook());
}

export function paletteOf(look: Look): Palette {
  let palette = known.get(look);
  if (!palette) {
    const heat = [...DIVERGING, ...SEQUENTIAL, "bad", "infinite"].map((name) => `--heat-${name}`);
    const [ink, ground, focus, ...colors] = tokenColors(["--ink", "--bg-raised", "--accent", ...heat]);
    const anchors = colors.map(rgb);
    palette = {
      diverging: divergingRampOf(anchors.splice(0, DIVERGING.length)),
      sequential: rampOf(anchors.splice(0, SEQUENTIAL.length)),
      bad: pack(anchors[0]),
      infinite: pack(anchors[1]),
      ink,
      ground,
      focus,
    };
    known.set(look, palette);
  }
  return palette;
}

function rgb(color: string): Rgb {
  const [r = 128, g = 128, b = 128] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}
