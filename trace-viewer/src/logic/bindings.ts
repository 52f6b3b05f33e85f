import type { Trace } from "../format/generated";
import type { Frame } from "./calls";
import { groupRows, lastAtMost } from "./columns";
import { knownFrom, type Positions } from "./positions";

const RETURNED = 1;

/** A variable, or an inspected expression, as it is at a position. */
export interface Variable {
  name: string;
  /** Index into `trace.values`. */
  value: number;
  /** What it was before it became this, or -1. */
  before: number;
  /** It became this at exactly this position. */
  changed: boolean;
  /** It is shown no longer, from exactly this position on; `value` is the last that it was. */
  gone: boolean;
}

/** A name of one call with its rows of `trace.bindings`, in the order of recording. */
export interface NameRows {
  name: string;
  rows: Int32Array;
}

export interface Bindings {
  /** The variables of a call at a position, in the order in which they were first recorded. */
  variables(call: number, position: number): Variable[];
  /** The value that the step at this position returned (an index into `trace.values`), or -1. */
  returned(position: number): number;
  /** The names that a call bound, in the order in which they were first recorded. */
  names(call: number): NameRows[];
  /** Of each row, the position from which it is known; along the rows of a name of a call it does not decrease. */
  known: Int32Array;
}

/**
 * The rows are put in order when they are first asked for. Of a long run that takes as long as most of opening it, and the
 * first screen shows the values of one call: until `known`, or another call, is asked for, there are the rows of that alone.
 */
export function buildBindings(trace: Trace, positions: Positions): Bindings {
  const { bindings, strings } = trace;
  let all: Order | undefined;
  let first: { call: number; rows: Order } | undefined;
  const ofAll = () => {
    first = undefined;
    return (all ??= inOrder(trace, positions));
  };
  const orderFor = (call: number) => {
    if (all) return all;
    first ??= { call, rows: inOrder(trace, positions, call) };
    return first.call === call ? first.rows : ofAll();
  };

  return {
    variables(call, position) {
      const found: (Variable & { first: number })[] = [];
      const { order, known, namesOf } = orderFor(call);
      for (const { from, to } of namesOf(call)) {
        if (bindings.role[order[from]] === RETURNED) continue;
        const at = lastAtMost(position, from, to, (i) => known[order[i]]);
        if (at < 0) continue;
        const row = order[at];
        const fresh = known[row] === position;
        // Several rows may be known at once, as an argument that its first line asks for: before is before all of them.
        const earlier = fresh ? lastAtMost(position - 1, from, at, (i) => known[order[i]]) : at - 1;
        const before = earlier >= from ? bindings.value[order[earlier]] : -1;
        const gone = bindings.value[row] < 0;
        if (gone && (!fresh || before < 0)) continue;
        const value = gone ? before : bindings.value[row];
        const changed = fresh && value !== before;
        found.push({ name: strings[bindings.name[row]], value, before, changed, gone, first: order[from] });
      }
      return found
        .sort((a, b) => a.first - b.first)
        .map(({ name, value, before, changed, gone }) => ({ name, value, before, changed, gone }));
    },
    returned(position) {
      if (position < 0) return -1;
      const step = positions.step[position];
      const call = trace.steps.call[step];
      const { order, known, namesOf } = orderFor(call);
      for (const { from, to } of namesOf(call)) {
        if (bindings.role[order[from]] !== RETURNED) continue;
        const at = lastAtMost(position, from, to, (i) => known[order[i]]);
        if (at >= 0 && known[order[at]] === position) return bindings.value[order[at]];
      }
      return -1;
    },
    names(call) {
      const found: NameRows[] = [];
      const { order, namesOf } = orderFor(call);
      for (const { from, to } of namesOf(call)) {
        const rows = order.subarray(from, to);
        if (bindings.role[rows[0]] !== RETURNED) found.push({ name: strings[bindings.name[rows[0]]], rows });
      }
      return found.sort((a, b) => a.rows[0] - b.rows[0]);
    },
    get known() {
      return ofAll().known;
    },
  };
}

/** Rows by call and, within it, by name: a name's rows lie together, in the order of recording. */
interface Order {
  order: Int32Array;
  /** Of each of these rows, the position from which it is known. */
  known: Int32Array;
  /** Where in `order` the rows of each name of a call are. */
  namesOf(call: number): { from: number; to: number }[];
}

/** Put all rows in order, or those of one call. */
function inOrder({ bindings, steps, calls, strings }: Trace, positions: Positions, only = -1): Order {
  const count = bindings.step.length;
  const callOf = new Int32Array(count);
  const known = new Int32Array(count);
  let kept = 0;
  const own = only < 0 ? undefined : new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const call = steps.call[bindings.step[row]];
    if (own && call !== only) continue;
    if (own) own[kept++] = row;
    callOf[row] = call;
    known[row] = knownFrom(positions, bindings.step[row], bindings.at[row]);
  }
  const byName = groupRows(bindings.name, strings.length, own?.subarray(0, kept)).order;
  const { start, order } = groupRows(callOf, calls.parent.length, byName);
  const nameAt = (i: number) => bindings.name[order[i]];
  for (let call = 0; call < calls.parent.length; call++) {
    for (let i = start[call] + 1; i < start[call + 1]; i++) {
      // Known in the order of recording.
      if (nameAt(i) === nameAt(i - 1)) known[order[i]] = Math.max(known[order[i]], known[order[i - 1]]);
    }
  }
  return {
    order,
    known,
    namesOf(call) {
      const found: { from: number; to: number }[] = [];
      for (let from = start[call]; from < start[call + 1];) {
        const to = lastAtMost(nameAt(from), from, start[call + 1], nameAt) + 1;
        found.push({ from, to });
        from = to;
      }
      return found;
    },
  };
}

/** The variables of every call on the stack, the innermost call first. */
export function framesAt(
  bindings: Bindings,
  stack: Frame[],
  position: number,
): { frame: Frame; variables: Variable[] }[] {
  return stack.map((frame) => ({ frame, variables: bindings.variables(frame.call, position) }));
}
