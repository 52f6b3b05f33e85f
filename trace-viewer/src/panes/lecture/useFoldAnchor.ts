import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { store, useStore } from "../../state/store";

/** When all long functions are folded or unfolded at once, what the reader has before them stays where it is. */
export function useFoldAnchor(root: RefObject<HTMLElement | null>): void {
  const folding = useStore((state) => state.folding);
  const anchor = useRef<{ element: Element; top: number } | null>(null);
  useEffect(
    () =>
      store.subscribe((state, before) => {
        // The store tells of a change before the page is drawn again.
        if (state.folding === before.folding || !root.current) return;
        const element = seen(root.current);
        anchor.current = element && { element, top: element.getBoundingClientRect().top };
      }),
    [root],
  );
  useLayoutEffect(() => {
    const kept = anchor.current;
    anchor.current = null;
    if (!folding || !kept?.element.isConnected) return;
    const { top, height } = kept.element.getBoundingClientRect();
    if (height > 0 && Math.abs(top - kept.top) >= 1) window.scrollBy({ top: top - kept.top, behavior: "instant" });
  }, [folding]);
}

/** The current line if it is in the window, else the first line that is. */
function seen(root: HTMLElement): Element | null {
  const inView = (row: Element) => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  };
  const page = root.querySelector(".page:not([hidden])");
  const current = page?.querySelector("[aria-current=step]");
  if (current && inView(current)) return current;
  return [...(page?.querySelectorAll(".row") ?? [])].find((row) => row.checkVisibility() && inView(row)) ?? null;
}
