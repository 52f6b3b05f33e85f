import { useLayoutEffect, type RefObject } from "react";

/** When a pane comes at the top of its panel, which may have been scrolled down to some value, show the panel from the top. */
export function useOnTop(pane: RefObject<HTMLElement | null>, shown: boolean): void {
  useLayoutEffect(() => {
    const panel = shown ? pane.current?.closest(".side") : null;
    if (panel) panel.scrollTop = 0;
  }, [pane, shown]);
}
