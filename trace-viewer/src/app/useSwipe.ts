import { useEffect, type RefObject } from "react";
import { command } from "../commands/registry";
import { store } from "../state/store";

/** A swipe is so long at least, in pixels, so much more sideways than down, and over in so many milliseconds. */
const LEAST = 48;
const FLATTEST = 2;
const LONGEST_MS = 1500;

/** What takes a finger that moves sideways for itself. */
const OWN = "input, select, textarea, video, canvas, [role=slider], [role=application], [data-no-swipe]";

/** One finger swept to the left steps on, as if turning a page; to the right, back. */
export function useSwipe(root: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    let start: { x: number; y: number; at: number } | null = null;
    const began = (event: TouchEvent) => {
      const [touch] = event.touches;
      start =
        event.touches.length === 1 && mayStep(event.target, element)
          ? { x: touch.clientX, y: touch.clientY, at: event.timeStamp }
          : null;
    };
    const ended = (event: TouchEvent) => {
      if (!start || event.touches.length > 0) return;
      const [touch] = event.changedTouches;
      const [dx, dy] = [touch.clientX - start.x, touch.clientY - start.y];
      const quick = event.timeStamp - start.at <= LONGEST_MS;
      start = null;
      if (!quick || Math.abs(dx) < LEAST || Math.abs(dx) < Math.abs(dy) * FLATTEST) return;
      if (window.getSelection()?.isCollapsed === false) return; // the finger moved the end of a selection
      const { when, run } = command(dx < 0 ? "forward" : "back");
      const state = store.getState();
      if (state.overlay === null && when(state)) run(state);
    };
    const cancelled = () => {
      start = null;
    };
    element.addEventListener("touchstart", began, { passive: true });
    element.addEventListener("touchend", ended, { passive: true });
    element.addEventListener("touchcancel", cancelled, { passive: true });
    return () => {
      element.removeEventListener("touchstart", began);
      element.removeEventListener("touchend", ended);
      element.removeEventListener("touchcancel", cancelled);
    };
  }, [root]);
}

/** Not where the finger moves something else: a control, a wide table, a page that was zoomed into. */
function mayStep(target: EventTarget | null, root: Element): boolean {
  if (!(target instanceof Element) || (window.visualViewport?.scale ?? 1) > 1.05) return false;
  if (target.closest(OWN)) return false;
  for (let at: Element | null = target; at && at !== root; at = at.parentElement) {
    if (at.scrollWidth > at.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(at).overflowX)) return false;
  }
  return true;
}
