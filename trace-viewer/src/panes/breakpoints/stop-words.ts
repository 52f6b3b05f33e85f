import type { Stops } from "../../logic/stops";
import { count } from "../../values/numbers";

/** How often a breakpoint stops in the whole lecture: `12 stops`, `over 300 stops so far`. */
export function stopWords({ count: found, done }: Stops): string {
  const times = `${count(found)} ${found === 1 ? "stop" : "stops"}`;
  if (!done) return found === 0 ? "looking…" : `${times} so far`;
  return found === 0 ? "stops nowhere" : times;
}

/** Where a condition could not be decided; empty where it always could. */
export function undecidedWords({ undecided, why }: Stops): string {
  if (undecided === 0) return "";
  return `Undecided at ${count(undecided)} ${undecided === 1 ? "place" : "places"}: ${why}.`;
}
