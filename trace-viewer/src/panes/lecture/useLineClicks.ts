import { useEffect, type RefObject } from "react";
import { jumpToLine } from "../../state/actions";

/**
 * A click on a line of code, or on the number of any line, goes to the next time it runs. Words and pictures are for
 * reading: a click there does what it does anywhere.
 */
export function useLineClicks(root: RefObject<HTMLElement | null>, file: number): void {
  useEffect(() => {
    const element = root.current;
    const click = (event: MouseEvent) => {
      if (!(event.target instanceof Element)) return;
      const row = event.target.closest<HTMLElement>(".row[data-line]"); // a call in place has its own
      if (!row) return;
      const number = event.target.closest(".number");
      if (!number) {
        if (!event.target.closest(".source") || event.target.closest("a, button, summary")) return;
        if (window.getSelection()?.isCollapsed === false) return; // the click ended a selection
      }
      jumpToLine(file, Number(row.dataset.line));
    };
    element?.addEventListener("click", click);
    return () => element?.removeEventListener("click", click);
  }, [root, file]);
}
