import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { currentRow } from "./currentRow";

/** A line nearer than this to the edges of what can be seen is brought to a third of the way down. Pixels. */
const MARGIN = 56;

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** What a reader scrolls with. */
const HANDS = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/**
 * Keep the current line in view: only when it is out of it, gently for a step, at once for a jump. Each file keeps its own
 * place on the page, so that coming back from a call finds the lecture where it was.
 */
export function useFollow(
  root: RefObject<HTMLElement | null>,
  { file, goal, motion, layout }: { file: number; goal: string; motion: "step" | "jump"; layout: string },
): void {
  const places = useRef(new Map<number, number>());
  const shown = useRef({ file, layout, goal });
  const before = useRef(goal); // what the reader was at when they went to look at a line elsewhere

  useEffect(() => {
    const remember = () => places.current.set(shown.current.file, window.scrollY);
    window.addEventListener("scroll", remember, { passive: true });
    return () => window.removeEventListener("scroll", remember);
  }, []);

  useLayoutEffect(() => {
    const moved = shown.current.file !== file;
    const relaid = shown.current.layout !== layout;
    const looking = goal.startsWith("line ");
    const returned = moved && shown.current.goal.startsWith("line ") && before.current === goal;
    if (!looking) before.current = goal;
    shown.current = { file, layout, goal };
    const place = moved ? (places.current.get(file) ?? 0) : null;
    // Someone who reads on by scrolling, looks at another file and comes back reads on where they were.
    if (returned && places.current.has(file)) {
      window.scrollTo({ top: place!, behavior: "instant" });
      return undefined;
    }

    const page = root.current?.querySelector<HTMLElement>(".page:not([hidden])");
    const target = () => {
      const line = /^line (\d+)$/.exec(goal)?.[1];
      return line ? page && lineOf(page, Number(line)) : currentRow();
    };
    let left: number; // where the page was left by us or by a change of its layout
    let gliding = false;
    // From where the page is, or as if it were scrolled to a place: to scroll there first would lay it out once more.
    const bring = (behavior: ScrollBehavior, place?: number) => {
      const box = target()?.getBoundingClientRect(); // asked first: with it, all that is to be laid out is, at once
      const now = window.scrollY;
      const from = place ?? now;
      const top = from + (box ? distance(box.top + now - from, box.bottom + now - from, from) : 0);
      if (top !== now) {
        const far = Math.abs(top - now) > window.innerHeight * 1.5;
        gliding = !far && behavior === "smooth";
        window.scrollTo({ top, behavior: far ? "instant" : behavior });
      }
      left = window.scrollY;
    };
    const atOnce = motion === "jump" || moved || relaid || still.matches;
    bring(atOnce ? "instant" : "smooth", place ?? undefined);

    // Pictures, formulas and blocks that come near take their true height only then, and may push the line out of view:
    // look again whenever the page changes its height, until the reader takes it into their own hands: also by ways that
    // show in no event but the scrolling itself, such as a screen reader's or a search in the page.
    let first = true;
    const observer = new ResizeObserver(() => {
      // It reports once at the start, when blocks that the jump brought near have just taken their height.
      if (!first || atOnce) bring("instant");
      first = false;
      left = window.scrollY;
    });
    if (page) observer.observe(page);
    const scrolled = () => {
      if (!gliding && Math.abs(window.scrollY - left) > 1) stop();
    };
    const arrived = () => {
      gliding = false;
      left = window.scrollY;
    };
    const stop = () => {
      observer.disconnect();
      window.removeEventListener("scroll", scrolled);
      window.removeEventListener("scrollend", arrived);
      for (const hand of HANDS) window.removeEventListener(hand, stop);
    };
    for (const hand of HANDS) window.addEventListener(hand, stop, { passive: true });
    window.addEventListener("scroll", scrolled, { passive: true });
    window.addEventListener("scrollend", arrived);
    return stop;
  }, [root, file, goal, motion, layout]);
}

/** How far the page, scrolled to `from`, must scroll on for a row to be read comfortably: 0 when it can be as it is. */
function distance(top: number, bottom: number, from: number): number {
  const style = getComputedStyle(document.documentElement);
  const above = parseFloat(style.scrollPaddingTop) || 0;
  const below = window.innerHeight - (parseFloat(style.scrollPaddingBottom) || 0);
  if (top >= above + MARGIN / 2 && bottom <= below - MARGIN) return 0;
  const room = below - above;
  const height = bottom - top;
  // What is taller than the view is read from its top; what fits is put a third of the way down, if it fits there.
  const wanted = height > room * 0.6 ? above + MARGIN / 2 : above + room / 3;
  const by = top - Math.min(wanted, Math.max(above + MARGIN / 2, below - MARGIN - height));
  const furthest = document.documentElement.scrollHeight - window.innerHeight - from;
  const possible = Math.max(-from, Math.min(by, furthest));
  return Math.abs(possible) < 2 ? 0 : possible;
}

function lineOf(page: HTMLElement, line: number): HTMLElement | null {
  let found: HTMLElement | null = null;
  for (const row of page.querySelectorAll<HTMLElement>(".row[data-line]")) {
    if (Number(row.dataset.line) > line) break;
    found = row;
  }
  return found;
}
