import type { Trace } from "../format/generated";
import { openLecture, type Lecture } from "./lecture";

/** Open a trace; of one of several ranks, what `rank` did (the first of them, if there is no such rank). */
export async function openRun(trace: Trace, rank = -1): Promise<Lecture> {
  return trace.ranks.length > 0 ? (await import("./ranks")).runOf(trace).open(rank) : openLecture(trace);
}
