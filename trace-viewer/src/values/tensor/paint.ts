/** Cells as pixels: one look-up a pixel, no matter how many cells there are or how large they are drawn. */
import { STEPS, type Ramp } from "./ramp";
import type { Field } from "./field";
import type { Palette } from "./palette";
import type { Scale } from "./scale";
import { along, cellAt, type Sheet, type View } from "./sheet";

/** The colour of every cell, as words of a canvas. */
export function colorsOf({ numbers, cells }: Field, scale: Scale, palette: Palette): Uint32Array {
  const ramp: Ramp = scale.diverging ? palette.diverging : palette.sequential;
  const colors = new Uint32Array(numbers.length);
  const { low, high } = scale;
  const constant = high === low ? ramp[low === 0 ? 0 : STEPS >> 1] : 0;
  const perUnit = (STEPS - 1) / (high - low);
  for (let i = 0; i < numbers.length; i++) {
    const n = numbers[i];
    if (n !== n) colors[i] = cells[i] === "-inf" || cells[i] === "inf" ? palette.infinite : palette.bad;
    else if (high === low) colors[i] = constant;
    else colors[i] = ramp[n <= low ? 0 : n >= high ? STEPS - 1 : ((n - low) * perUnit + 0.5) | 0];
  }
  return colors;
}

/** The line of cells that each pixel lies on, and where in it: -1 in a gap. From `cells[i]` up to `ends[i]`. */
interface Line {
  cells: Int32Array;
  ends: Int32Array;
  tiles: Int32Array;
}

/** Draws the part of the sheet that `view` begins at. `width` and `height` are the screen's own pixels, `ratio` a CSS pixel. */
export function paint(
  image: ImageData,
  sheet: Sheet,
  view: View,
  ratio: number,
  { numbers }: Field,
  colors: Uint32Array,
): void {
  const { width, height } = image;
  const pixels = new Uint32Array(image.data.buffer);
  const across = lineOf(width, view.x, view.cellWidth * ratio, sheet.columns, sheet.gap);
  const down = lineOf(height, view.y, view.cellHeight * ratio, sheet.rows, sheet.gap);
  const { slices, count, columns } = sheet;
  for (let y = 0, at = 0; y < height; y++) {
    const [row, rowEnd, tileRow] = [down.cells[y], down.ends[y], down.tiles[y]];
    if (y > 0 && row === down.cells[y - 1] && tileRow === down.tiles[y - 1]) {
      pixels.copyWithin(at, at - width, at);
      at += width;
      continue;
    }
    for (let x = 0; x < width; x++, at++) {
      const column = across.cells[x];
      const tile = tileRow * sheet.across + across.tiles[x];
      if (row < 0 || column < 0 || across.tiles[x] >= sheet.across || tile >= slices.length) {
        pixels[at] = 0;
        continue;
      }
      const from = slices[tile] * count;
      const within = row * columns + column;
      if (within >= count) pixels[at] = 0;
      else if (rowEnd === row + 1 && across.ends[x] === column + 1) pixels[at] = colors[from + within];
      else pixels[at] = colors[extreme(numbers, from, sheet, row, rowEnd, column, across.ends[x])];
    }
  }
}

function lineOf(pixels: number, start: number, size: number, cells: number, gap: number): Line {
  const line = { cells: new Int32Array(pixels), ends: new Int32Array(pixels), tiles: new Int32Array(pixels) };
  for (let i = 0; i < pixels; i++) {
    // The middle of the pixel while a cell is larger than that, else all that falls into it.
    const at = size >= 1 ? start + (i + 0.5) / size : start + i / size;
    const [cell, tile] = along(at, cells, gap);
    line.cells[i] = cell;
    line.tiles[i] = tile;
    line.ends[i] =
      size >= 1 ? cell + 1 : Math.max(cell + 1, Math.min(cells, cell + Math.floor(at + 1 / size) - Math.floor(at)));
  }
  return line;
}

/** Where a pixel stands for many cells it shows the one farthest from zero, or one that is no number, so that none is lost. */
function extreme(
  numbers: Float64Array,
  from: number,
  { columns, count }: Sheet,
  row: number,
  rowEnd: number,
  column: number,
  columnEnd: number,
): number {
  let [found, size] = [from + row * columns + column, -1];
  for (let r = row; r < rowEnd; r++) {
    for (let c = column; c < columnEnd; c++) {
      const within = r * columns + c;
      if (within >= count) break;
      const n = numbers[from + within];
      if (n !== n) return from + within;
      const own = Math.abs(n);
      if (own > size) [found, size] = [from + within, own];
    }
  }
  return found;
}

/** Calls `each` with the cells in sight and the upper left corner of each, in CSS pixels. */
export function forCellsInSight(
  sheet: Sheet,
  view: View,
  width: number,
  height: number,
  each: (cell: number, x: number, y: number) => void,
): void {
  const columns = starts(view.x, width / view.cellWidth, sheet.columns, sheet.gap, sheet.width);
  for (const y of starts(view.y, height / view.cellHeight, sheet.rows, sheet.gap, sheet.height)) {
    for (const x of columns) {
      const cell = cellAt(sheet, x + 0.01, y + 0.01);
      if (cell >= 0) each(cell, (x - view.x) * view.cellWidth, (y - view.y) * view.cellHeight);
    }
  }
}

/** Where the cells of a line of tiles begin, from the one at `from` on. */
function starts(from: number, length: number, cells: number, gap: number, end: number): number[] {
  const found: number[] = [];
  const last = Math.min(end, from + length);
  for (let tile = along(Math.max(0, from), cells, gap)[1]; tile * (cells + gap) < last; tile++) {
    const origin = tile * (cells + gap);
    const first = Math.max(0, Math.floor(from - origin));
    for (let cell = first; cell < cells && origin + cell < last; cell++) found.push(origin + cell);
  }
  return found;
}
