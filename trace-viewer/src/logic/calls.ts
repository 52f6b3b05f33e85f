import type { Trace } from "../format/generated";
import { groupRows, lastAtMost } from "./columns";

/** Who called whom, when: a generator is called by whoever resumed it last. */
export interface CallTree {
  /** The step that `call` was running for at the time of step `time`, or -1. */
  parent(call: number, time: number): number;
  /** The calls open at `time`, the innermost (`call`) first. */
  stack(call: number, time: number): Frame[];
}

export interface Frame {
  call: number;
  /** Where the call stands: for the innermost the step asked about, for the others the step that made the next call. */
  step: number;
}

export function buildCallTree({ calls, resumes, steps }: Trace): CallTree {
  const rows = groupRows(resumes.call, calls.parent.length);
  const parent = (call: number, time: number) => {
    const { start, order } = rows;
    if (start[call] === start[call + 1]) return calls.parent[call];
    const row = lastAtMost(time, start[call], start[call + 1], (i) => resumes.step[order[i]]);
    return row < 0 ? calls.parent[call] : resumes.parent[order[row]];
  };
  return {
    parent,
    stack(call, time) {
      const frames: Frame[] = [];
      const seen = new Set<number>();
      let step = time;
      while (!seen.has(call)) {
        seen.add(call);
        frames.push({ call, step });
        step = parent(call, time);
        if (step < 0) break;
        call = steps.call[step];
      }
      return frames;
    },
  };
}
