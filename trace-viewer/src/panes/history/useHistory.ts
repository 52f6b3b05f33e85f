import { historyOf, momentAt, type History, type Scope } from "../../logic/history";
import type { Lecture } from "../../logic/lecture";
import { loopsOf } from "../../logic/loops";
import { useLecture, useStore } from "../../state/store";

/** The key of a name's open history: the same in all calls of a function. */
export function historyKey({ trace }: Lecture, call: number, name: string): string {
  return `${trace.calls.function[call]} ${name}`;
}

/** The history of a name as the reader chose to see it, and where in it they are; null where there is none. */
export function useHistory(call: number, name: string) {
  const lecture = useLecture();
  const key = historyKey(lecture, call, name);
  const chosen = useStore(({ histories }) => histories[key]);
  const history =
    historyOf(lecture, call, name, chosen === "any" ? undefined : chosen) ?? historyOf(lecture, call, name);
  const current = useStore(({ position }) => (history ? momentAt(history, position) : -1));
  return history && { lecture, history, current, key, open: chosen !== undefined };
}

/** Which other moments of the name there are to choose, with how many in each. */
export function scopesOf(lecture: Lecture, call: number, name: string): { scope: Scope; count: number }[] {
  const found = (["call", "function"] as const).map((scope) => ({
    scope,
    count: historyOf(lecture, call, name, scope)?.positions.length ?? 0,
  }));
  return found[0].count === found[1].count ? found.slice(0, 1) : found.filter(({ count }) => count > 0);
}

/** The turn of the innermost loop around a moment's step in its call, or 0. */
export function turnOf(lecture: Lecture, { rows }: History, moment: number): number {
  return loopsOf(lecture).around(lecture.trace.bindings.step[rows[moment]])[0]?.turn ?? 0;
}
