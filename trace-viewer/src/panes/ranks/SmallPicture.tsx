import { memo, useLayoutEffect, useRef } from "react";
import type { Tensor } from "../../format/generated";
import { useLook } from "../../theme/scheme";
import { fieldOf } from "../../values/tensor/field";
import { colorsOf } from "../../values/tensor/paint";
import { paletteOf } from "../../values/tensor/palette";
import { scaleOf, type Scale } from "../../values/tensor/scale";

/** A picture has at most so many cells each way; of more, every so many are drawn. */
const MOST = 64;

/** The ends of one scale for several arrays, so that the same colour is the same number in all of them. */
export function commonScale(tensors: readonly Tensor[]): { low: number; high: number } {
  const scales = tensors.map((tensor) => scaleOf(fieldOf(tensor)!, tensor.stats));
  const low = Math.min(...scales.map((scale) => scale.low).filter((end) => !Number.isNaN(end)));
  const high = Math.max(...scales.map((scale) => scale.high).filter((end) => !Number.isNaN(end)));
  if (!(low < 0 && high > 0)) return { low, high };
  const bound = Math.max(-low, high);
  return { low: -bound, high: bound };
}

/** An array as a few coloured cells, for the eye alone: its numbers stand beside it. */
export const SmallPicture = memo(function SmallPicture({
  tensor,
  low,
  high,
}: {
  tensor: Tensor;
  low: number;
  high: number;
}) {
  const look = useLook();
  const canvas = useRef<HTMLCanvasElement>(null);
  const field = fieldOf(tensor)!;
  const rows = field.rows * field.slices;
  const [down, across] = [Math.min(rows, MOST), Math.min(field.columns, MOST)];
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || down === 0 || across === 0) return;
    const scale: Scale = { diverging: low < 0 && high > 0, low, high, least: low, greatest: high };
    const colors = colorsOf(field, scale, paletteOf(look));
    const image = context.createImageData(across, down);
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = 0; y < down; y++)
      for (let x = 0; x < across; x++) {
        const [row, column] = [Math.floor((y * rows) / down), Math.floor((x * field.columns) / across)];
        pixels[y * across + x] = colors[row * field.columns + column];
      }
    context.putImageData(image, 0, 0);
  }, [field, rows, down, across, low, high, look]);
  return <canvas ref={canvas} className="ranks-picture" width={across} height={down} aria-hidden="true" />;
});
