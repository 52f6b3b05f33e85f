import type { Lecture } from "./lecture";

/** A function or class of a source file, by line. */
export interface Definition {
  kind: "function" | "class";
  /** Its first line, decorators included, and that of its `def` or `class`. */
  line: number;
  named: number;
  /** The last line of its head, with the colon. */
  head: number;
  endLine: number;
  /** The first line of its docstring's words, or "". */
  summary: string;
}

/** A function whose body is folded away until someone steps into it, or asks for it. */
export interface Fold {
  /** Where its body is: behind this line, and up to that one. */
  head: number;
  endLine: number;
  /** Columns of white space before its `def`. */
  indent: number;
  summary: string;
}

/** Bodies of no more lines stay as they are. */
const SHORT = 12;

/**
 * The long functions of a file, the outermost first where one lies in another. Those that show something are none of them:
 * they are what the lecture says. Neither is its `main`.
 */
export function foldsOf(
  { trace, outputs }: Lecture,
  file: number,
  lines: readonly string[],
  definitions: readonly Definition[],
): Fold[] {
  const { functions, statements, calls, entry } = trace;
  const main = file === entry && calls.function.length > 0 ? functions.line[calls.function[0]] : -1;
  const showing = outputs.statements[file].map((statement) => statements.line[statement]);
  const folds: Fold[] = [];
  for (const { kind, line, named, head, endLine, summary } of definitions) {
    if (kind === "class" || endLine - head <= SHORT || (line <= main && main <= named)) continue;
    if (head <= (folds.at(-1)?.endLine ?? 0)) continue;
    if (showing.some((at) => head < at && at <= endLine)) continue;
    const indent = (lines[named - 1] ?? "").search(/\S/);
    folds.push({ head, endLine, indent: Math.max(indent, 0), summary });
  }
  return folds;
}
