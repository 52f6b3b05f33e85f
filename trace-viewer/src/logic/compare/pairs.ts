import type { Value } from "../../format/generated";
import type { Lecture } from "../lecture";
import { agree, type Tolerance } from "./agreement";

/** Where one side stands. */
export interface Side {
  lecture: Lecture;
  position: number;
}

/** A name with what it is on both sides; undefined where a side does not show it. */
export interface ValuePair {
  name: string;
  a: Value | undefined;
  b: Value | undefined;
  alike: boolean;
}

/** The values of a function on both sides. */
export interface FramePair {
  /** The function, on each side; "" where the stack of a side is not so deep. */
  a: string;
  b: string;
  pairs: ValuePair[];
}

/** What stands for a value that was returned. */
export const RETURNED = "returns";

const MOST_FRAMES = 12;

/** The values that are known on both sides, the innermost function first: calls belong together by how deep they are. */
export function valuePairs(a: Side, b: Side, tolerance: Tolerance): FramePair[] {
  const [stackA, stackB] = [a, b].map(({ lecture, position }) => lecture.stackAt(position));
  const frames: FramePair[] = [];
  const deepest = Math.max(stackA.length, stackB.length);
  for (let depth = deepest; depth > Math.max(0, deepest - MOST_FRAMES); depth--) {
    const [fromA, fromB] = [stackA.length - depth, stackB.length - depth]; // 0: the innermost
    const [callA, callB] = [stackA[fromA]?.call ?? -1, stackB[fromB]?.call ?? -1];
    frames.push({
      a: callA < 0 ? "" : a.lecture.functionName(callA),
      b: callB < 0 ? "" : b.lecture.functionName(callB),
      pairs: pairUp(valuesOf(a, callA, fromA === 0), valuesOf(b, callB, fromB === 0), tolerance),
    });
  }
  return frames;
}

function valuesOf({ lecture, position }: Side, call: number, innermost: boolean): Map<string, Value> {
  const { trace, bindings } = lecture;
  const found = new Map<string, Value>();
  if (call < 0) return found;
  for (const { name, value, gone } of bindings.variables(call, position))
    if (!gone) found.set(name, trace.values[value]);
  const returned = innermost ? bindings.returned(position) : -1;
  if (returned >= 0) found.set(RETURNED, trace.values[returned]);
  return found;
}

/** The names of A in their order, each followed by those that only B has there. */
function pairUp(a: Map<string, Value>, b: Map<string, Value>, tolerance: Tolerance): ValuePair[] {
  const names = [...a.keys(), ...[...b.keys()].filter((name) => !a.has(name))].filter((name) => name !== RETURNED);
  if (a.has(RETURNED) || b.has(RETURNED)) names.push(RETURNED);
  return names.map((name) => {
    const [own, other] = [a.get(name), b.get(name)];
    return {
      name,
      a: own,
      b: other,
      alike: own !== undefined && other !== undefined && areAlike(own, other, tolerance),
    };
  });
}

const latest = new WeakMap<object, { other: Value; tolerance: Tolerance; alike: boolean }>();

/** As `agree`; large values, which stay in sight for many steps, are compared once. */
function areAlike(own: Value, other: Value, tolerance: Tolerance): boolean {
  if (typeof own !== "object" || own === null) return agree(own, other, tolerance);
  const before = latest.get(own);
  if (before?.other === other && before.tolerance === tolerance) return before.alike;
  const alike = agree(own, other, tolerance);
  latest.set(own, { other, tolerance, alike });
  return alike;
}
