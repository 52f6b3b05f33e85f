import { useEffect } from "react";
import { typeAhead } from "../state/finding";
import { store } from "../state/store";
import { belongsTo, keyName } from "./keys";
import { commandFor } from "./registry";

/**
 * Run commands by their keys. `html[data-ready]` says that the page listens and has loaded what it shows: a test may press
 * keys from then on.
 */
export function useKeyboard(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (typeAhead(event)) return;
      const key = keyName(event);
      const command = key === null ? undefined : commandFor(key);
      if (!command || key === null || event.defaultPrevented || belongsTo(event.target, key)) return;
      const state = store.getState();
      // A dialog has the keyboard to itself; only its own key closes it (Escape is the browser's), and the palette
      // takes its place.
      if (state.overlay !== null && command.id !== state.overlay && command.id !== "palette") return;
      if (state.lineMenu) return; // the menu of a line has it, too
      if (!command.when(state)) {
        if (command.group === "Step" && state.opened.status === "ready") event.preventDefault(); // no stray scrolling
        return;
      }
      event.preventDefault();
      command.run(state);
    };
    window.addEventListener("keydown", press);
    const { dataset } = document.documentElement;
    const tell = () => {
      const { status } = store.getState().opened;
      const waiting = status === "loading" || (status === "none" && new URLSearchParams(location.search).has("trace"));
      if (waiting) delete dataset.ready;
      else dataset.ready = "";
    };
    tell();
    const stopTelling = store.subscribe(tell);
    return () => {
      window.removeEventListener("keydown", press);
      stopTelling();
      delete dataset.ready;
    };
  }, []);
}
