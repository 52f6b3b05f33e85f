import { useStore as useZustand } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Trace } from "../format/generated";
import type { TraceProblem } from "../format/problem";
import type { Comparing } from "../logic/comparing";
import { hiddenStatements } from "../logic/document";
import type { Breakpoint } from "../logic/breakpoints";
import type { Scope } from "../logic/history";
import type { Lecture } from "../logic/lecture";
import type { Search } from "./finding";
import type { InPlace } from "./in-place";
import { loadSettings, type Settings } from "./settings";

export type Opened =
  | { status: "none" }
  | { status: "loading"; path: string }
  | { status: "problem"; path: string; problem: TraceProblem }
  /** `file`: it came from the reader's own disk; `path` is the name of the file, then. */
  | { status: "ready"; path: string; lecture: Lecture; file?: Blob };

export type Overlay = "help" | "contents" | "search" | "palette" | "run" | "values" | "compare" | "breakpoints";

/** Paths of files that hold something else than was recorded, and of those that are not there any more. */
export interface Sources {
  changed: readonly string[];
  gone: readonly string[];
}

/** Everything that changes. `opened`, `position` and `peek` are the place: the address of the page is their shadow. */
export interface State {
  opened: Opened;
  /** Index into the lecture's positions; -1 when the trace has no steps. */
  position: number;
  /** A place in the source looked at away from the position, or null. */
  peek: { file: number; line: number } | null;
  /** What the open trace is compared with, or null. */
  comparing: Comparing | null;
  /** The positions that jumps started from, the latest last. */
  past: number[];
  settings: Settings;
  overlay: Overlay | null;
  /** The statement of the loop that the reader chose to move in, where there are several, or -1: the innermost. */
  loop: number;
  /** The names whose history is open (see `historyKey`), each with whose moments it shows, if the reader chose. */
  histories: Readonly<Record<string, Scope | "any">>;
  /** The calls shown in place, below the lines that made them. */
  inPlace: InPlace;
  /** Whether all long functions were unfolded or folded, the last time that was asked for. */
  folding: { open: boolean } | null;
  /** What was last searched for, and what was found; null before that. */
  search: Search | null;
  /** What is typed into the command palette, or the contents. */
  palette: string;
  /** The lecture goes on by itself. */
  playing: boolean;
  /** Where the reader wants to stop, in the open lecture. */
  breakpoints: readonly Breakpoint[];
  /** The line whose menu is open; `condition`: with the field for a condition. */
  lineMenu: { file: number; line: number; condition: boolean } | null;
  /** What the server says has changed since the trace was recorded. */
  sources: Sources;
  /** A sentence for the reader that goes away by itself. */
  message: string | null;
  /** How the position was last reached: the page follows steps gently and jumps at once. */
  motion: "step" | "jump";
}

export const initialState = (): State => ({
  opened: { status: "none" },
  position: -1,
  peek: null,
  comparing: null,
  past: [],
  settings: loadSettings(),
  overlay: null,
  loop: -1,
  histories: {},
  inPlace: new Map(),
  folding: null,
  search: null,
  palette: "",
  playing: false,
  breakpoints: [],
  lineMenu: null,
  sources: { changed: [], gone: [] },
  message: null,
  motion: "jump",
});

export const store = createStore<State>(initialState);

export function useStore<T>(select: (state: State) => T): T {
  return useZustand(store, select);
}

export function lectureOf({ opened }: State): Lecture | null {
  return opened.status === "ready" ? opened.lecture : null;
}

/** What is told of the whole run: of several ranks, one may be over while the others go on. */
export function wholeSummary({ trace, rank }: Lecture): Trace["summary"] {
  return (rank?.run.trace ?? trace).summary;
}

/** The lecture, for panes that are on the page only while one is open. */
export function useLecture(): Lecture {
  const lecture = useStore(lectureOf);
  if (!lecture) throw new Error("No lecture is open");
  return lecture;
}

let hiddenFor: { lecture: Lecture; raw: boolean; notes: boolean; statements: Uint8Array } | null = null;

/** Whether a position is on a statement that the reader does not see, under the present settings. */
export function isHidden({ opened, settings: { raw, notes } }: State, position: number): boolean {
  if (opened.status !== "ready" || position < 0) return false;
  const { lecture } = opened;
  if (hiddenFor?.lecture !== lecture || hiddenFor.raw !== raw || hiddenFor.notes !== notes) {
    hiddenFor = { lecture, raw, notes, statements: hiddenStatements(lecture, raw, notes) };
  }
  return hiddenFor.statements[lecture.trace.steps.statement[lecture.positions.step[position]]] === 1;
}
