import { groupRows, lastAtMost, type Groups } from "./columns";
import { ofLatest } from "./latest";
import type { Lecture } from "./lecture";

/** Where a position stands in a kernel: in one of its programs, or (`program` -1) on the line that launches it. */
export interface KernelPlace {
  /** A row of `launches`. */
  launch: number;
  /** A row of `programs`. */
  program: number;
}

interface Places {
  programOf: Map<number, number>;
  launchedBy: Map<number, number>;
  /** The recorded programs of each launch, in the order in which they ran. */
  byLaunch: Groups;
}

const built = new WeakMap<Lecture, Places>();

export function hasKernels({ trace }: Pick<Lecture, "trace">): boolean {
  return trace.launches.step.length > 0;
}

/** The kernel that a position is in, or launches. The innermost program counts, from within what it calls, too. */
export function kernelAt(lecture: Lecture, position: number): KernelPlace | null {
  return position < 0 || !hasKernels(lecture) ? null : placeAt(lecture, position);
}

const placeAt = ofLatest(findPlace);

/** The recorded programs of a launch, in the order in which they ran. */
export function programsOf(lecture: Lecture, launch: number): Int32Array {
  const { order, start } = placesOf(lecture).byLaunch;
  return order.subarray(start[launch], start[launch + 1]);
}

/** The program that stands `by` further on in its launch, or -1; from the launching line the first, or the last. */
export function neighbour(lecture: Lecture, { launch, program }: KernelPlace, by: 1 | -1): number {
  const programs = programsOf(lecture, launch);
  if (program < 0) return programs.at(by > 0 ? 0 : -1) ?? -1;
  return programs[lastAtMost(program, 0, programs.length, (i) => programs[i]) + by] ?? -1;
}

function findPlace(lecture: Lecture, position: number): KernelPlace | null {
  const { programOf, launchedBy } = placesOf(lecture);
  const { programs } = lecture.trace;
  for (const { call } of lecture.stackAt(position)) {
    const program = programOf.get(call);
    if (program !== undefined) return { launch: programs.launch[program], program };
  }
  const launch = launchedBy.get(lecture.positions.step[position]);
  return launch === undefined ? null : { launch, program: -1 };
}

function placesOf(lecture: Lecture): Places {
  let places = built.get(lecture);
  if (!places) {
    const { launches, programs } = lecture.trace;
    places = {
      programOf: firstRows(programs.call),
      launchedBy: firstRows(launches.step),
      byLaunch: groupRows(programs.launch, launches.step.length),
    };
    built.set(lecture, places);
  }
  return places;
}

/** Of each cell of a column the first row that has it. */
function firstRows(column: Iterable<number>): Map<number, number> {
  const rows = new Map<number, number>();
  let row = 0;
  for (const cell of column) {
    if (!rows.has(cell)) rows.set(cell, row);
    row++;
  }
  return rows;
}
