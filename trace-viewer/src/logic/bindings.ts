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
}

export interface Bindings {
  /** The variables of a call at a position, in the order in which they were first recorded. */
  variables(call: number, position: number): Variable[];
  /** The value that the step at this position returned (an index into `trace.values`), or -1. */
  returned(position: number): number;
}

export function buildBindings(trace: Trace, positions: Positions): Bindings {
  const { bindings, steps, calls, strings } = trace;
  const rows = bindings.step.length;
  const callOf = new Int32Array(rows);
  const known = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    callOf[row] = steps.call[bindings.step[row]];
    known[row] = knownFrom(positions, bindings.step[row], bindings.at[row]);
  }

  // By call and, within it, by name: a name's rows lie together, in the order of recording.
  const byCall = groupRows(callOf, calls.parent.length, groupRows(bindings.name, strings.length).order);
  const { order } = byCall;
  const starts: number[] = []; // where in `order` each name of each call begins
  const ofCall = new Int32Array(calls.parent.length + 1);
  for (let call = 0; call < calls.parent.length; call++) {
    const names: number[] = [];
    for (let i = byCall.start[call]; i < byCall.start[call + 1]; i++) {
      const begins = i === byCall.start[call] || bindings.name[order[i]] !== bindings.name[order[i - 1]];
      if (begins) names.push(i);
      else known[order[i]] = Math.max(known[order[i]], known[order[i - 1]]); // known in the order of recording
    }
    ofCall[call + 1] = ofCall[call] + names.length;
    starts.push(...names);
  }
  const ends = Int32Array.from(starts, (_, i) => starts[i + 1] ?? rows);

  return {
    variables(call, position) {
      const found: (Variable & { first: number })[] = [];
      for (let group = ofCall[call]; group < ofCall[call + 1]; group++) {
        const from = starts[group];
        if (bindings.role[order[from]] === RETURNED) continue;
        const at = lastAtMost(position, from, ends[group], (i) => known[order[i]]);
        if (at < 0) continue;
        const row = order[at];
        const value = bindings.value[row];
        if (value < 0) continue;
        const before = at > from ? bindings.value[order[at - 1]] : -1;
        const changed = known[row] === position && value !== before;
        found.push({ name: strings[bindings.name[row]], value, before, changed, first: order[from] });
      }
      return found
        .sort((a, b) => a.first - b.first)
        .map(({ name, value, before, changed }) => ({ name, value, before, changed }));
    },
    returned(position) {
      if (position < 0) return -1;
      const step = positions.step[position];
      const call = steps.call[step];
      for (let group = ofCall[call]; group < ofCall[call + 1]; group++) {
        const from = starts[group];
        if (bindings.role[order[from]] !== RETURNED) continue;
        const at = lastAtMost(position, from, ends[group], (i) => known[order[i]]);
        if (at >= 0 && known[order[at]] === position) return bindings.value[order[at]];
      }
      return -1;
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
