import { useEffect } from "react";
import type { Breakpoint } from "../../logic/breakpoints";

/** How a breakpoint is marked beside its line. */
type Kind = "always" | "condition" | "off";

/**
 * Marks the rows of the lecture that have a breakpoint. The lecture draws its rows without knowing of breakpoints: a mark is
 * an attribute, put on them here, and on those that are drawn later.
 */
export function useGutter(breakpoints: readonly Breakpoint[]): void {
  useEffect(() => {
    const root = document.querySelector("main"); // the lecture in it may give way to something else, and come back
    if (!root) return undefined;
    const marks = breakpoints.filter(({ anchor, line }) => anchor !== null && line > 0);
    const markAll = () => {
      for (const row of root.querySelectorAll<HTMLElement>("[data-breakpoint]")) unmark(row);
      for (const breakpoint of marks) for (const row of rowsOf(root, breakpoint)) mark(row, breakpoint);
    };
    markAll();
    if (marks.length === 0) return undefined;
    const observer = new MutationObserver((changes) => {
      if (changes.some(({ addedNodes }) => [...addedNodes].some(hasRows))) markAll();
    });
    observer.observe(root, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [breakpoints]);
}

function hasRows(node: Node): boolean {
  return node instanceof Element && (node.matches("[data-line]") || node.querySelector("[data-line]") !== null);
}

/** The rows of a line: in the page of its file, and where the line is shown in place of another. */
export function rowsOf(root: ParentNode, { file, line }: Pick<Breakpoint, "file" | "line">): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(`.lecture [data-file="${file}"] [data-line="${line}"]`)].filter(
    (row) => row.closest<HTMLElement>("[data-file]")?.dataset.file === String(file),
  );
}

function mark(row: HTMLElement, { condition, enabled }: Breakpoint): void {
  const kind: Kind = enabled ? (condition === "" ? "always" : "condition") : "off";
  row.dataset.breakpoint = kind;
  const words = `Breakpoint${condition === "" ? "" : ` where ${condition}`}${enabled ? "" : ", switched off"}`;
  row.querySelector(":scope > .number")?.setAttribute("aria-description", words);
}

function unmark(row: HTMLElement): void {
  delete row.dataset.breakpoint;
  row.querySelector(":scope > .number")?.removeAttribute("aria-description");
}
