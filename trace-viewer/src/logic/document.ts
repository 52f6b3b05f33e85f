import type { SourceFile } from "../format/generated";
import { foldsOf, type Definition, type Fold } from "./folds";
import type { Lecture } from "./lecture";

/** A source file as a page: its lines in order, some of them replaced by what they showed. */
export interface Page {
  file: number;
  blocks: Block[];
  folds: Fold[];
}

/** About 32 lines: the unit that is drawn again, or not, when the reader moves. */
export interface Block {
  line: number;
  endLine: number;
  items: Item[];
  /** The fold that it lies in: an index into those of the page, or -1. */
  fold: number;
}

export type Item = CodeItem | OutputItem | GapItem | FoldItem;

export interface CodeItem {
  kind: "code";
  line: number;
  /** Pieces of the line that are not shown, as UTF-16 columns, in order: comments for the tracer and for other tools. */
  cuts: Cut[];
  /** Columns of white space before the code. */
  indent: number;
  /** In a function that ran, but never reached. */
  unreached: boolean;
  hidden: boolean;
}

export type Cut = [from: number, to: number];

/** A statement that shows something: in place of its code (`replaces`), or below it. */
export interface OutputItem {
  kind: "output";
  statement: number;
  line: number;
  endLine: number;
  code: CodeItem[];
  replaces: boolean;
  indent: number;
  /** Hidden until it is reached, because the author wrote `# @animate`. */
  animate: boolean;
}

export interface GapItem {
  kind: "gap";
  line: number;
}

/** The imports and constants before the first function, folded away until asked for. */
export interface FoldItem {
  kind: "fold";
  line: number;
  endLine: number;
  items: Item[];
}

const BLOCK_LINES = 32;

/** The functions of `from tracer import …` whose calls say nothing that their output does not. */
const AUTHORING =
  /^\s*(?:\w+\.)?(?:text|image|video|link|plot|graph|make_graph|table|code|note|system_text|quiz|figure)\s*\(/;

/** What linters, formatters and type checkers read, and nobody else. */
const FOR_TOOLS =
  /^#+\s*(?:noqa(?![\w-])|type:\s*ignore(?![\w-])|fmt:\s*(?:on|off|skip)(?![\w-])|(?:pragma|ruff|pylint|mypy):\s*\S)/i;

/**
 * Lay out a file. `raw` shows the source as it is, with nothing left out and outputs below their code. `comments` holds, of
 * each line, the column at which its comment begins, or -1; of the `definitions` the long ones are folded.
 */
export function layOut(
  lecture: Lecture,
  file: number,
  raw: boolean,
  comments: number[] = [],
  definitions: Definition[] = [],
): Page {
  const source = lecture.trace.files[file];
  const lines = linesOf(source.text);
  const hidden = new Set(raw ? [] : source.hidden);
  const dim = new Set(source.hidden);
  const cuts = raw ? new Map<number, Cut[]>() : cutsOf(source, lines, comments);
  const unreached = unreachedLines(lecture, file, lines);
  const outputs = new Map(outputItems().map((item) => [item.line, item]));
  const header = raw ? -1 : entryHeader(lecture, file, lines);

  const items: Item[] = [];
  for (let line = 1; line <= lines.length; line++) {
    const output = outputs.get(line);
    if (output) {
      items.push(output);
      line = output.endLine;
    } else if (!hidden.has(line) && line !== header) {
      const item = codeItem(line);
      if (item) items.push(item);
      else if (!raw && FOR_TOOLS.test(lines[line - 1].trim()))
        continue; // nothing was there, as far as a reader goes
      else if (raw || (items.length > 0 && items.at(-1)!.kind !== "gap")) items.push({ kind: "gap", line });
    }
  }
  const shown = raw ? items : foldPreamble(lecture, file, lines, items);
  const folds = raw ? [] : foldsOf(lecture, file, lines, definitions);
  return { file, blocks: intoBlocks(shown, folds), folds };

  /** The line as code, or null when nothing of it is left to show. */
  function codeItem(line: number): CodeItem | null {
    const text = lines[line - 1];
    const pieces = cuts.get(line) ?? [];
    const left = pieces.reduceRight((rest, [from, to]) => rest.slice(0, from) + rest.slice(to), text);
    if (left.trim() === "") return null;
    const indent = /^\s*/.exec(text)![0].replaceAll("\t", "    ").length;
    return { kind: "code", line, cuts: pieces, indent, unreached: unreached.has(line), hidden: dim.has(line) };
  }

  function outputItems(): OutputItem[] {
    const { statements } = lecture.trace;
    const animated = new Set(source.directives.filter(({ name }) => name === "animate").map(({ line }) => line));
    const ordered = lecture.outputs.statements[file].toSorted((a, b) => statements.line[a] - statements.line[b]);
    const made: OutputItem[] = [];
    for (const statement of ordered) {
      const line = statements.line[statement];
      const endLine = Math.min(statements.end_line[statement], lines.length);
      if (line > endLine || (made.length > 0 && line <= made.at(-1)!.endLine)) continue;
      const range = Array.from({ length: endLine - line + 1 }, (_, i) => line + i);
      made.push({
        kind: "output",
        statement,
        line,
        endLine,
        code: range.filter((at) => !hidden.has(at)).flatMap((at) => codeItem(at) ?? []),
        replaces: !raw && AUTHORING.test(lines[line - 1]),
        indent: /^\s*/.exec(lines[line - 1])![0].length,
        animate: range.some((at) => animated.has(at)),
      });
    }
    return made;
  }
}

/** A line ends at a line feed and nothing else, as in the record; a carriage return is nothing to see. */
export function linesOf(text: string): string[] {
  const lines = text.replaceAll("\r", "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** By line, its directives and what its comment says to tools. */
function cutsOf(source: SourceFile, lines: string[], comments: number[]): Map<number, Cut[]> {
  const cuts = directiveCuts(source, lines);
  comments.forEach((column, index) => {
    const found = column < 0 ? [] : toolCuts(lines[index] ?? "", column);
    if (found.length > 0) cuts.set(index + 1, merged([...(cuts.get(index + 1) ?? []), ...found]));
  });
  return cuts;
}

/** A comment may hold several, each behind a `#` of its own: `# why  # noqa: E501  # type: ignore`. */
function toolCuts(line: string, column: number): Cut[] {
  const cuts: Cut[] = [];
  for (const { 0: piece, index } of line.slice(column).matchAll(/#+[^#]*/g)) {
    if (FOR_TOOLS.test(piece)) cuts.push([column + index, column + index + piece.length]);
  }
  return cuts;
}

function merged(cuts: Cut[]): Cut[] {
  const apart: Cut[] = [];
  for (const [from, to] of cuts.toSorted((a, b) => a[0] - b[0])) {
    const last = apart.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else apart.push([from, to]);
  }
  return apart;
}

/** Directives count columns in characters; JavaScript counts an emoji as two. */
function directiveCuts({ directives }: SourceFile, lines: string[]): Map<number, Cut[]> {
  const cuts = new Map<number, Cut[]>();
  for (const { line, column, end_column } of directives) {
    const text = lines[line - 1];
    if (text === undefined) continue;
    const characters = Array.from(text);
    const from = characters.slice(0, column).join("").length;
    const to = characters.slice(0, end_column).join("").length;
    cuts.set(
      line,
      [...(cuts.get(line) ?? []), [from, to] as Cut].toSorted((a, b) => a[0] - b[0]),
    );
  }
  return cuts;
}

/** Lines of functions that ran which no execution reached. What comes before a function's first step is its head. */
function unreachedLines({ trace }: Lecture, file: number, lines: string[]): Set<number> {
  const { functions, statements } = trace;
  const ran = new Uint8Array(lines.length + 2);
  for (let statement = 0; statement < statements.file.length; statement++) {
    if (statements.file[statement] !== file) continue;
    const end = Math.min(statements.end_line[statement], lines.length);
    for (let line = statements.line[statement]; line <= end; line++) ran[line] = 1;
  }
  const unreached = new Set<number>();
  for (let fn = 0; fn < functions.file.length; fn++) {
    if (functions.file[fn] !== file) continue;
    let reached = false;
    for (let line = functions.line[fn] + 1; line <= Math.min(functions.end_line[fn], lines.length); line++) {
      if (ran[line]) reached = true;
      else if (reached && !/^\s*(?:#|$|(?:else|try|finally)\s*:)/.test(lines[line - 1])) unreached.add(line);
    }
  }
  return unreached;
}

/** The line of `def main():`, which a reader of the lecture need not see; -1 when there is none on a line of its own. */
function entryHeader({ trace }: Lecture, file: number, lines: string[]): number {
  if (file !== trace.entry || trace.calls.function.length === 0) return -1;
  const main = trace.calls.function[0];
  const line = trace.functions.line[main];
  return trace.functions.file[main] === file &&
    /^def \w+\(.*\).*:\s*(#.*)?$/.test((lines[line - 1] ?? "").slice(0, 500))
    ? line
    : -1;
}

/** Fold what comes before the first function of the lecture, if nothing of it was stepped through. */
function foldPreamble({ trace, outputs }: Lecture, file: number, lines: string[], items: Item[]): Item[] {
  if (file !== trace.entry) return items;
  const first = lines.findIndex((text) => /^(?:@|def |class |async def )/.test(text)) + 1;
  const { statements } = trace;
  const stepped = statements.line.some((line, i) => statements.file[i] === file && line < first);
  const inside = items.filter(({ line }) => line < first);
  const code = inside.filter(({ kind }) => kind === "code");
  if (code.length < 2 || stepped || outputs.statements.length === 0) return items;
  const rest = items.slice(inside.length);
  while (rest[0]?.kind === "gap") rest.shift();
  return [{ kind: "fold", line: code[0].line, endLine: code.at(-1)!.line, items: inside }, ...rest];
}

/** A block ends where a fold begins or ends, too. */
function intoBlocks(items: Item[], folds: Fold[]): Block[] {
  const blocks: Block[] = [];
  let next = 0; // the first fold that does not end before this line
  for (const item of items) {
    const end = "endLine" in item ? item.endLine : item.line;
    while (next < folds.length && folds[next].endLine < item.line) next++;
    const fold = next < folds.length && folds[next].head < item.line ? next : -1;
    const last = blocks.at(-1);
    if (!last || last.fold !== fold || item.line - last.line >= BLOCK_LINES)
      blocks.push({ line: item.line, endLine: end, items: [item], fold });
    else {
      last.items.push(item);
      last.endLine = Math.max(last.endLine, end);
    }
  }
  return blocks;
}

/** Statements that a reader does not see: hidden by `# @hide`, or notes for the speaker while those are off. */
export function hiddenStatements({ trace, outputs, executions }: Lecture, raw: boolean, notes: boolean): Uint8Array {
  const { statements, files } = trace;
  const hidden = new Uint8Array(statements.file.length);
  if (raw) return hidden;
  const hiddenLines = files.map((file) => new Set(file.hidden));
  for (let statement = 0; statement < hidden.length; statement++) {
    const lines = hiddenLines[statements.file[statement]];
    if (lines.size === 0) continue;
    let all = true;
    for (let line = statements.line[statement]; all && line <= statements.end_line[statement]; line++) {
      all = lines.has(line);
    }
    if (all) hidden[statement] = 1;
  }
  if (notes) return hidden;
  const { start, order } = executions.byStatement;
  for (const statement of outputs.statements.flat()) {
    let onlyNotes = true;
    for (let i = start[statement]; onlyNotes && i < start[statement + 1]; i++) {
      onlyNotes = outputs.ofStep(order[i]).every(({ kind }) => kind === "note");
    }
    if (onlyNotes) hidden[statement] = 1;
  }
  return hidden;
}
