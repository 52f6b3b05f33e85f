/** What lies below the tiles of a step: the numbers of an array in greys, and what was touched before. */
import { patchOf, type Patch, type Placed, type Plane } from "../../logic/kernel-sheets";
import type { Box } from "../../logic/kernel-tiles";
import type { Kind } from "../../logic/kernels";
import type { Writers } from "../../logic/kernel-writers";
import { tokenColors, type Look } from "../../theme/scheme";
import { pack, unpack, type Rgb } from "../../values/tensor/ramp";
import { placeOf, scaleOf } from "../../values/tensor/scale";
import { nearest, type Samples } from "./samples";

interface Colors {
  ground: Rgb;
  ink: Rgb;
  bad: number;
  kinds: Record<Kind, string>;
}

const known = new Map<Look, Colors>();

/** The theme's colours as a canvas takes them, worked out once a look. */
function colorsOf(look: Look): Colors {
  let colors = known.get(look);
  if (!colors) {
    const names = ["--bg-raised", "--ink", "--heat-bad", "--tile-load", "--tile-store", "--tile-atomic"];
    const [ground, ink, bad, load, store, atomic] = tokenColors(names);
    colors = { ground: rgb(ground), ink: rgb(ink), bad: pack(rgb(bad)), kinds: { load, store, atomic } };
    known.set(look, colors);
  }
  return colors;
}

function rgb(color: string): Rgb {
  const [r = 128, g = 128, b = 128] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/** The least and the greatest number are so far on the way from the ground to the ink: the colours of tiles stay the strongest. */
const [PALEST, DARKEST] = [0.03, 0.4];

/** The numbers of a slice, the smaller the paler. What is no number stands out. */
export function paintNumbers(context: CanvasRenderingContext2D, plane: Plane, samples: Samples, look: Look): void {
  const { width, height } = context.canvas;
  const { ground, ink, bad } = colorsOf(look);
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const { field, tensor, rows, cells, columns } = samples;
  const scale = scaleOf(field, tensor.stats);
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => {
    const share = PALEST + ((DARKEST - PALEST) * i) / 255;
    return pack(ground.map((from, channel) => Math.round(from + (ink[channel] - from) * share)) as unknown as Rgb);
  });
  const across = Int32Array.from({ length: width }, (_, x) =>
    nearest(columns, Math.floor(((x + 0.5) * plane.columns) / width)),
  );
  for (let y = 0; y < height; y++) {
    const row = nearest(rows, Math.floor(((y + 0.5) * plane.rows) / height));
    if (row < 0) continue;
    for (let x = 0; x < width; x++) {
      if (across[x] < 0) continue;
      const number = field.numbers[cells[row] + across[x]];
      pixels[y * width + x] = number !== number ? bad : ramp[Math.round(placeOf(scale, number) * 255)];
    }
  }
  context.putImageData(image, 0, 0);
}

/** What all programs wrote, the later ones stronger, so that their order is seen. */
export function paintWriters(
  context: CanvasRenderingContext2D,
  { rows, columns, first }: Writers,
  /** Of an access: where its program stands among all, from 0 to 1, or -1: not to be drawn. */
  orderOf: (access: number) => number,
  look: Look,
): void {
  const { width, height } = context.canvas;
  const store = rgb(colorsOf(look).kinds.store);
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const shades = Array.from(first, (access) => (access < 0 ? -1 : orderOf(access)));
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * rows) / height) * columns;
    for (let x = 0; x < width; x++) {
      const shade = shades[row + Math.floor(((x + 0.5) * columns) / width)];
      if (shade < 0) continue;
      pixels[y * width + x] = withAlpha(store, Math.round(255 * (0.22 + 0.5 * shade)));
    }
  }
  context.putImageData(image, 0, 0);
}

function withAlpha(color: Rgb, alpha: number): number {
  const opaque = pack(color);
  // The alpha is the first or the last byte, as this machine has them.
  return unpack(1)[0] === 1 ? ((opaque & 0x00ffffff) | (alpha << 24)) >>> 0 : ((opaque & 0xffffff00) | alpha) >>> 0;
}

/** Tiles that were touched before: faded, with a thin edge so that each is seen for itself. */
export function paintTiles(
  context: CanvasRenderingContext2D,
  tiles: readonly { box: Box; kind: Kind }[],
  { across, down }: Placed,
  look: Look,
): void {
  const { kinds } = colorsOf(look);
  for (const { box, kind } of tiles) {
    context.fillStyle = context.strokeStyle = kinds[kind];
    for (const { row, column, height, width } of rectsOf(patchOf(box))) {
      const [x, y] = [column * across, row * down];
      const [w, h] = [Math.max(width * across, 1.5), Math.max(height * down, 1.5)];
      context.globalAlpha = 0.24;
      context.fillRect(x, y, w, h);
      if (Math.min(w, h) < 5) continue;
      context.globalAlpha = 0.5;
      context.lineWidth = 0.75;
      context.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
    }
  }
  context.globalAlpha = 1;
}

/** Parts of a patch with holes that are drawn one by one. */
const MOST_PARTS = 128;

/** A patch as what it is of: one rectangle, or one for each run of elements where some are left out between. */
export function rectsOf(patch: Patch): Pick<Patch, "row" | "column" | "height" | "width">[] {
  const { row, column, height, width, down, across } = patch;
  const rows = down === 1 ? 1 : Math.ceil(height / down);
  const columns = across === 1 ? 1 : Math.ceil(width / across);
  if (rows * columns === 1 || rows * columns > MOST_PARTS) return [{ row, column, height, width }];
  return Array.from({ length: rows * columns }, (_, i) => ({
    row: row + Math.floor(i / columns) * down,
    column: column + (i % columns) * across,
    height: down === 1 ? height : 1,
    width: across === 1 ? width : 1,
  }));
}
