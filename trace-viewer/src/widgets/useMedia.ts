import { useCallback, useSyncExternalStore } from "react";

/** Where the panel is a sheet at the bottom, as app.css has it. */
export const NARROW = "(width < 62rem)";

/** Whether a media query holds, kept true to it. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}
