import { boxFrom, covered, volume, type Box } from "./kernel-tiles";
import type { Groups } from "./columns";
import { programsOf } from "./kernel-place";
import { kernelsOf } from "./kernels";
import type { Lecture } from "./lecture";

/** What a launch moved to and from one array. */
export interface ArrayTraffic {
  /** A row of `arrays`. */
  array: number;
  loaded: number;
  stored: number;
  /** Bytes of the different elements that were loaded; null where that is too long to work out. */
  distinct: number | null;
  /** There may have been fewer: of gathers only the box around them is known. */
  isBound: boolean;
}

const built = new WeakMap<Lecture, Map<number, ArrayTraffic[]>>();

/** By array of a launch what its recorded programs moved: worked out when first asked for. */
export function trafficOf(lecture: Lecture, launch: number): ArrayTraffic[] {
  const byLaunch = built.get(lecture) ?? new Map<number, ArrayTraffic[]>();
  built.set(lecture, byLaunch);
  let traffic = byLaunch.get(launch);
  if (!traffic) byLaunch.set(launch, (traffic = measure(lecture, launch)));
  return traffic;
}

/** How often each byte that was loaded at all was loaded, on average; null where that is not known. */
export function timesRead({ loaded, distinct }: ArrayTraffic): number | null {
  return distinct ? loaded / distinct : null;
}

/** The accesses of some programs. */
export function* accessesOf({ start, order }: Groups, programs: Int32Array): Generator<number> {
  for (const program of programs) yield* order.subarray(start[program + 1], start[program + 2]);
}

function measure(lecture: Lecture, launch: number): ArrayTraffic[] {
  const { trace } = lecture;
  const { arrays, byProgram } = kernelsOf(lecture);
  const { order, start } = arrays;
  const own = order.subarray(start[launch], start[launch + 1]);
  const found = new Map(
    Array.from(own, (array) => [array, { loaded: 0, stored: 0, isBound: false, boxes: new Map<number, Box>() }]),
  );
  const { accesses } = trace;
  for (const row of accessesOf(byProgram, programsOf(lecture, launch))) {
    const sum = found.get(accesses.array[row]);
    if (!sum) continue;
    const [kind, region] = [accesses.kind[row], accesses.region[row]];
    const bytes = accesses.elements[row] * trace.arrays[accesses.array[row]].item_bytes;
    if (kind !== 1) sum.loaded += bytes;
    if (kind !== 0) sum.stored += bytes;
    if (kind === 1 || region < 0) continue;
    const box = sum.boxes.get(region) ?? boxFrom(trace.regions[region]);
    sum.boxes.set(region, box);
    sum.isBound ||= accesses.distinct[row] < volume(box);
  }
  return Array.from(found, ([array, { loaded, stored, isBound, boxes }]) => {
    const elements = covered([...boxes.values()]);
    const distinct = elements === null ? null : Math.min(elements * trace.arrays[array].item_bytes, loaded);
    return { array, loaded, stored, distinct, isBound };
  });
}
