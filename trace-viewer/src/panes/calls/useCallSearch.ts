import { useEffect, useState } from "react";
import type { CallFacts } from "../../logic/call-facts";
import { searchCalls, type FoundCalls } from "../../logic/call-search";
import type { Lecture } from "../../logic/lecture";
import { summarise } from "../../values/summary";

/** Milliseconds of a search at a time: keys pressed meanwhile do not wait. */
const SLICE_MS = 6;
/** As many characters of an argument are searched. */
const LONGEST = 80;

/** What the filter finds, once it has been found; null while there is no filter. */
export function useCallSearch(lecture: Lecture, facts: CallFacts, query: string): FoundCalls | null {
  const [found, setFound] = useState<{ query: string; calls: FoundCalls } | null>(null);
  useEffect(() => {
    if (query === "") return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const search = searchCalls(lecture, facts, query, (value) => summarise(lecture.trace.values[value], LONGEST));
    const go = () => {
      const end = performance.now() + SLICE_MS;
      while (performance.now() < end) {
        const { done, value } = search.next();
        if (!done) continue;
        setFound({ query, calls: value });
        return;
      }
      timer = setTimeout(go);
    };
    go();
    return () => clearTimeout(timer);
  }, [lecture, facts, query]);
  return query === "" ? null : (found?.calls ?? null); // what was found before stands until there is more to show
}
