import { useLayoutEffect, useRef, useState, type RefObject } from "react";

/** Browsers lay out no box higher than some ten million pixels: a longer list scrolls in larger steps. */
const HIGHEST = 8_000_000;
/** Rows made above and below what is in view, so that a little scrolling shows them at once. */
const SPARE = 4;

interface Rows {
  /** For the box that scrolls. */
  box: RefObject<HTMLDivElement | null>;
  /** The rows to make: the first, and the one behind the last. */
  from: number;
  to: number;
  /** Pixels left free above and below them, in place of all the others. */
  above: number;
  below: number;
  /** Scroll no further than it takes to have a row in view. */
  reveal(row: number): void;
}

/**
 * Which rows of a long list are in view. Every row is `height` rem high. When `current` changes (-1: there is none), that
 * row is brought into view.
 */
export function useRows(count: number, height: number, current: number): Rows {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 300, rem: 16 });
  const row = height * view.rem;
  const whole = Math.min(count * row, HIGHEST);
  const fitting = Math.ceil(view.height / row) + 1;
  const scale = count * row > HIGHEST ? (count - view.height / row) / (whole - view.height) : 1 / row; // rows per pixel
  const first = Math.max(Math.floor(view.top * scale) - SPARE, 0);
  const from = Math.max(Math.min(first, count - fitting - 2 * SPARE), 0);
  const to = Math.min(from + fitting + 2 * SPARE, count);
  const above = Math.min(Math.max(view.top - (view.top * scale - from) * row, 0), whole - (to - from) * row);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = () => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const next = { top: element.scrollTop, height: element.clientHeight, rem };
      setView((old) => (old.top === next.top && old.height === next.height && old.rem === next.rem ? old : next));
    };
    element.addEventListener("scroll", measure, { passive: true });
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      watch.disconnect();
    };
  }, []);

  const shown = useRef(-1);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element?.clientHeight || view.height === 0 || shown.current === current) return; // once it is on the page
    shown.current = current;
    if (current < 0) return;
    const top = current / scale;
    const head = Math.max(element.scrollHeight - whole, 0); // of a table, which stays in view
    const room = element.clientHeight - head;
    if (top >= element.scrollTop && top + row <= element.scrollTop + room) return;
    element.scrollTo({ top: top - (room - row) / 2, behavior: "instant" });
  }, [current, scale, whole, row, view.height]);

  const reveal = (index: number) => {
    const element = box.current;
    if (!element) return;
    const head = Math.max(element.scrollHeight - whole, 0);
    const top = index / scale;
    const lowest = top + row + head - element.clientHeight;
    if (top < element.scrollTop) element.scrollTo({ top, behavior: "instant" });
    else if (lowest > element.scrollTop) element.scrollTo({ top: lowest, behavior: "instant" });
  };

  return { box, from, to, above, below: whole - above - (to - from) * row, reveal };
}
