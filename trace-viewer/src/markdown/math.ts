/**
 * Formulas are taken out of a Markdown text before it is parsed and put back into the tree after: so `\\`, `_`, `*` and the
 * `|` of a table mean in a formula what they mean in TeX, and a price is not a formula.
 *
 * `$…$` is a formula when its opening `$` is not followed by a space and the next `$` is neither preceded by a space nor
 * followed by a digit ("$5 and $6" is none); `$$…$$` is one on a line of its own. `\$` is a dollar. Code has no formulas.
 */

export type Formula = { source: string; display: boolean };

/** What stands for formula `n` in the text: two private-use characters around its number. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
export const PLACEHOLDER = /\uE000(\d+)\uE001/g;

/** No paragraph goes on past a blank line, nor does anything in it. */
const BLANK_LINE = /\n[ \t]*\n/;

/** Code spans and prefixes of lines are looked for no further than this, so that no text takes long. */
const LONGEST_CODE_SPAN = 5000;
const LONGEST_PREFIX = 200;

const FENCE = /^[ >\t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})/;

/** The text with a placeholder for each formula, and the formulas. */
export function extractMath(markdown: string): { text: string; formulas: Formula[] } {
  const source = markdown.replace(/[\uE000\uE001]/g, "\uFFFD");
  if (!source.includes("$")) return { text: source, formulas: [] };
  const formulas: Formula[] = [];
  let text = "";
  let at = 0;
  while (at < source.length) {
    const end = endOfCode(source, at);
    if (end > at) {
      text += source.slice(at, end);
      at = end;
      continue;
    }
    const found = source[at] === "$" ? formulaAt(source, at) : undefined;
    if (found) {
      text += OPEN + formulas.length + CLOSE;
      formulas.push(found.formula);
      at = found.end;
    } else if (source.startsWith("$$", at)) {
      text += "$$";
      at += 2;
    } else {
      const length = source[at] === "\\" ? 2 : 1;
      text += source.slice(at, at + length);
      at += length;
    }
  }
  return { text, formulas };
}

/** A text with its placeholders turned back into what they stood for. */
export function restoreMath(text: string, formulas: Formula[]): string {
  return text.replace(PLACEHOLDER, (whole, index) => {
    const formula = formulas[Number(index)];
    if (!formula) return whole;
    const fence = formula.display ? "$$" : "$";
    return fence + formula.source + fence;
  });
}

/** Where the code span or fenced block that begins at `at` ends; `at` itself when none begins there. */
function endOfCode(source: string, at: number): number {
  const lineStart = at === 0 || source[at - 1] === "\n";
  if (lineStart) {
    const newline = source.indexOf("\n", at);
    const fence = FENCE.exec(source.slice(at, newline < 0 ? undefined : newline))?.[1];
    if (fence) return endOfFence(source, newline, fence);
  }
  if (source[at] !== "`" || source[at - 1] === "`") return at;
  const near = source.slice(at, at + LONGEST_CODE_SPAN);
  const run = /^`+/.exec(near)?.[0] ?? "`";
  for (let from = run.length; ;) {
    const close = near.indexOf(run, from);
    if (close < 0 || BLANK_LINE.test(near.slice(0, close))) return at + run.length;
    let past = close + run.length;
    if (near[past] !== "`" && near[close - 1] !== "`") return at + past;
    while (near[past] === "`") past++;
    from = past;
  }
}

function endOfFence(source: string, newline: number, fence: string): number {
  let start = newline;
  while (start >= 0) {
    const next = source.indexOf("\n", start + 1);
    const line = source
      .slice(start + 1, next < 0 ? undefined : next)
      .replace(/^[ >\t]*/, "")
      .trimEnd();
    if (line.length >= fence.length && line === fence.charAt(0).repeat(line.length)) {
      return next < 0 ? source.length : next;
    }
    start = next;
  }
  return source.length;
}

function formulaAt(source: string, at: number): { formula: Formula; end: number } | undefined {
  const display = source.startsWith("$$", at);
  const begin = at + (display ? 2 : 1);
  if (!display && /[\s$]/.test(source.charAt(begin))) return undefined;
  for (let i = begin; i < source.length; i++) {
    const char = source[i];
    if (char === "\\") i++;
    else if (char === "`" && !display) return undefined;
    else if (char === "\n" && !display && /^[ \t]*\n/.test(source.slice(i + 1, i + LONGEST_PREFIX))) return undefined;
    else if (char === "$") {
      if (display) {
        if (source[i + 1] !== "$") continue;
        const inner = unquoted(source.slice(begin, i), source, at);
        return inner.trim() ? { formula: { source: inner.trim(), display }, end: i + 2 } : undefined;
      }
      if (/\s/.test(source.charAt(i - 1)) || /\d/.test(source.charAt(i + 1))) return undefined;
      return { formula: { source: source.slice(begin, i), display }, end: i + 1 };
    }
  }
  return undefined;
}

/** A display formula inside a block quote carries the quote's `>` on each of its lines. */
function unquoted(inner: string, source: string, at: number): string {
  const before = source.slice(Math.max(0, at - LONGEST_PREFIX), at);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return line.trimStart().startsWith(">") ? inner.replace(/\n[ \t]*>+/g, "\n") : inner;
}
