import type { Trace } from "../../format/generated";
import { Nodes } from "./nodes";

/**
 * Where each step stands, said without numbers of steps: "in the main call, in the third turn of the loop on line 8, the
 * second execution of line 9; in the first call of `f` that it made, …". Two steps of two runs that stand in the same place
 * have the same number, so that they are found whatever ran before them.
 */
export interface Identities {
  ofStep: Int32Array;
  ofCall: Int32Array;
}

/** Statements and functions by numbers that both runs share. */
export interface Keys {
  statement: Int32Array;
  function: Int32Array;
}

/** That some places of a run count as others: with it a run is laid over itself. */
export interface Relabel {
  /** By place: what is the n-th in it counts as the (n - by)-th. */
  shifts: ReadonlyMap<number, number>;
  /** A call that counts as the place of another one, `as`; that one, `away`, counts as none. */
  call: number;
  as: number;
  away: number;
}

export const NO_RELABEL: Relabel = { shifts: new Map(), call: -1, as: -1, away: -1 };

/** So many steps at a time, then others may have the processor. */
const SLICE = 8192;

/** What tells statements, functions and turns apart as keys of a place. */
const TURN = 0;
const statementKey = (key: number) => key + 1;
const functionKey = (key: number) => -1 - key;

/** No run has so many turns. */
const NOWHERE = 0x4000_0000;

/** Say of every step where it stands, in slices; yields how many steps are done. */
export function* identify(
  nodes: Nodes,
  trace: Trace,
  keys: Keys,
  relabel: Relabel = NO_RELABEL,
): Generator<number, Identities> {
  const { steps, calls, statements } = trace;
  const count = steps.call.length;
  const ofStep = new Int32Array(count);
  const ofCall = new Int32Array(calls.parent.length).fill(-1);
  const within = new Int32Array(calls.parent.length); // of each call: the place that its steps stand in, now
  const innermost = new Int32Array(calls.parent.length).fill(-1); // … and the run of a loop around it
  // Runs of loops: the header, the place of the run, that around it, the run around it, and how many turns have begun.
  const [header, place, around, outer, turns]: number[][] = [[], [], [], [], []];
  nodes.forget();

  const { shifts } = relabel;
  const shiftOf = (parent: number) => (shifts.size > 0 ? (shifts.get(parent) ?? 0) : 0);
  const next = (parent: number, key: number) => nodes.next(parent, key, shiftOf(parent));

  const enter = (call: number, step: number) => {
    const parent = calls.parent[call];
    const from = parent >= 0 && parent < step ? ofStep[parent] : nodes.root;
    const key = functionKey(keys.function[calls.function[call]]);
    let own = next(from, key);
    if (call === relabel.call) own = relabel.as;
    else if (call === relabel.away) own = nodes.find(from, key, NOWHERE);
    ofCall[call] = within[call] = own;
  };

  for (let step = 0; step < count; step++) {
    const call = steps.call[step];
    if (ofCall[call] < 0) enter(call, step);
    const statement = steps.statement[step];
    const line = statements.line[statement];
    let run = innermost[call];
    while (run >= 0) {
      const of = header[run];
      if (of === statement || (statements.line[of] <= line && line <= statements.loop_end[of])) break;
      within[call] = around[run];
      run = outer[run];
    }
    const key = statementKey(keys.statement[statement]);
    if (statements.loop_end[statement] > 0) {
      if (run < 0 || header[run] !== statement) {
        header.push(statement);
        around.push(within[call]);
        place.push(next(within[call], key));
        outer.push(run);
        run = turns.push(0) - 1;
      }
      within[call] = nodes.find(place[run], TURN, ++turns[run] - shiftOf(place[run]));
      ofStep[step] = within[call];
    } else ofStep[step] = next(within[call], key);
    innermost[call] = run;
    if (step % SLICE === SLICE - 1) yield step;
  }
  return { ofStep, ofCall };
}
