import { linesOf } from "./document";
import type { Lecture } from "./lecture";

/** Where a reader wants to stop: at a line, at a line while a condition holds, or wherever a condition becomes true. */
export interface Breakpoint {
  id: number;
  /** The line, in words that an edit elsewhere leaves as they are; null: wherever the condition becomes true. */
  anchor: SourceLine | null;
  /** Where that is in the open lecture: an index into `trace.files`, and the line; 0 where it is nowhere. */
  file: number;
  line: number;
  /** Empty: at every execution of the line. */
  condition: string;
  enabled: boolean;
}

/** A line of source by what it says. */
export interface SourceLine {
  path: string;
  /** The function that it is in, by its qualified name; empty outside of all that ran. */
  function: string;
  text: string;
  /** Which of the lines of this function that say the same it is, from 0. */
  nth: number;
  line: number;
}

/** What is kept of a breakpoint between visits. */
export type Kept = Pick<Breakpoint, "anchor" | "condition" | "enabled">;

export const MOST_BREAKPOINTS = 100;
const LONGEST = 500;

/** The words for a line of a lecture; null where there is no such line. */
export function sourceLineOf(lecture: Lecture, file: number, line: number): SourceLine | null {
  const lines = sourceLines(lecture, file);
  if (!(line >= 1 && line <= lines.length)) return null;
  const fn = functionAt(lecture, file, line);
  const text = lines[line - 1].trim().slice(0, LONGEST);
  const nth = linesSaying(lecture, file, text, fn).filter((each) => each < line).length;
  return { path: lecture.trace.files[file].path, function: nameOf(lecture, fn), text, nth, line };
}

/** Where a line is in a lecture that may have been edited since; null where it is no more. */
export function findSourceLine(lecture: Lecture, anchor: SourceLine): { file: number; line: number } | null {
  const { trace } = lecture;
  const file = trace.files.findIndex(({ path }) => path === anchor.path);
  if (file < 0) return null;
  const fn = trace.functions.name.findIndex(
    (name, at) => trace.functions.file[at] === file && trace.strings[name] === anchor.function,
  );
  const inside = fn >= 0 || anchor.function === "" ? linesSaying(lecture, file, anchor.text, fn) : [];
  if (inside.length > 0) return { file, line: inside[Math.min(anchor.nth, inside.length - 1)] };
  const lines = sourceLines(lecture, file);
  let nearest = 0;
  lines.forEach((text, at) => {
    const line = at + 1;
    if (text.trim().slice(0, LONGEST) !== anchor.text) return;
    if (nearest === 0 || Math.abs(line - anchor.line) < Math.abs(nearest - anchor.line)) nearest = line;
  });
  return nearest > 0 ? { file, line: nearest } : null;
}

/** Put what was kept to its places in a lecture. */
export function placed(lecture: Lecture, kept: Kept[]): Breakpoint[] {
  return kept.slice(0, MOST_BREAKPOINTS).map(({ anchor, condition, enabled }, id) => {
    const found = anchor && findSourceLine(lecture, anchor);
    return { id, anchor, file: found?.file ?? -1, line: found?.line ?? 0, condition, enabled };
  });
}

/** What a browser kept, as far as it is what we would have written. */
export function readKept(text: string | null): Kept[] {
  let found: unknown;
  try {
    found = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  return Array.isArray(found) ? found.filter(isKept).slice(0, MOST_BREAKPOINTS) : [];
}

export function writeKept(breakpoints: readonly Breakpoint[]): string {
  return JSON.stringify(breakpoints.map(({ anchor, condition, enabled }): Kept => ({ anchor, condition, enabled })));
}

function isKept(each: unknown): each is Kept {
  if (typeof each !== "object" || each === null) return false;
  const { anchor, condition, enabled } = each as Partial<Record<keyof Kept, unknown>>;
  if (typeof condition !== "string" || condition.length > LONGEST || typeof enabled !== "boolean") return false;
  if (anchor === null) return condition !== "";
  if (typeof anchor !== "object") return false;
  const { path, function: fn, text, nth, line } = anchor as Partial<Record<keyof SourceLine, unknown>>;
  return (
    [path, fn, text].every((words) => typeof words === "string") && Number.isInteger(nth) && Number.isInteger(line)
  );
}

/** The first line of the statement that a line is part of: where it is marked, and where it stops. */
export function statementLine({ executions, trace }: Lecture, file: number, line: number): number {
  const [statement] = executions.statementsAt(file, line);
  return statement === undefined ? line : trace.statements.line[statement];
}

/** The function around a line, the innermost; -1 where there is none. */
export function functionAt({ trace: { functions } }: Lecture, file: number, line: number): number {
  let found = -1;
  for (let fn = 0; fn < functions.file.length; fn++) {
    if (functions.file[fn] !== file || functions.line[fn] > line || line > functions.end_line[fn]) continue;
    if (found < 0 || functions.line[fn] >= functions.line[found]) found = fn;
  }
  return found;
}

function nameOf({ trace: { functions, strings } }: Lecture, fn: number): string {
  return fn < 0 ? "" : strings[functions.name[fn]];
}

/** The lines of a file that say this and have this function around them. */
function linesSaying(lecture: Lecture, file: number, text: string, fn: number): number[] {
  const found: number[] = [];
  sourceLines(lecture, file).forEach((line, at) => {
    if (line.trim().slice(0, LONGEST) === text && functionAt(lecture, file, at + 1) === fn) found.push(at + 1);
  });
  return found;
}

const sources = new WeakMap<Lecture, Map<number, string[]>>();

/** The lines of a source file. */
export function sourceLines(lecture: Lecture, file: number): string[] {
  let files = sources.get(lecture);
  if (!files) sources.set(lecture, (files = new Map()));
  let lines = files.get(file);
  if (!lines) files.set(file, (lines = linesOf(lecture.trace.files[file]?.text ?? "")));
  return lines;
}
