import { programsOf } from "./kernel-place";
import type { Lecture } from "./lecture";

/** One index along a side of the grid, or, folded, so many that are not shown. */
export type Stop = { index: number } | { folded: number };

/** The grid of a launch, as it is drawn: its programs in rows, those of a third dimension in slices. */
export interface GridView {
  /** The grid has one dimension, and its line of programs is broken into rows of so many; else 0. */
  wrapped: number;
  columns: Stop[];
  rows: Stop[];
  /** The third dimension: one slice is drawn. */
  slices: Stop[];
}

/** So many along a side are drawn one by one. */
const MOST_ACROSS = 16;
const MOST_DOWN = 12;
/** So many of a grid of one dimension, in rows. */
const MOST_WRAPPED = 256;
/** Of a folded side: so many at both ends, and around the program at hand. */
const ENDS = 2;
const AROUND = 3;

/** How the grid is drawn, with the program at (x, y, z) in sight. */
export function gridView([across, down, deep]: number[], [x, y, z]: number[]): GridView {
  const slices = foldAround(deep, z, MOST_DOWN);
  if (down === 1 && deep === 1 && across <= MOST_WRAPPED && across > MOST_ACROSS) {
    const wrapped = MOST_ACROSS;
    return { wrapped, columns: upTo(wrapped), rows: upTo(Math.ceil(across / wrapped)), slices };
  }
  return {
    wrapped: 0,
    columns: foldAround(across, x, MOST_ACROSS),
    rows: foldAround(down, y, MOST_DOWN),
    slices,
  };
}

/** All of a side, or its ends and the neighbourhood of one index, with what lies between folded. */
export function foldAround(size: number, at: number, most: number): Stop[] {
  if (size <= most) return upTo(size);
  const wanted = new Set<number>();
  const add = (from: number, to: number) => {
    for (let i = Math.max(from, 0); i <= Math.min(to, size - 1); i++) wanted.add(i);
  };
  add(0, ENDS - 1);
  add(at - AROUND, at + AROUND);
  add(size - ENDS, size - 1);
  const stops: Stop[] = [];
  let next = 0;
  for (const index of [...wanted].sort((a, b) => a - b)) {
    // Where a single one would be folded it may as well stand there.
    if (index - next === 1) stops.push({ index: next });
    else if (index > next) stops.push({ folded: index - next });
    stops.push({ index });
    next = index + 1;
  }
  return stops;
}

function upTo(size: number): Stop[] {
  return Array.from({ length: size }, (_, index) => ({ index }));
}

const built = new WeakMap<Lecture, Map<number, Map<string, number>>>();

/** The recorded program at a place of the grid, or -1. */
export function programAt(lecture: Lecture, launch: number, place: readonly number[]): number {
  const byLaunch = built.get(lecture) ?? new Map<number, Map<string, number>>();
  built.set(lecture, byLaunch);
  let places = byLaunch.get(launch);
  if (!places) {
    const { x, y, z } = lecture.trace.programs;
    places = new Map();
    for (const row of programsOf(lecture, launch).toReversed()) places.set(`${x[row]},${y[row]},${z[row]}`, row);
    byLaunch.set(launch, places);
  }
  return places.get(place.join(",")) ?? -1;
}
