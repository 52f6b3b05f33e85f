import { useLayoutEffect } from "react";
import { takeAhead } from "../state/finding";
import type { Overlay } from "../state/store";

/** Begin with what was typed while this was still loading. Before the next key press: that goes into the field. */
export function useTypedAhead(overlay: Overlay, begin: (typed: string) => void): void {
  useLayoutEffect(() => {
    const typed = takeAhead(overlay);
    if (typed !== "") begin(typed);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once
  }, []);
}
