import { END_RAISE, type Trace } from "../format/generated";
import type { Executions } from "./executions";

/** Of the executions of a `with` statement's header, each with the other of its pair: on the way in and on the way out. */
export type Contexts = Map<number, number>;

/**
 * Pair the executions of these statements' headers. In a call they alternate; one that raised on its way in has no way out,
 * and what the run ended inside of, or was no longer recorded, has none either.
 */
export function pairContexts({ steps, statements, files }: Trace, among: number[], executions: Executions): Contexts {
  const { start, order } = executions.byStatement;
  const pairs: Contexts = new Map();
  const lines = new Map<number, string[]>();
  for (const statement of among) {
    const file = statements.file[statement];
    if (!lines.has(file)) lines.set(file, files[file].text.split("\n"));
    if (!/^\s*(?:async\s+)?with\b/.test(lines.get(file)![statements.line[statement] - 1] ?? "")) continue;
    const entered = new Map<number, number>(); // by call
    for (let i = start[statement]; i < start[statement + 1]; i++) {
      const step = order[i];
      const call = steps.call[step];
      const entry = entered.get(call);
      if (entry !== undefined) {
        pairs.set(entry, step).set(step, entry);
        entered.delete(call);
      } else if (steps.end[step] !== END_RAISE) entered.set(call, step);
    }
  }
  return pairs;
}
