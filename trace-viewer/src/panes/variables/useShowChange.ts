import { useLayoutEffect, type RefObject } from "react";

/** What a reader scrolls or opens things with. */
const HANDS = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/**
 * At a step, and where the values come into view at one, as the sheet of a narrow screen opens, scroll the panel, if it
 * scrolls, to the first value that changed; and again as views of values that are loaded when first needed take their
 * height, until the reader does something themselves.
 */
export function useShowChange(pane: RefObject<HTMLElement | null>, position: number): void {
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    let stop = follow(element);
    let seen = isInView(element);
    let frame = 0;
    const appearing = new ResizeObserver(() => {
      const before = seen;
      seen = isInView(element);
      if (before || !seen) return;
      stop();
      // An observer made while others are told would have to wait, and browsers call that an error.
      frame = requestAnimationFrame(() => {
        stop = follow(element);
      });
    });
    appearing.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      appearing.disconnect();
      stop();
    };
    // What is drawn is another at every position.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [pane, position]);
}

function isInView(pane: HTMLElement): boolean {
  return pane.offsetParent !== null;
}

/** Show what changed, until a hand takes over. Returns what stops it. */
function follow(pane: HTMLElement): () => void {
  const panel = panelOf(pane);
  if (!panel) return () => {};
  let left = { top: 0, height: 0 }; // where it was left by us, and how much there was then
  const show = () => {
    showChange(pane, panel);
    left = { top: panel.scrollTop, height: panel.scrollHeight };
  };
  show();
  const observer = new ResizeObserver(show);
  observer.observe(pane);
  const scrolled = () => {
    // The browser scrolls as well, to keep in place what is seen while content above it grows.
    if (panel.scrollHeight !== left.height) show();
    else if (Math.abs(panel.scrollTop - left.top) > 1) stop();
  };
  const stop = () => {
    observer.disconnect();
    panel.removeEventListener("scroll", scrolled);
    for (const hand of HANDS) window.removeEventListener(hand, stop);
  };
  panel.addEventListener("scroll", scrolled, { passive: true });
  for (const hand of HANDS) window.addEventListener(hand, stop, { passive: true });
  return stop;
}

/** What scrolls the values: the panel beside the lecture, or the body of the sheet on a narrow screen. */
function panelOf(pane: HTMLElement): HTMLElement | null {
  const body = pane.closest<HTMLElement>(".side-body");
  if (body && getComputedStyle(body).overflowY === "auto") return body;
  return pane.closest<HTMLElement>(".side");
}

function showChange(pane: HTMLElement, panel: HTMLElement): void {
  const changed = pane.querySelector(".raised, [data-changed], [data-result]");
  if (!changed || !isInView(pane) || panel.scrollHeight <= panel.clientHeight) return;
  const kept = panel.querySelector<HTMLElement>("[data-keeps]"); // a picture of the step, which values must not push away
  if (kept && isInView(kept)) return;
  const { top, bottom } = changed.getBoundingClientRect();
  const view = panel.getBoundingClientRect();
  const cover = panel.querySelector("[data-covers]"); // what stays at the top of the panel, over the values
  const covered = cover && getComputedStyle(cover).position === "sticky" ? cover.clientHeight : 0;
  const from = view.top + covered;
  if (top >= from && bottom <= view.bottom) return;
  // A quarter of the way down, or as much higher as it takes to show the whole of it.
  const room = view.height - covered;
  const wanted = from + Math.max(Math.min(room / 4, room - (bottom - top) - EDGE), EDGE);
  panel.scrollTop += top - wanted;
}

/** Kept free above or below what is shown. Pixels. */
const EDGE = 8;
