import type { Column } from "../format/column";
import { lastAtMost } from "./columns";
import type { Lecture } from "./lecture";
import type { Positions } from "./positions";

/** What tensors are for, in the order in which they are stacked. */
export const ROLES = ["parameters", "gradients", "optimizer", "activations", "other"] as const;
export type Role = (typeof ROLES)[number];

/** Bytes of live tensors, by role in the order of ROLES. */
export type Live = [number, number, number, number, number];

/** The memory of one device at a position. */
export interface Moment {
  live: Live;
  total: number;
  /** The most that were alive at once while the step ran that ends here; null when no step that changed anything does. */
  peak: number | null;
  /** The most so far. */
  highest: number;
  /** What the device's own allocator says, or null. */
  allocated: number | null;
}

/** One device over the lecture: row i holds from position `known[i]` until that of the next row. */
export interface DeviceMemory {
  device: string;
  known: Int32Array;
  total: Float64Array;
  /** Of each row: the highest peak of it and of those before. */
  highest: Float64Array;
  /** The row in which the highest peak of all was reached first. */
  top: number;
  /** Bytes of a row by role. */
  live(row: number): Live;
  peak(row: number): number;
  /** The last row known at a position, or -1. */
  rowAt(position: number): number;
  at(position: number): Moment | null;
}

const byLecture = new WeakMap<Lecture, DeviceMemory[]>();

/** The memory of each device of a lecture, in the order in which they were first used. */
export function memoryOf(lecture: Lecture): DeviceMemory[] {
  let devices = byLecture.get(lecture);
  if (!devices) byLecture.set(lecture, (devices = buildMemory(lecture)));
  return devices;
}

export function buildMemory({
  trace: { memory, strings },
  positions,
}: Pick<Lecture, "trace" | "positions">): DeviceMemory[] {
  const known = knownFroms(memory.step, positions);
  const rows = new Map<number, number[]>();
  memory.device.forEach((device, row) => {
    const there = rows.get(device);
    if (there) there.push(row);
    else rows.set(device, [row]);
  });
  return [...rows].map(([device, own]) => {
    const live = (i: number) => ROLES.map((role) => memory[role][own[i]]) as Live;
    const total = Float64Array.from(own, (row) => ROLES.reduce((sum, role) => sum + memory[role][row], 0));
    // What is alive when the step ends was alive while it ran.
    const peaks = Float64Array.from(own, (row, i) => Math.max(memory.peak[row], total[i]));
    const highest = peaks.slice();
    let top = 0;
    for (let i = 1; i < own.length; i++) {
      highest[i] = Math.max(highest[i], highest[i - 1]);
      if (peaks[i] > peaks[top]) top = i;
    }
    const from = Int32Array.from(own, (row) => known[row]);
    const rowAt = (position: number) => lastAtMost(position, 0, own.length, (i) => from[i]);
    return {
      device: strings[device],
      known: from,
      total,
      highest,
      top,
      live,
      peak: (i) => peaks[i],
      rowAt,
      at(position) {
        const i = rowAt(position);
        if (i < 0) return null;
        const row = own[i];
        const here = memory.step[row] === positions.step[position] && positions.exit[memory.step[row]] === position;
        const allocated = memory.allocated[row];
        return {
          live: live(i),
          total: total[i],
          peak: here ? peaks[i] : null,
          highest: highest[i],
          allocated: allocated < 0 ? null : allocated,
        };
      },
    };
  });
}

/**
 * From which position on each row is known. A row is written when its step ends, so it is known from the step's way out;
 * and rows are in the order of recording, so none is known before those above it. Two things keep that order from being
 * the order of the ways out: the step of a generator that went on later has its way out there, but its row may be from
 * the first time it was left, and then is known once a later row is; a step of another thread may have opened long
 * before it ended, and then is known once the rows above it are, at the earliest when all their steps have opened.
 */
function knownFroms(step: Column, { entry, exit }: Positions): Int32Array {
  const known = Int32Array.from(step, (s) => exit[s]);
  for (let row = known.length - 2; row >= 0; row--) known[row] = Math.min(known[row], known[row + 1]);
  let opened = 0;
  for (let row = 0; row < known.length; row++) {
    opened = Math.max(opened, entry[step[row]]);
    known[row] = Math.max(known[row], opened);
  }
  return known;
}
