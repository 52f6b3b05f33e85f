import { useMemo } from "react";
import type { Trace } from "../../format/generated";
import { callLinks } from "../../logic/call-links";
import { programsOf } from "../../logic/kernel-place";
import { goesDown, productOf } from "../../logic/kernel-product";
import { accessesOf, trafficOf, type ArrayTraffic } from "../../logic/kernel-reuse";
import { planeOf, type Plane, type Product } from "../../logic/kernel-sheets";
import { overhangOf } from "../../logic/kernel-tiles";
import { dimensionsOf } from "../../logic/kernel-words";
import { kernelsOf, type Kernels } from "../../logic/kernels";
import type { Lecture } from "../../logic/lecture";
import { kernelHere } from "../../state/kernels";
import { useLecture, useStore } from "../../state/store";
import { useLater } from "../../widgets/painted";

/** So many arrays of a launch are drawn; a kernel has hardly ever more. */
const MOST_ARRAYS = 12;

/** What is the same at every step of a launch. */
export interface LaunchFacts {
  launch: number;
  kernel: string;
  grid: number[];
  /** The recorded programs, in the order in which they ran. */
  programs: Int32Array;
  /** Of each of them, its place in that order. */
  order: ReadonlyMap<number, number>;
  /** The arrays that are drawn, and how many more there are. */
  arrays: DrawnArray[];
  more: number;
  product: Product | null;
  /** The grid is drawn with its first dimension downwards. */
  goesDown: boolean;
  traffic: ArrayTraffic[];
  /** What the reader should know about what was not recorded, in sentences. */
  remarks: string[];
}

export interface DrawnArray {
  /** A row of `arrays`. */
  array: number;
  plane: Plane;
  traffic: ArrayTraffic;
  /** How far tiles reach beyond the last row and column, in elements. */
  below: number;
  beside: number;
}

export interface KernelNow {
  lecture: Lecture;
  kernels: Kernels;
  facts: LaunchFacts;
  position: number;
  /** A row of `programs`, or -1 on the launching line. */
  program: number;
  /** The accesses of this step. */
  now: Int32Array;
}

const NONE = new Int32Array();

/** The kernel at the current position, or null where there is none. A step is shown in the lecture before it is shown here. */
export function useKernel(): KernelNow | null {
  const lecture = useLecture();
  const at = useStore((state) => state.position);
  const here = useStore(kernelHere);
  const now = useMemo(() => ({ lecture, position: at, place: here }), [lecture, at, here]);
  const later = useLater(now);
  const { position, place } = later.lecture === lecture ? later : now;
  const facts = useMemo(() => (place ? factsOf(lecture, place.launch) : null), [lecture, place]);
  if (!place || !facts) return null;
  const kernels = kernelsOf(lecture);
  const { program } = place;
  return {
    lecture,
    kernels,
    facts,
    position,
    program,
    now: program < 0 ? NONE : kernels.at(program, position),
  };
}

/** What grows with the trace, and is worked out once. */
export function prepareKernels(lecture: Lecture): void {
  kernelsOf(lecture);
  callLinks(lecture); // where programs begin and end
}

const known = new WeakMap<Lecture, Map<number, LaunchFacts>>();

function factsOf(lecture: Lecture, launch: number): LaunchFacts {
  const byLaunch = known.get(lecture) ?? new Map<number, LaunchFacts>();
  known.set(lecture, byLaunch);
  let facts = byLaunch.get(launch);
  if (!facts) byLaunch.set(launch, (facts = findFacts(lecture, launch)));
  return facts;
}

function findFacts(lecture: Lecture, launch: number): LaunchFacts {
  const { trace } = lecture;
  const { launches, functions, strings } = trace;
  const programs = programsOf(lecture, launch);
  const traffic = trafficOf(lecture, launch);
  const drawn = traffic.slice(0, MOST_ARRAYS);
  const reach = reachOf(lecture, programs, drawn);
  return {
    launch,
    kernel: strings[functions.name[launches.function[launch]]],
    grid: [launches.x[launch], launches.y[launch], launches.z[launch]],
    programs,
    order: new Map(Array.from(programs, (row, i) => [row, i])),
    arrays: drawn.map((own, i) => ({
      array: own.array,
      plane: planeOf(trace.arrays[own.array]),
      traffic: own,
      ...reach[i],
    })),
    more: traffic.length - drawn.length,
    product: productOf(
      lecture,
      programs,
      drawn.map(({ array }) => array),
    ),
    goesDown:
      dimensionsOf([launches.x[launch], launches.y[launch], launches.z[launch]]) > 1 && goesDown(lecture, programs),
    traffic,
    remarks: remarksOn(lecture, launch, programs),
  };
}

function remarksOn(lecture: Lecture, launch: number, programs: Int32Array): string[] {
  const { trace, positions } = lecture;
  const { elided, functions, launches, notices, statements } = trace;
  const kernel = launches.function[launch];
  const ends = programs.at(-1) === undefined ? null : kernelsOf(lecture).span(programs.at(-1)!);
  const last = ends ? positions.step[ends.to] : -1;
  const isCut = elided.statement.some((statement, row) => {
    const line = statements.line[statement];
    const isOfKernel = functions.line[kernel] <= line && line <= functions.end_line[kernel];
    return isOfKernel && statements.file[statement] === functions.file[kernel] && elided.step[row] <= last;
  });
  const cut = "Some lines of this kernel ran more often than was recorded. What is counted here is what was.";
  const said = notices.filter(({ message, step }) => /\bkernels?\b/.test(message) && (step ?? 0) <= last);
  return [...(isCut ? [cut] : []), ...new Set(said.map(({ message }) => message.slice(0, 400)))].slice(0, 4);
}

/** How far the tiles of each array reach beyond it; what is drawn of that is no longer than the array itself. */
function reachOf(
  lecture: Lecture,
  programs: Int32Array,
  drawn: readonly ArrayTraffic[],
): { below: number; beside: number }[] {
  const { trace } = lecture;
  const { shapes, byProgram } = kernelsOf(lecture);
  const reach = new Map(drawn.map(({ array }) => [array, { below: 0, beside: 0 }]));
  for (const access of accessesOf(byProgram, programs)) {
    const own = reach.get(trace.accesses.array[access]);
    if (!own || trace.accesses.masked[access] + trace.accesses.beyond[access] === 0) continue;
    const after = overhangOf(trace, shapes, access)?.after;
    own.beside = Math.max(own.beside, after?.at(-1) ?? 0);
    own.below = Math.max(own.below, after?.at(-2) ?? 0);
  }
  return drawn.map(({ array }) => {
    const { rows, columns } = planeOf(trace.arrays[array]);
    const { below, beside } = reach.get(array)!;
    return { below: Math.min(below, rows), beside: Math.min(beside, columns) };
  });
}

/** `64 × 48 float32` */
export function shapeWords({ arrays }: Trace, array: number): string {
  const { shape, dtype } = arrays[array];
  return `${shape.slice(0, 8).join(" × ") || "one number"} ${dtype.slice(0, 20)}`;
}
