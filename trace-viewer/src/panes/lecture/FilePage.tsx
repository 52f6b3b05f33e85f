import { memo, useMemo, type ReactNode } from "react";
import type { LineTokens } from "../../code/highlight";
import type { Notice } from "../../format/generated";
import type { Block, Item, OutputItem, Page } from "../../logic/document";
import type { Lecture } from "../../logic/lecture";
import { warningsOf } from "../../logic/warnings";
import { usePrinting } from "../../theme/printing";
import { BlockView, type Drawing } from "./BlockView";
import { callingLines } from "./CallControl";
import { fileParts } from "./fileParts";
import { FoldView } from "./FoldView";
import { useDrawn } from "./useDrawn";
import { useFolds } from "./useFolds";
import type { Weigh } from "./useHeat";
import type { Cursor } from "./useLecturePane";

interface Props {
  lecture: Lecture;
  file: number;
  /** Drawn, but not on show: the reader is in another file. */
  away: boolean;
  position: number;
  statement: number;
  cursor: Cursor;
  callers: number[];
  /** The line that the reader came to look at, without leaving the step; 0 for none. */
  looked: number;
  raw: boolean;
  notes: boolean;
  animate: boolean;
  /** Weighs the lines of a file by what they cost; null while that is not shown. */
  weigh: Weigh | null;
  /** URL of the trace, which the sources of pictures are relative to. */
  base: string;
}

/** One source file. It works out, for each block, what the block shows; a block draws itself only when that changed. */
export const FilePage = memo(
  function FilePage({
    lecture,
    file,
    away,
    position,
    statement,
    cursor,
    callers,
    looked,
    raw,
    notes,
    animate,
    weigh,
    base,
  }: Props) {
    const { trace } = lecture;
    const { path } = trace.files[file];
    const parts = fileParts(lecture, file);
    const page = parts.page(raw);
    const drawing = useDrawing(lecture, file, parts.tokens, notes || raw, weigh, base);
    const marked = marks(lecture, file, statement, cursor, callers);
    if (looked > 0) marked.push({ kind: "looked", line: looked, endLine: looked });
    const { outputs } = lecture;
    const paper = usePrinting();
    const folds = useFolds(
      page,
      marked.map(({ line }) => line),
    );

    const { isDrawn, isFirst } = useDrawn(
      page.blocks,
      marked.filter(({ kind }) => kind !== "caller").map(({ line }) => line),
      ({ fold }) => fold >= 0 && !folds.isOpen(page.folds[fold]),
    );

    /** Which execution an output item shows, and whether it is there yet: twice the step, plus one when it is. */
    const shownBy = (item: OutputItem) => {
      const step = outputs.executionAt(item.statement, position);
      const there = !(animate || item.animate) || outputs.knownFrom(step) <= position;
      return step * 2 + (there ? 1 : 0);
    };

    const draw = (block: Block) => (
      <BlockView
        key={block.line}
        block={block}
        drawn={paper || isDrawn(block)}
        first={isFirst(block)}
        drawing={drawing}
        marks={marked.filter(({ line, endLine }) => endLine >= block.line && line <= block.endLine)}
        shown={outputItems(block.items).map(shownBy)}
      />
    );

    return (
      <article className="page" data-file={file} hidden={away} aria-label={path} data-raw={raw || undefined}>
        {byFold(page, folds, draw)}
        {paper && <section className="imports">{importsOf(page).map(draw)}</section>}
      </article>
    );
  },
  (before, after) => (before.away && after.away) || sameProps(before, after),
);

/** What every block of the file is drawn from. */
function useDrawing(
  lecture: Lecture,
  file: number,
  tokens: LineTokens,
  notes: boolean,
  weigh: Weigh | null,
  base: string,
): Drawing {
  const known = useMemo(
    () => ({
      notices: remarksByLine(lecture, file),
      more: moreTurns(lecture, file),
      failure: failureIn(lecture, file),
      calling: callingLines(lecture, file),
    }),
    [lecture, file],
  );
  return useMemo(
    () => ({ lecture, tokens, notes, heat: weigh?.(file) ?? null, base, ...known }),
    [lecture, file, tokens, notes, weigh, base, known],
  );
}

/** What is folded away above the lecture: on paper, where nothing unfolds, it stands at the end. */
function importsOf({ blocks }: Page): Block[] {
  const folded = blocks.flatMap(({ items }) => items).filter((item) => item.kind === "fold");
  return folded.map(({ line, endLine, items }) => ({ line, endLine, items, fold: -1 }));
}

/** The blocks in their order, those of a long function together in what folds them. */
function byFold(
  { blocks, folds }: Page,
  { isOpen, toggle }: ReturnType<typeof useFolds>,
  draw: (block: Block) => ReactNode,
) {
  const drawn: ReactNode[] = [];
  for (let at = 0; at < blocks.length;) {
    const from = at;
    const { fold } = blocks[at];
    while (at < blocks.length && blocks[at].fold === fold) at++;
    const inside = blocks.slice(from, at).map(draw);
    if (fold < 0) drawn.push(...inside);
    else
      drawn.push(
        <FoldView key={`fold ${fold}`} fold={folds[fold]} open={isOpen(folds[fold])} onToggle={toggle}>
          {inside}
        </FoldView>,
      );
  }
  return drawn;
}

export interface Mark {
  kind: Cursor | "caller" | "looked";
  line: number;
  endLine: number;
}

/** The lines to mark: the current statement's, and those of the calls around it. */
function marks({ trace }: Lecture, file: number, statement: number, cursor: Cursor, callers: number[]): Mark[] {
  const { statements } = trace;
  const mark = (at: number, kind: Mark["kind"]): Mark[] =>
    at >= 0 && statements.file[at] === file
      ? [{ kind, line: statements.line[at], endLine: statements.end_line[at] }]
      : [];
  return [...mark(statement, cursor), ...callers.filter((at) => at !== statement).flatMap((at) => mark(at, "caller"))];
}

const outputsIn = new WeakMap<Item[], OutputItem[]>();

/** Asked for every block at every step. */
export function outputItems(items: Item[]): OutputItem[] {
  let found = outputsIn.get(items);
  if (!found) {
    found = items.flatMap((item) =>
      item.kind === "output" ? [item] : item.kind === "fold" ? outputItems(item.items) : [],
    );
    outputsIn.set(items, found);
  }
  return found;
}

/** What the author should know of a line: what the engine noticed, and what Python warned of (`category`). */
export interface Remark {
  category: string;
  message: string;
}

const MOST_REMARKS = 500;

function remarksByLine(lecture: Lecture, file: number): Map<number, Remark[]> {
  const found = new Map<number, Remark[]>();
  let count = 0;
  const add = (line: number, category: string, message: string) => {
    const said = found.get(line) ?? [];
    if (count >= MOST_REMARKS || said.some((each) => each.category === category && each.message === message)) return;
    found.set(line, [...said, { category, message }]);
    count++;
  };
  for (const notice of lecture.trace.notices) {
    if (notice.file === file && notice.line && !isShownAlready(notice, lecture)) add(notice.line, "", notice.message);
  }
  for (const warned of warningsOf(lecture)) if (warned.file === file) add(warned.line, warned.category, warned.message);
  return found;
}

/** By the last line of a statement of which not every turn was recorded: what to say of it. */
function moreTurns({ trace: { elided, statements }, elided: { wordsOf } }: Lecture, file: number): Map<number, string> {
  const here = Array.from(elided.statement).filter((statement) => statements.file[statement] === file);
  return new Map(here.map((statement) => [statements.end_line[statement], wordsOf(statement)]));
}

/** Whether an output there says the same: what stands in the place of a missing one, or a prediction beside its miss. */
function isShownAlready({ message, step }: Notice, { outputs }: Lecture): boolean {
  if (step === undefined || step < 0) return false;
  return outputs
    .ofStep(step)
    .some(
      (output) =>
        (output.kind === "placeholder" && message.endsWith(output.reason)) ||
        (output.kind === "expectation" && message.startsWith("expect()")),
    );
}

/** Where in this file the run failed: the innermost line of the traceback that is in the record. */
function failureIn({ trace }: Lecture, file: number): { line: number; failure: number } | null {
  const failure = trace.summary.outcome.failure ?? -1;
  const place = trace.failures[failure]?.traceback.findLast((line) => trace.files[line.file] !== undefined);
  return place?.file === file ? { line: place.line, failure } : null;
}

function sameProps(before: Props, after: Props): boolean {
  return (Object.keys(after) as (keyof Props)[]).every((key) => Object.is(before[key], after[key]));
}
