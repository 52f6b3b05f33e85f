import type { Trace } from "../format/generated";

/** One dimension of a box: from `start` up to, but not including, `stop`, every `step`. */
export interface Range {
  start: number;
  stop: number;
  step: number;
}

export type Box = Range[];

/** The tile that a statement moves to or from an array, where it is always the same: its size in each dimension. */
export type TileShapes = ReadonlyMap<number, readonly number[]>;

/** How far a tile reaches beyond what it touched of its array, in each dimension, before and after. */
export interface Overhang {
  before: number[];
  after: number[];
}

export function boxOf({ regions, accesses }: Trace, access: number): Box | null {
  const region = regions[accesses.region[access]];
  return region ? boxFrom(region) : null;
}

export function boxFrom(region: readonly number[]): Box {
  return Array.from({ length: region.length / 3 }, (_, axis) => {
    const [start, stop, step] = region.slice(3 * axis);
    return { start, stop, step };
  });
}

/** How many indices a range has. */
export function extent({ start, stop, step }: Range): number {
  return Math.ceil((stop - start) / step);
}

export function volume(box: Box): number {
  return box.reduce((product, range) => product * extent(range), 1);
}

/** Whether an access touched every element of its box. */
export function isFull({ accesses, regions }: Trace, access: number): boolean {
  return accesses.distinct[access] >= volume(boxFrom(regions[accesses.region[access]]));
}

/**
 * The whole tiles behind masked ones. A mask usually cuts a tile off at the edge of its array, and the record tells how many
 * elements that were. Where the same statement moved a tile that was not cut, or one that can only have been cut in one
 * dimension, all its tiles are of that size.
 */
export function inferTiles(trace: Trace): TileShapes {
  const { accesses, arrays, regions, steps } = trace;
  const shapes = new Map<number, number[]>();
  const sure = new Set<number>();
  for (let row = 0; row < accesses.step.length; row++) {
    const [array, region] = [accesses.array[row], accesses.region[row]];
    if (array < 0 || region < 0) continue;
    const key = keyOf(trace, row);
    if (sure.has(key) || accesses.elements[row] !== accesses.distinct[row] || !isFull(trace, row)) continue;
    const box = boxFrom(regions[region]);
    const size = box.map(extent);
    const missing = accesses.masked[row] + accesses.beyond[row];
    const found = missing === 0 ? size : cutOnce(box, size, arrays[array].shape, missing);
    if (!found) continue;
    shapes.set(key, found);
    if (missing === 0) sure.add(key);
  }
  return shapes;

  function keyOf(of: Trace, row: number): number {
    return steps.statement[of.accesses.step[row]] * arrays.length + of.accesses.array[row];
  }
}

/** The tile if only one dimension can have been cut, by so many elements in all. */
function cutOnce(box: Box, size: number[], shape: number[], missing: number): number[] | null {
  const elements = size.reduce((product, length) => product * length, 1);
  const cut = box.flatMap(({ start, stop, step }, axis) => {
    const across = elements / size[axis];
    return step === 1 && (stop === shape[axis] || start === 0) && missing % across === 0 ? [axis] : [];
  });
  // A single row at the edge may be a row of a tile or all of it: the other programs tell.
  const wide = cut.length > 1 ? cut.filter((axis) => size[axis] > 1) : cut;
  const [axis] = wide;
  if (wide.length !== 1) return null;
  return size.map((length, i) => (i === axis ? length + missing / (elements / length) : length));
}

/**
 * What a tile has outside of its array, if that is known: cut off by the mask, or, where that was forgotten, touched all the same.
 * Null where the mask left out something else.
 */
export function overhangOf(trace: Trace, shapes: TileShapes, access: number): Overhang | null {
  const { accesses, arrays, steps } = trace;
  const box = boxOf(trace, access);
  const array = arrays[accesses.array[access]];
  const outside = accesses.masked[access] + accesses.beyond[access];
  if (!box || !array || outside === 0 || !isFull(trace, access)) return null;
  const tile = shapes.get(steps.statement[accesses.step[access]] * arrays.length + accesses.array[access]);
  if (!tile || tile.length !== box.length) return null;
  const whole = tile.reduce((product, length) => product * length, 1);
  if (whole !== accesses.elements[access] + outside) return null;
  const overhang: Overhang = { before: box.map(() => 0), after: box.map(() => 0) };
  for (const [axis, range] of box.entries()) {
    const missing = tile[axis] - extent(range);
    if (missing === 0) continue;
    if (missing < 0 || range.step !== 1) return null;
    if (range.stop === array.shape[axis]) overhang.after[axis] = missing;
    else if (range.start === 0) overhang.before[axis] = missing;
    else return null;
  }
  return overhang;
}

/** With more parts, marks or boxes than these nothing is worked out. */
const MOST_CELLS = 2 ** 21;
const MOST_MARKS = 2 ** 25;
const MOST_BOXES = 2 ** 17;
/** Parts of a box with holes. */
const MOST_PARTS = 2 ** 10;

/** A box with holes as the boxes that it is made of; null where these are too many. */
function withoutHoles(box: Box): Box[] | null {
  const parts = box.reduce((product, range) => product * (range.step > 1 ? extent(range) : 1), 1);
  if (parts > MOST_PARTS) return null;
  return box.reduce<Box[]>(
    (found, range) => {
      const runs =
        range.step === 1
          ? [range]
          : Array.from({ length: extent(range) }, (_, i) => {
              const start = range.start + i * range.step;
              return { start, stop: start + 1, step: 1 };
            });
      return found.flatMap((before) => runs.map((run) => [...before, run]));
    },
    [[]],
  );
}

/** How many different elements some boxes cover together; null where that is too long to work out. */
export function covered(holed: readonly Box[]): number | null {
  const boxes: Box[] = [];
  for (const box of holed) {
    const parts = withoutHoles(box);
    if (!parts || boxes.length > MOST_BOXES) return null;
    boxes.push(...parts);
  }
  if (boxes.length === 0) return 0;
  const dimensions = boxes[0].length;
  const edges = Array.from({ length: dimensions }, (_, axis) => {
    const places = new Set<number>();
    for (const box of boxes) places.add(box[axis].start).add(box[axis].stop);
    return Float64Array.from(places).sort();
  });
  const counts = edges.map(({ length }) => Math.max(length - 1, 1));
  const cells = counts.reduce((product, length) => product * length, 1);
  if (cells > MOST_CELLS) return null;
  const index = edges.map((places) => new Map(Array.from(places, (place, i) => [place, i])));
  const isCovered = new Uint8Array(cells);
  let marks = 0;
  let sum = 0;
  const mark = (box: Box, axis: number, offset: number, size: number): boolean => {
    if (axis === dimensions) {
      if (!isCovered[offset]) sum += size;
      isCovered[offset] = 1;
      return ++marks <= MOST_MARKS;
    }
    const to = index[axis].get(box[axis].stop)!;
    for (let i = index[axis].get(box[axis].start)!; i < to; i++)
      if (!mark(box, axis + 1, offset * counts[axis] + i, size * (edges[axis][i + 1] - edges[axis][i]))) return false;
    return true;
  };
  return boxes.every((box) => mark(box, 0, 0, 1)) ? sum : null;
}
