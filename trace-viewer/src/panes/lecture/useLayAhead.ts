import { useEffect, type RefObject } from "react";
import { currentRow } from "./currentRow";

/** Blocks further than this from the current line are laid out when the reader comes near them. */
export const FURTHEST = 32;
/** So long after the reader did something the page is at rest again. */
const REST_MS = 500;

/** What a reader steps and scrolls with. */
const HANDS = ["keydown", "pointerdown", "wheel", "touchmove"] as const;

/**
 * Lay out, while the page is at rest, what the reader has not come to: the nearest first. What is out of sight keeps its
 * layout until it is shown, so that a step to a part of the file not seen before has little left to do.
 */
export function useLayAhead(root: RefObject<HTMLElement | null>, file: number, layout: string): void {
  useEffect(() => {
    if (typeof requestIdleCallback !== "function") return undefined;
    const done = new WeakSet<Element>();
    let asked = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = () => {
      const block = nearest(root.current, done);
      if (!block) return;
      const [first] = block.children; // none: it is still to be drawn
      if (first) done.add(block);
      first?.getBoundingClientRect(); // to ask where something is has its block laid out
      asked = requestIdleCallback(next);
    };
    const wait = () => {
      cancelIdleCallback(asked);
      clearTimeout(timer);
      timer = setTimeout(() => {
        asked = requestIdleCallback(next);
      }, REST_MS);
    };
    asked = requestIdleCallback(next);
    for (const hand of HANDS) window.addEventListener(hand, wait, { passive: true });
    return () => {
      cancelIdleCallback(asked);
      clearTimeout(timer);
      for (const hand of HANDS) window.removeEventListener(hand, wait);
    };
    // What was laid out before the layout changed is to be laid out again.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [root, file, layout]);
}

/** The block nearest to the current line that is not done yet. */
function nearest(root: HTMLElement | null, done: WeakSet<Element>): Element | null {
  const blocks = [...(root?.querySelectorAll(".page:not([hidden]) .block") ?? [])];
  const at = blocks.indexOf(currentRow()?.closest(".block") as Element);
  for (let far = 0; far <= FURTHEST; far++)
    for (const block of [blocks[at + far], blocks[at - far]]) if (block && !done.has(block)) return block;
  return null;
}
