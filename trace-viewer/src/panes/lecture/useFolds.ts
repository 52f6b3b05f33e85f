import { useCallback, useState } from "react";
import type { Page } from "../../logic/document";
import type { Fold } from "../../logic/folds";
import { useStore } from "../../state/store";

const none: ReadonlyMap<Fold, boolean> = new Map();

/**
 * Which long functions of a page are open: those that the reader is or has been in, or was led to, and those that were
 * opened by hand or all at once. `lines` are the ones that must be seen.
 */
export function useFolds(page: Page, lines: readonly number[]) {
  const folding = useStore((state) => state.folding);
  const needed = page.folds.filter(({ head, endLine }) => lines.some((line) => head < line && line <= endLine));
  const [kept, setKept] = useState({ page, folding, needed: [] as Fold[], open: none });
  let state = kept;
  // Going somewhere opens what is there; that it was closed by hand before counts no longer.
  const relaid = state.page !== page && page.folds.length > 0; // raw code has no folds, and is a matter of a moment
  if (relaid || state.folding !== folding) state = { page, folding, needed: [], open: none };
  if (!sameFolds(state.needed, needed)) {
    const fresh = needed.filter((fold) => !state.needed.includes(fold));
    state = { ...state, needed, open: fresh.length > 0 ? withAll(state.open, fresh, true) : state.open };
  }
  if (state !== kept) setKept(state);
  const toggle = useCallback(
    (fold: Fold, open: boolean) => {
      setKept((before) => ({ ...before, open: withAll(before.open, [fold], open) }));
    },
    [setKept],
  );
  const isOpen = (fold: Fold) => state.open.get(fold) ?? folding?.open ?? false;
  return { isOpen, toggle };
}

function withAll(open: ReadonlyMap<Fold, boolean>, folds: Fold[], is: boolean): ReadonlyMap<Fold, boolean> {
  const next = new Map(open);
  for (const fold of folds) next.set(fold, is);
  return next;
}

function sameFolds(a: Fold[], b: Fold[]): boolean {
  return a.length === b.length && a.every((fold, i) => fold === b[i]);
}
