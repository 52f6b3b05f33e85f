import { startTransition, useEffect, useRef } from "react";
import type { Lecture } from "../../logic/lecture";
import { fileParts } from "./fileParts";

/** So many positions ahead are looked at for the next file. */
const FAR = 2000;
/** Longer files are not drawn before they are come to: most of it would be for nothing. */
const LONGEST_LINES = 3000;
/** So often it is looked whether a file that is drawn ahead has come to its line. */
const MOST_LOOKS = 20;

/** Of the positions `from` up to `to`: the file that comes after them and its line, or -1 for none so far. */
interface Ahead {
  lecture: Lecture;
  from: number;
  to: number;
  file: number;
  line: number;
}

/**
 * Get ready, in the time that the page leaves over, for the next file that stepping on leads to: it is parsed, drawn out of
 * sight (by `draw`), and laid out around the line where it will be entered. All that at one key press would be felt.
 */
export function useAhead(lecture: Lecture, position: number, raw: boolean, draw: (file: number) => void): void {
  const ahead = useRef<Ahead | null>(null);
  const work = useRef<(() => void) | null>(null);
  useEffect(() => () => work.current?.(), []);
  useEffect(() => {
    const { current: before } = ahead;
    if (position < 0) return;
    if (before?.lecture === lecture && before.from <= position && position < before.to) return; // it is being seen to
    ahead.current = lookAhead(lecture, position);
    work.current?.();
    work.current = ahead.current.file < 0 ? null : whenIdle(getReady(ahead.current, raw, draw));
  }, [lecture, position, raw, draw]);
}

function lookAhead(lecture: Lecture, from: number): Ahead {
  const { positions, trace } = lecture;
  const { steps, statements } = trace;
  const fileAt = (at: number) => statements.file[steps.statement[positions.step[at]]];
  const here = fileAt(from);
  const end = Math.min(positions.count, from + FAR);
  for (let to = from + 1; to < end; to++)
    if (fileAt(to) !== here) return { lecture, from, to, ...lecture.placeOf(positions.step[to]) };
  return { lecture, from, to: from + FAR / 2, file: -1, line: -1 };
}

/** Each `yield` is a moment at which the page may do something else. */
function* getReady({ lecture, file, line }: Ahead, raw: boolean, draw: (file: number) => void): Generator<void> {
  const { text } = lecture.trace.files[file];
  if (text.split("\n", LONGEST_LINES + 1).length > LONGEST_LINES) return;
  fileParts(lecture, file).page(raw);
  yield;
  startTransition(() => draw(file));
  const find = () => document.querySelector(`.page[hidden][data-file="${file}"] [data-line="${line}"]`);
  let row: Element | null = null;
  for (let looks = 0; !row && looks < MOST_LOOKS; looks++) {
    yield;
    row = find();
  }
  // To ask where a row is has its block laid out, and what is out of sight keeps its layout until it is shown.
  const blocks = row ? [...document.querySelectorAll(`.page[hidden][data-file="${file}"] .block`)] : [];
  const at = blocks.indexOf(row?.closest(".block") as Element);
  for (const by of AROUND) {
    yield;
    blocks[at + by]?.firstElementChild?.getBoundingClientRect();
  }
}

/** The blocks that the browser takes to be near the window, and lays out, when one of them is in it: the nearest first. */
const AROUND = [0, 1, -1, 2, -2, 3];

/** Do slices of work, one at a time, when the browser has nothing else to do. Returns what stops it. */
function whenIdle(slices: Generator): () => void {
  if (typeof requestIdleCallback !== "function") return () => {};
  const run = () => {
    if (!slices.next().done) asked = requestIdleCallback(run);
  };
  let asked = requestIdleCallback(run);
  return () => cancelIdleCallback(asked);
}
