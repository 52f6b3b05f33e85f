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

/** The values that are known on both sides, the innermost function first: calls by how many are inside of them. */
export function valuePairs(a: Side, b: Side, tolerance: Tolerance): FramePair[] {
  const [stackA, stackB] = [a, b].map(({ lecture, position }) => lecture.stackAt(position));
  const frames: FramePair[] = [];
  for (let depth = 0; depth < Math.min(Math.max(stackA.length, stackB.length), MOST_FRAMES); depth++) {
    const [callA, callB] = [stackA[depth]?.call ?? -1, stackB[depth]?.call ?? -1];
    const known = pairUp(valuesOf(a, callA, depth === 0), valuesOf(b, callB, depth === 0), tolerance);
    frames.push({
      a: callA < 0 ? "" : a.lecture.functionName(callA),
      b: callB < 0 ? "" : b.lecture.functionName(callB),
      pairs: known,
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
    const alike = own !== undefined && other !== undefined && agree(own, other, tolerance);
    return { name, a: own, b: other, alike };
  });
}
