import { useEffect, useReducer } from "react";
import type { Breakpoint } from "../../logic/breakpoints";
import type { Lecture } from "../../logic/lecture";
import { stopsOf, type Stops } from "../../logic/stops";
import { lookOn } from "../../state/stops";

/** How often a count that grows is shown. */
const SHOWN_EVERY_MS = 150;

/** The stops of a breakpoint, which are looked for in the time that the page leaves over; null where none is asked for. */
export function useStops(
  lecture: Lecture,
  where: Pick<Breakpoint, "file" | "line" | "condition" | "anchor"> | null,
): Stops | null {
  const [, show] = useReducer((shown: number) => shown + 1, 0);
  const stops = where && stopsOf(lecture, where);
  useEffect(() => {
    if (!stops || stops.done) return undefined;
    const controller = new AbortController();
    const timer = setInterval(show, SHOWN_EVERY_MS);
    void lookOn(stops, controller.signal, undefined, true).then(() => {
      clearInterval(timer);
      if (!controller.signal.aborted) show();
    });
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [stops]);
  return stops;
}
