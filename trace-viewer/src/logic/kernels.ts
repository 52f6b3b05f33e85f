import type { KernelArray } from "../format/generated";
import { callLinks } from "./call-links";
import { groupRows, lastAtMost, type Groups } from "./columns";
import { inferTiles, type TileShapes } from "./kernel-tiles";
import type { Lecture } from "./lecture";

/** What an access does, in the order of the record's `kind`. */
export const KINDS = ["load", "store", "atomic"] as const;
export type Kind = (typeof KINDS)[number];

/** What a number of accesses of one kind came to. Bytes of what lies in no array of the kernel are not known, and not in it. */
export interface Tally {
  accesses: number;
  elements: number;
  bytes: number;
  masked: number;
  beyond: number;
}

/** By kind, in the order of `KINDS`. */
export type Tallies = Tally[];

/** What kernels did to memory, indexed once: by program, in the order in which a reader comes to know of it. */
export interface Kernels {
  /** Of each access, the program that made it, or -1. */
  program: Int32Array;
  /** Of each access, the position from which on it is known: where its step has ended. */
  known: Int32Array;
  /** The accesses of each program (group `program + 1`), by `known`. */
  byProgram: Groups;
  /** The accesses that write to each array (group `array`), by `known`. */
  stores: Groups;
  /** The arrays of each launch. */
  arrays: Groups;
  /** The whole tiles that statements move, where an access was cut off by its mask. */
  shapes: TileShapes;
  /** The accesses of exactly this position. */
  at(program: number, position: number): Int32Array;
  /** The different tiles of an array that a program touches: of each box, and each kind, the first access; by `known`. */
  tiles(program: number, array: number): Int32Array;
  /** Of rows that are in the order of `known`, those that were known before a position. */
  before(rows: Int32Array, position: number): Int32Array;
  /** What a program did up to and with this position. */
  sum(program: number, position: number): Tallies;
  /** What all recorded programs of a launch did. */
  total(launch: number): Tallies;
  /** First and last position of a program; null of one that ran no line. */
  span(program: number): { from: number; to: number } | null;
}

const built = new WeakMap<Lecture, Kernels>();

/** Worked out when first asked for. */
export function kernelsOf(lecture: Lecture): Kernels {
  let kernels = built.get(lecture);
  if (!kernels) built.set(lecture, (kernels = buildKernels(lecture)));
  return kernels;
}

function buildKernels(lecture: Lecture): Kernels {
  const { trace, positions } = lecture;
  const { accesses, arrays, programs, launches } = trace;
  const count = programs.call.length;
  const program = findPrograms(lecture);
  const known = Int32Array.from(accesses.step, (step) => positions.exit[step]);
  const byProgram = inOrder(
    groupRows(
      program.map((row) => row + 1),
      count + 1,
    ),
    known,
  );
  const tiles = firstTouches(lecture, byProgram);
  let split: { program: number; tiles: Map<number, Int32Array> } | null = null; // of the program at hand
  const sums = cumulate(lecture, byProgram.order);
  const bounds = (groups: Groups, of: number, position: number) => {
    const [from, to] = [groups.start[of + 1], groups.start[of + 2]];
    const last = lastAtMost(position, from, to, (i) => known[groups.order[i]]);
    return { from, to: last < 0 ? from : last + 1 };
  };
  const totals = new Map<number, Tallies>();
  return {
    program,
    known,
    byProgram,
    stores: inOrder(groupStores(lecture), known),
    arrays: groupRows(
      arrays.map(({ launch }) => launch),
      launches.step.length,
    ),
    shapes: inferTiles(trace),
    at(of, position) {
      const { from } = bounds(byProgram, of, position - 1);
      const before = bounds(byProgram, of, position - 1).to;
      const { to } = bounds(byProgram, of, position);
      return byProgram.order.subarray(Math.max(from, before), to);
    },
    tiles(of, array) {
      if (split?.program !== of) {
        const own = tiles.order.subarray(tiles.start[of + 1], tiles.start[of + 2]);
        split = { program: of, tiles: splitBy(own, accesses.array) };
      }
      return split.tiles.get(array) ?? NONE;
    },
    before: (rows, position) => rows.subarray(0, lastAtMost(position - 1, 0, rows.length, (i) => known[rows[i]]) + 1),
    sum(of, position) {
      const { from, to } = bounds(byProgram, of, position);
      return sums(from, to);
    },
    total(launch) {
      let total = totals.get(launch);
      if (!total) {
        total = KINDS.map(noTally);
        for (let row = 0; row < count; row++)
          if (programs.launch[row] === launch) add(total, sums(byProgram.start[row + 1], byProgram.start[row + 2]));
        totals.set(launch, total);
      }
      return total;
    },
    span(of) {
      const { first, last } = callLinks(lecture);
      const call = programs.call[of];
      if (first[call] === undefined || first[call] < 0) return null;
      return { from: positions.entry[first[call]], to: positions.exit[last[call]] };
    },
  };
}

/** The bytes of an access. */
export function bytesOf({ accesses, arrays }: Lecture["trace"], access: number): number {
  const array: KernelArray | undefined = arrays[accesses.array[access]];
  return array ? accesses.elements[access] * array.item_bytes : 0;
}

/** What some accesses came to. */
export function tally(lecture: Lecture, rows: Iterable<number>): Tallies {
  const tallies = KINDS.map(noTally);
  for (const row of rows) count(lecture.trace, row, tallies);
  return tallies;
}

function count(trace: Lecture["trace"], row: number, tallies: Tallies): void {
  const { kind, elements, masked, beyond } = trace.accesses;
  const own = tallies[kind[row]];
  own.accesses++;
  own.elements += elements[row];
  own.bytes += bytesOf(trace, row);
  own.masked += masked[row];
  own.beyond += beyond[row];
}

export function noTally(): Tally {
  return { accesses: 0, elements: 0, bytes: 0, masked: 0, beyond: 0 };
}

function add(to: Tallies, more: Tallies): void {
  for (const [kind, own] of to.entries())
    for (const what of Object.keys(own) as (keyof Tally)[]) own[what] += more[kind][what];
}

/** The program that each access was made in: that of its call, or of the nearest call around it that is one. */
function findPrograms({ trace: { accesses, calls, programs, steps } }: Lecture): Int32Array {
  const of = new Int32Array(calls.parent.length).fill(-2); // by call, once known; -1: none
  for (let row = programs.call.length - 1; row >= 0; row--) of[programs.call[row]] = row;
  const way: number[] = [];
  return Int32Array.from(accesses.step, (step) => {
    let call = steps.call[step];
    way.length = 0;
    while (of[call] === -2) {
      of[call] = -1; // of a cycle, which a damaged trace may have, nothing comes
      way.push(call);
      const parent = calls.parent[call];
      if (parent < 0) break;
      call = steps.call[parent];
    }
    for (const inner of way) of[inner] = of[call];
    return of[call];
  });
}

/** The rows of each group by when they are known; nearly always they are so already. */
function inOrder({ start, order }: Groups, known: Int32Array): Groups {
  for (let group = 0; group + 1 < start.length; group++) {
    const rows = order.subarray(start[group], start[group + 1]);
    if (rows.some((row, i) => i > 0 && known[row] < known[rows[i - 1]]))
      rows.sort((a, b) => known[a] - known[b] || a - b);
  }
  return { start, order };
}

/** Of each program the accesses to boxes that it had not touched before, in the same way. */
function firstTouches({ trace: { accesses, arrays } }: Lecture, { start, order }: Groups): Groups {
  const seen = new Map<number, number>(); // a box of an array and a kind -> the last group that had it
  const kept = new Int32Array(start.length);
  const found: number[] = [];
  for (let group = 0; group + 1 < start.length; group++) {
    for (let i = start[group]; i < start[group + 1]; i++) {
      const row = order[i];
      const [region, array] = [accesses.region[row], accesses.array[row]];
      if (region < 0 || array < 0) continue;
      const key = (region * arrays.length + array) * KINDS.length + accesses.kind[row];
      if (seen.get(key) === group) continue;
      seen.set(key, group);
      found.push(row);
    }
    kept[group + 1] = found.length;
  }
  return { start: kept, order: Int32Array.from(found) };
}

const NONE = new Int32Array();

/** Rows by the cell of a column, each in their own order. */
function splitBy(rows: Int32Array, column: ArrayLike<number>): Map<number, Int32Array> {
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const there = found.get(column[row]);
    if (there) there.push(row);
    else found.set(column[row], [row]);
  }
  return new Map(Array.from(found, ([cell, own]) => [cell, Int32Array.from(own)]));
}

/** The rows that write into an array, by array. */
function groupStores({ trace: { accesses, arrays } }: Lecture): Groups {
  const rows: number[] = [];
  accesses.kind.forEach((kind, row) => {
    if (kind > 0 && accesses.array[row] >= 0 && accesses.region[row] >= 0) rows.push(row);
  });
  return groupRows(accesses.array, arrays.length, Int32Array.from(rows));
}

/** Sums are kept for every so many accesses; between, they are added up. */
const BLOCK = 64;

/** A function that sums the accesses `order[from]` to `order[to - 1]`. */
function cumulate({ trace }: Lecture, order: Int32Array): (from: number, to: number) => Tallies {
  const measures = Object.keys(noTally()) as (keyof Tally)[];
  const width = KINDS.length * measures.length;
  const marks = new Float64Array((Math.floor(order.length / BLOCK) + 1) * width);
  const running = KINDS.map(noTally);
  for (let i = 0; i <= order.length; i++) {
    if (i % BLOCK === 0)
      running.forEach((own, kind) =>
        measures.forEach((what, at) => {
          marks[(i / BLOCK) * width + kind * measures.length + at] = own[what];
        }),
      );
    if (i < order.length) count(trace, order[i], running);
  }
  const upTo = (end: number) => {
    const block = Math.floor(end / BLOCK);
    const tallies = KINDS.map((_, kind) => {
      const own = noTally();
      measures.forEach((what, at) => (own[what] = marks[block * width + kind * measures.length + at]));
      return own;
    });
    for (let i = block * BLOCK; i < end; i++) count(trace, order[i], tallies);
    return tallies;
  };
  return (from, to) => {
    const [before, after] = [upTo(from), upTo(to)];
    for (const [kind, own] of after.entries()) for (const what of measures) own[what] -= before[kind][what];
    return after;
  };
}
