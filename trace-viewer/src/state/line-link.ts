import { runsOfLine } from "../logic/line-runs";
import { addressOf } from "./address";
import type { LinePlace } from "./here";
import { copyAddress } from "./link";
import { lectureOf, store } from "./store";

/** Copy the address of the time that a line runs next, or ran last; of one that did not run, that of its source. */
export async function copyLineLink({ file, line }: LinePlace): Promise<void> {
  const state = store.getState();
  const lecture = lectureOf(state);
  if (!lecture) return;
  const runs = runsOfLine(lecture, file, line);
  const next = runs.after(state.position - 1);
  const position = next < 0 ? runs.last : next;
  const there = position < 0 ? { ...state, peek: { file, line } } : { ...state, position, peek: null };
  const search = addressOf(there);
  if (search !== null) await copyAddress(search);
}
