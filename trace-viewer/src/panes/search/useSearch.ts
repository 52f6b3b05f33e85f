import { useEffect, useMemo } from "react";
import { hiddenStatements } from "../../logic/document";
import { arrange, type Group } from "../../logic/search/arrange";
import { KINDS, type Kind } from "../../logic/search/hit";
import { readQuery } from "../../logic/search/query";
import { run, type Found } from "../../logic/search/run";
import { scan } from "../../logic/search/scan";
import { setSearch, type Search } from "../../state/finding";
import { store, useLecture, useStore } from "../../state/store";

const NOTHING: Found = {
  hits: [],
  counts: { words: 0, code: 0, names: 0, values: 0, output: 0 },
  done: true,
  hint: "",
};

interface Searching {
  text: string;
  kinds: readonly Kind[];
  search: Search | null;
  /** Why nothing can be looked for, or why nothing was found, in a sentence; else "". */
  problem: string;
  setText(text: string): void;
  toggle(kind: Kind): void;
}

/** The search of the open lecture. What is typed is looked for at once; the next key press ends that. */
export function useSearch(): Searching {
  const lecture = useLecture();
  const search = useStore((state) => state.search);
  const { raw, notes } = useStore(({ settings }) => settings);
  const { text = "", kinds = [] } = search ?? {};
  const query = useMemo(() => readQuery(text), [text]);

  const listed = (found: Found, chosen: readonly Kind[]): Group[] => {
    const hits = chosen.length > 0 ? found.hits.filter(({ kind }) => chosen.includes(kind)) : found.hits;
    return arrange(lecture, hits);
  };

  useEffect(() => {
    const before = store.getState().search;
    if (before?.of === text && before.found.done) return undefined; // opened again
    if (!query.find) {
      setSearch({ of: text, found: NOTHING, groups: [], at: "" });
      return undefined;
    }
    const controller = new AbortController();
    const hidden = hiddenStatements(lecture, raw, notes);
    const tell = (found: Found) => {
      const now = store.getState().search;
      setSearch({
        of: text,
        found,
        groups: listed(found, now?.kinds ?? []),
        // The mark stays where it was put while more is found.
        at: now?.of === text ? now.at : "",
      });
    };
    void run(scan(lecture, query, { hidden, raw }), tell, controller.signal);
    return () => controller.abort();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `listed` is made anew each time
  }, [lecture, query, raw, notes]);

  return {
    text,
    kinds,
    search,
    problem: query.problem ?? (search?.of === text && search.groups.length === 0 ? search.found.hint : ""),
    setText: (typed) => setSearch({ text: typed }),
    toggle: (kind) => {
      const chosen = KINDS.filter((each) => kinds.includes(each) !== (each === kind));
      const found = search?.found ?? NOTHING;
      setSearch({ kinds: chosen, groups: listed(found, chosen) });
    },
  };
}
