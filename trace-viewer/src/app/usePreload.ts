import { useEffect } from "react";

/** Load what is searched with once the reader has begun to use the page: not before, since many only read. */
export function usePreload(): void {
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
