import { callLinks, type CallLinks } from "./call-links";
import type { Lecture } from "./lecture";

/** What is told of each call, by its index: a column a quantity, since there may be hundreds of thousands. */
export interface CallFacts extends CallLinks {
  /** How many calls are open around it. */
  level: Int32Array;
  /** Steps that ran inside it, with those of what it called. */
  steps: Int32Array;
  /** Nanoseconds, with what it called. */
  time: Float64Array;
  /** With what it called; null where nothing was counted. */
  flops: Float64Array | null;
  /** What it returned, or yielded last (an index into `trace.values`), or -1. */
  returned: Int32Array;
  /** 1 when an exception left it. */
  raised: Uint8Array;
}

const RETURNED = 1;
const END_RAISE = 3;

const built = new WeakMap<Lecture, CallFacts>();

/** Worked out when first asked for. */
export function callFacts(lecture: Lecture): CallFacts {
  let facts = built.get(lecture);
  if (!facts) built.set(lecture, (facts = buildFacts(lecture)));
  return facts;
}

function buildFacts(lecture: Lecture): CallFacts {
  const { calls, steps, bindings, operations, raised } = lecture.trace;
  const links = callLinks(lecture);
  const { order, parent, last } = links;
  const count = calls.parent.length;

  const own = new Int32Array(count);
  const time = new Float64Array(count);
  for (let step = 0; step < steps.call.length; step++) {
    own[steps.call[step]]++;
    time[steps.call[step]] += steps.duration[step];
  }
  const flops = operations.step.length > 0 ? new Float64Array(count) : null;
  if (flops) {
    for (let row = 0; row < operations.step.length; row++)
      flops[steps.call[operations.step[row]]] += operations.flops[row];
  }
  // A call begins after the one that made it, so from the last to the first each has all that is inside it.
  for (let i = order.length - 1; i >= 0; i--) {
    const above = parent[order[i]];
    if (above < 0) continue;
    own[above] += own[order[i]];
    if (flops) flops[above] += flops[order[i]];
  }
  const level = new Int32Array(count);
  for (const call of order) if (parent[call] >= 0) level[call] = level[parent[call]] + 1;

  const returned = new Int32Array(count).fill(-1);
  for (let row = 0; row < bindings.step.length; row++) {
    if (bindings.role[row] === RETURNED) returned[steps.call[bindings.step[row]]] = bindings.value[row];
  }
  // An exception that left a call ended its last step, and the step that made the call.
  const left = new Set(raised.step);
  const gone = new Uint8Array(count);
  for (const call of order) {
    const made = calls.parent[call];
    const ended = left.has(last[call]) && steps.end[last[call]] === END_RAISE;
    if (ended && returned[call] < 0 && (made < 0 || left.has(made))) gone[call] = 1;
  }
  return { ...links, level, steps: own, time, flops, returned, raised: gone };
}
