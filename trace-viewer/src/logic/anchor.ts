import type { Trace } from "../format/generated";
import { lastAtMost } from "./columns";
import type { Lecture } from "./lecture";

/**
 * A step, told by its source rather than by its number, so that it is found again when the lecture was edited elsewhere:
 * which statement of which function, and which of its executions.
 */
export interface Anchor {
  /** The file's path; empty for the lecture's own file. */
  file: string;
  function: string;
  /** The line it was on, for when nothing else is left. */
  line: number;
  /** The beginning of its code, without comments and with single spaces. */
  code: string;
  /** Which of the statements of its function that begin so, from 1. */
  like: number;
  /** Digests of what ran before and behind it in its function, `k3.9fa`: they tell it from likes that come and go. */
  beside: string;
  /** Which of its executions in the whole run, from 1. */
  turn: number;
}

/** How an anchor's step was found: it is as it was, or what had to be put up with. */
export type Found = "same" | "fewer turns" | "other function" | "similar" | "line";

const LONGEST_CODE = 40;
/** Characters and lines of a statement read for that. */
const READ = 240;
const MOST_LINES = 8;
/** Share of pairs of letters that two lines must have in common to be taken for one that was edited. */
const ALIKE = 0.5;

/** What is told of a statement, and where it stands among those that begin like it. */
interface Row {
  statement: number;
  file: number;
  function: string;
  line: number;
  code: string;
  like: number;
  /** The code of the statements before and behind it in its function; empty where it is the first or the last. */
  before: string;
  behind: string;
}

interface Index {
  rows: (Row | undefined)[];
  byFunction: Map<string, Row[]>;
}

const indices = new WeakMap<Lecture, Index>();

export function anchorOf(lecture: Lecture, step: number): Anchor | null {
  const { trace, executions } = lecture;
  const row = indexOf(lecture).rows[trace.steps.statement[step]];
  if (!row) return null;
  const { start, order } = executions.byStatement;
  const from = start[row.statement];
  const turn = lastAtMost(step, from, start[row.statement + 1], (i) => order[i]) - from + 1;
  const file = row.file === trace.entry ? "" : trace.files[row.file].path;
  return { file, function: row.function, line: row.line, code: row.code, like: row.like, beside: besideOf(row), turn };
}

/** Whether this step is the very one that an anchor tells of, whatever line it is on. */
export function isAt(lecture: Lecture, step: number, anchor: Anchor): boolean {
  const here = anchorOf(lecture, step);
  if (!here) return false;
  return (["file", "function", "code", "like", "beside", "turn"] as const).every((part) => here[part] === anchor[part]);
}

/** The step that an anchor tells of, or what comes nearest to it; null where nothing of its file ran. */
export function findAnchor(lecture: Lecture, anchor: Anchor): { step: number; found: Found } | null {
  const { rows, byFunction } = indexOf(lecture);
  const file = fileOf(lecture.trace, anchor.file);
  const inside = byFunction.get(`${file} ${anchor.function}`) ?? [];
  const same = inside.filter(({ code }) => code === anchor.code);
  const exact = bestOf(same, inside, anchor);
  if (exact) {
    const { step, turn } = execution(lecture, exact.statement, anchor.turn);
    return { step, found: turn === anchor.turn ? "same" : "fewer turns" };
  }
  const ran = rows.filter((row) => row !== undefined && row.file === file) as Row[];
  const [row, found] = elsewhere(anchor, inside, ran);
  return row ? { step: execution(lecture, row.statement, anchor.turn).step, found } : null;
}

/**
 * Of statements with the same code the one with the same neighbours, of which those that stand in the function once say
 * most; where that tells none from the others, the one that is nearest by its count.
 */
function bestOf(same: Row[], inside: Row[], { like, beside }: Anchor): Row | undefined {
  if (same.length < 2) return same[0];
  const [before, behind] = beside.split(".");
  const often = new Map([[digest(""), 2]]); // to be the first or the last changes easily
  for (const { code } of inside) often.set(digest(code), (often.get(digest(code)) ?? 0) + 1);
  const weight = (was: string, is: string) => (digest(is) === was ? 1 / (often.get(was) ?? 1) : 0);
  const rank = (row: Row) => weight(before, row.before) + weight(behind, row.behind);
  const best = Math.max(...same.map(rank));
  const away = (row: Row) => Math.abs(row.like - like);
  return same.filter((row) => rank(row) === best).reduce((near, row) => (away(row) < away(near) ? row : near));
}

function besideOf({ before, behind }: Row): string {
  return `${digest(before)}.${digest(behind)}`;
}

/** A few letters that stand for a text (FNV-1a, of which enough is kept to tell a line's neighbours apart). */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash >>> 0) % 36 ** 3).toString(36);
}

/** Where a statement may have gone: it was edited, it stands in another function now, or it is gone. */
function elsewhere(anchor: Anchor, inside: Row[], ran: Row[]): [Row | undefined, Found] {
  const near = (a: Row, b: Row) => Math.abs(a.line - anchor.line) - Math.abs(b.line - anchor.line);
  const edited = inside
    .map((row) => ({ row, share: likeness(row.code, anchor.code) }))
    .filter(({ share }) => share >= ALIKE)
    .toSorted((a, b) => b.share - a.share || near(a.row, b.row))[0];
  if (edited) return [edited.row, "similar"];
  const moved = ran.filter(({ code }) => code === anchor.code).toSorted(near)[0];
  if (moved) return [moved, "other function"];
  return [(inside.length > 0 ? inside : ran).toSorted(near)[0], "line"];
}

/** The line of a file that is `line` still, by its text, or has moved; the line itself where the text is nowhere. */
export function findLine(trace: Trace, file: number, line: number, text: string): { line: number; same: boolean } {
  const lines = trace.files[file].text.split("\n");
  const at = lines.flatMap((row, index) => (codeOf([row]) === text ? [index + 1] : []));
  const nearest = at.toSorted((a, b) => Math.abs(a - line) - Math.abs(b - line))[0];
  return { line: nearest ?? line, same: nearest !== undefined };
}

/** The text of a line as an address has it. */
export function lineText(trace: Trace, file: number, line: number): string {
  return codeOf([trace.files[file].text.split("\n")[line - 1] ?? ""]);
}

/** An execution of a statement: the `turn`th, or the last if there are fewer. */
function execution({ executions }: Lecture, statement: number, turn: number): { step: number; turn: number } {
  const { start, order } = executions.byStatement;
  const count = start[statement + 1] - start[statement];
  const there = Math.min(Math.max(turn, 1), count);
  return { step: order[start[statement] + there - 1], turn: there };
}

/** The file of this path; of another folder, one of the same name. */
function fileOf({ files, entry }: Trace, path: string): number {
  if (path === "") return entry;
  const exact = files.findIndex((file) => file.path === path);
  if (exact >= 0) return exact;
  const name = (of: string) => of.slice(of.lastIndexOf("/") + 1);
  return files.findIndex((file) => name(file.path) === name(path));
}

/** What ran, statement by statement: made when a place is first asked for. */
function indexOf(lecture: Lecture): Index {
  const known = indices.get(lecture);
  if (known) return known;
  const { trace, executions } = lecture;
  const { statements, steps, calls, functions, strings, files } = trace;
  const { start, order } = executions.byStatement;
  const lines = files.map(({ text }) => text.split("\n"));
  const rows: (Row | undefined)[] = Array.from({ length: statements.file.length });
  const byFunction = new Map<string, Row[]>();
  for (let statement = 0; statement < rows.length; statement++) {
    if (start[statement] === start[statement + 1]) continue;
    const file = statements.file[statement];
    const line = statements.line[statement];
    const code = codeOf(lines[file].slice(line - 1, Math.min(statements.end_line[statement], line + MOST_LINES)));
    const name = functionName(strings[functions.name[calls.function[steps.call[order[start[statement]]]]]]);
    const row = { statement, file, function: name, line, code, like: 0, before: "", behind: "" };
    rows[statement] = row;
    const key = `${file} ${name}`;
    const others = byFunction.get(key);
    if (others) others.push(row);
    else byFunction.set(key, [row]);
  }
  for (const inside of byFunction.values()) {
    inside.sort((a, b) => a.line - b.line);
    const counts = new Map<string, number>();
    for (const [at, row] of inside.entries()) {
      row.like = (counts.get(row.code) ?? 0) + 1;
      counts.set(row.code, row.like);
      row.before = inside[at - 1]?.code ?? "";
      row.behind = inside[at + 1]?.code ?? "";
    }
  }
  const index = { rows, byFunction };
  indices.set(lecture, index);
  return index;
}

/** `outer.<locals>.inner` says the same as `outer.inner`. */
function functionName(name: string): string {
  return wellFormed(name.replaceAll(".<locals>", "").slice(0, 80));
}

/** The beginning of some lines of code: comments out, white space as single spaces, one kind of quotes. */
function codeOf(lines: string[]): string {
  let code = "";
  let quote = "";
  for (const line of lines) {
    if (code.length >= READ) break;
    code += " ";
    for (const sign of line.slice(0, READ)) {
      if (sign === "#" && !quote) break;
      if (sign === quote) quote = "";
      else if (!quote && (sign === '"' || sign === "'")) quote = sign;
      code += sign;
    }
  }
  return wellFormed(code.replaceAll('"', "'").replace(/\s+/g, " ").trim().slice(0, LONGEST_CODE)).trim();
}

/** Half a character, of which there are two to an emoji, can stand in no address. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "");
}

/** The share of pairs of letters that two texts have in common, from 0 to 1 (the Sørensen–Dice coefficient). */
function likeness(a: string, b: string): number {
  const pairs = new Map<string, number>();
  for (let i = 0; i + 1 < a.length; i++) pairs.set(a.slice(i, i + 2), (pairs.get(a.slice(i, i + 2)) ?? 0) + 1);
  let common = 0;
  for (let i = 0; i + 1 < b.length; i++) {
    const left = pairs.get(b.slice(i, i + 2)) ?? 0;
    if (left > 0) common++;
    pairs.set(b.slice(i, i + 2), left - 1);
  }
  return a.length + b.length > 2 ? (2 * common) / (a.length + b.length - 2) : 0;
}
