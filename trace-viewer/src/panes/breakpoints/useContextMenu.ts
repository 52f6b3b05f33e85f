import { useEffect } from "react";
import { store } from "../../state/store";

/**
 * A context click on the number of a line, or on the margin beside it, opens the menu of the line: from the first moment,
 * when the menu itself has yet to load.
 */
export function useContextMenu(): void {
  useEffect(() => {
    const menu = (event: MouseEvent) => openAt(event.target) && event.preventDefault();
    document.addEventListener("contextmenu", menu, true);
    return () => document.removeEventListener("contextmenu", menu, true);
  }, []);
}

/** The row whose number, or whose empty margin, something is; null for what is read or pressed for itself. */
export function marginRow(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element)) return null;
  const row = target.closest<HTMLElement>(".lecture [data-line]");
  return row && (target === row || target.closest(".number")) ? row : null;
}

/** Open the menu of the line whose margin something is; false if it is none. */
export function openAt(target: EventTarget | null): boolean {
  const row = marginRow(target);
  const file = row?.closest<HTMLElement>("[data-file]")?.dataset.file;
  if (!row || file === undefined) return false;
  store.setState({ lineMenu: { file: Number(file), line: Number(row.dataset.line), condition: false } });
  return true;
}
