import { useEffect } from "react";
import { hasKernels } from "../logic/kernel-place";
import type { Lecture } from "../logic/lecture";

/**
 * Load what is searched with once the reader has begun to use the page: not before, since many only read. What kernels did is
 * worked out when there is time: the first step into one should not wait.
 */
export function usePreload(lecture: Lecture): void {
  useEffect(() => {
    if (!hasKernels(lecture) || !("requestIdleCallback" in window)) return undefined;
    const prepare = () =>
      void import("../panes/kernel/KernelPane").then((pane) => pane.prepare(lecture)).catch(() => {});
    const waiting = requestIdleCallback(prepare, { timeout: 2000 });
    return () => cancelIdleCallback(waiting);
  }, [lecture]);
  useEffect(() => {
    const begin = () => {
      stop();
      const loading = [import("../panes/search/SearchPane"), import("../panes/palette/PalettePane")];
      void Promise.allSettled(loading); // what fails is tried again when it is asked for
    };
    const stop = () => {
      window.removeEventListener("keydown", begin);
      window.removeEventListener("pointerdown", begin);
    };
    window.addEventListener("keydown", begin);
    window.addEventListener("pointerdown", begin);
    return stop;
  }, []);
}
