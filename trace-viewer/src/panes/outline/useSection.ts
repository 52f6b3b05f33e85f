import { useEffect, useMemo, useState } from "react";
import { lastAtMost } from "../../logic/columns";
import type { Lecture } from "../../logic/lecture";
import { useSoonAt } from "../../state/soon";
import { store } from "../../state/store";
import { currentRow } from "../lecture/currentRow";

/** How far down the part of the window that shows the lecture its section is looked for. */
const EYE = 0.3;

/** So many frames after the page was scrolled it is looked for. */
const FRAMES = 4;

/**
 * The heading of the section that the reader is in, as an index, or -1. While the line of the step can be seen, it is the
 * step's; a reader who has scrolled away from it is in the section before their eyes.
 */
export function useSection(lecture: Lecture): number {
  const { headings } = lecture;
  const stepped = useSoonAt(lecture, (position) =>
    lastAtMost(position, 0, headings.length, (at) => headings[at].position),
  );
  const lines = useMemo(() => headingsByLine(lecture), [lecture]);
  const [seen, setSeen] = useState(-1);
  useEffect(() => {
    let frame = 0;
    let frames = 0;
    const look = () => {
      frame = 0;
      if (isStepInView()) return setSeen(-1);
      const row = rowBeforeEyes();
      if (row) setSeen(headingAbove(lines, row));
      // A block that has just come into view is laid out, and can be met, a frame later.
      else if (frames-- > 0) frame = requestAnimationFrame(look);
    };
    const scrolled = () => {
      frames = FRAMES;
      frame ||= requestAnimationFrame(look);
    };
    scrolled();
    window.addEventListener("scroll", scrolled, { passive: true });
    const unsubscribe = store.subscribe((state, before) => {
      if (state.position !== before.position) setSeen(-1); // who steps is where the step is
    });
    return () => {
      unsubscribe();
      window.removeEventListener("scroll", scrolled);
      cancelAnimationFrame(frame);
    };
  }, [lines]);
  return seen >= 0 ? seen : stepped;
}

interface HeadingLine {
  line: number;
  heading: number;
}

/** By the path of the file, in the order of its lines. */
function headingsByLine({ headings, trace, placeOf }: Lecture): Map<string, HeadingLine[]> {
  const lines = new Map<string, HeadingLine[]>();
  for (const [heading, { step }] of headings.entries()) {
    const { file, line } = placeOf(step);
    const { path } = trace.files[file];
    const of = lines.get(path) ?? [];
    lines.set(path, of);
    of.push({ line, heading });
  }
  for (const of of lines.values()) of.sort((a, b) => a.line - b.line || a.heading - b.heading);
  return lines;
}

function headingAbove(lines: Map<string, HeadingLine[]>, row: HTMLElement): number {
  const of = lines.get(row.closest(".page")?.getAttribute("aria-label") ?? "") ?? [];
  const at = lastAtMost(Number(row.dataset.line), 0, of.length, (index) => of[index].line);
  return of[at]?.heading ?? -1;
}

/** The part of the window between the bars. */
function view(): { top: number; bottom: number } {
  const style = getComputedStyle(document.documentElement);
  return {
    top: parseFloat(style.scrollPaddingTop) || 0,
    bottom: window.innerHeight - (parseFloat(style.scrollPaddingBottom) || 0),
  };
}

function isStepInView(): boolean {
  const line = currentRow();
  if (!line) return false;
  const box = line.getBoundingClientRect();
  const { top, bottom } = view();
  return box.bottom > top && box.top < bottom;
}

/** Found by where it is, so that blocks out of sight are not laid out for it. */
function rowBeforeEyes(): HTMLElement | null {
  const page = document.querySelector(".page:not([hidden])");
  if (!page) return null;
  const { left, width } = page.getBoundingClientRect();
  const { top, bottom } = view();
  const x = left + width / 2;
  for (let y = top + (bottom - top) * EYE; y > top; y -= 24) {
    const row = document.elementFromPoint(x, y)?.closest<HTMLElement>(".row[data-line]");
    if (row) return row;
  }
  return null;
}
