import { useEffect, useLayoutEffect, useRef } from "react";
import { say } from "../../state/actions";
import { currentRow } from "./currentRow";

/** Told once a visit: who has read it knows. */
let told = false;

/**
 * Who has read on by scrolling, and then steps, is brought back to the step: this says so, and how to step from elsewhere.
 * `goal` is what the page is about to be brought to.
 */
export function useWayBack(goal: string, motion: "step" | "jump"): void {
  const left = useRef<{ goal: string; row: HTMLElement | null }>({ goal, row: null });
  useLayoutEffect(() => {
    const { row, goal: before } = left.current;
    if (told || goal === before || motion === "jump" || !row?.isConnected || row.closest("[hidden]")) return;
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom > 0 && top < window.innerHeight) return;
    told = true;
    say("Stepping goes on from where it was. To step from elsewhere, click a line of code there, or a line's number.");
  }, [goal, motion]);
  useEffect(() => {
    left.current = { goal, row: currentRow() };
  }, [goal]);
}
