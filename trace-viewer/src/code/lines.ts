/**
 * The lines of a Python source as Python counts them, found without parsing it: a parser takes a hundred times as long, and
 * most of a long source is not looked at when it is opened.
 */

/** A line of code with those that go on with it: within brackets, within a string, behind a backslash. */
export interface LogicalLine {
  line: number;
  endLine: number;
  /** Columns of white space before it; a tab goes to the next multiple of eight. */
  indent: number;
  /** From its first character to behind its last. */
  from: number;
  to: number;
}

export interface Scanned {
  /** Those that hold code. */
  lines: LogicalLine[];
  /** Of each line of the text, the column at which its comment begins, or -1. */
  comments: number[];
}

/** Longer sources are not read. */
const LONGEST = 500_000;

/** What matters between the words: strings, comments, brackets, ends of lines. A string ends with its line, a long one with the text. */
const SIGN =
  /"""(?:\\[^]|[^\\])*?(?:"""|$)|'''(?:\\[^]|[^\\])*?(?:'''|$)|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?|#[^\n]*|[([{]|[)\]}]|\\\n|\n/g;

/** What begins a statement wherever it stands: brackets before it were left open by mistake. */
const RESTART = /(?:def|class|async|import|from|@)\b|@/y;

const kept: { text: string; found: Scanned }[] = [];
const MOST = 8;

/** Scan a source; what was scanned last is kept. Nothing is found in one that is too long. */
export function scanned(text: string): Scanned {
  const known = kept.find((each) => each.text === text);
  if (known) return known.found;
  const found = text.length > LONGEST ? { lines: [], comments: text.split("\n").map(() => -1) } : scan(text);
  kept.unshift({ text, found });
  kept.length = Math.min(kept.length, MOST);
  return found;
}

function scan(text: string): Scanned {
  const lines: LogicalLine[] = [];
  const comments: number[] = [];
  let lineStart = 0; // where this line of the text begins
  let depth = 0; // of brackets
  let open: LogicalLine | null = null;

  /** The line of code that goes on here, or begins, if anything but white space stands before this place. */
  const reach = (place: number) => {
    if (open) return;
    const { indent, from } = indentAt(text, lineStart);
    if (from >= place) return;
    const line = comments.length + 1;
    open = { line, endLine: line, indent, from, to: from };
  };
  const close = (place: number) => {
    if (!open) return;
    open.endLine = comments.length + 1;
    open.to = place;
    lines.push(open);
    open = null;
  };
  /** This line of the text is over, a string or a backslash may go on with it. */
  const end = (place: number, comment: number) => {
    comments.push(comment);
    lineStart = place + 1;
  };

  let comment = -1;
  for (const { 0: sign, index } of text.matchAll(SIGN)) {
    switch (sign[0]) {
      case "#":
        reach(index);
        comment = index - lineStart;
        if (depth === 0) close(index);
        break;
      case "\n": {
        if (comment < 0) reach(index);
        const next = index + 1;
        RESTART.lastIndex = next;
        if (depth > 0 && RESTART.test(text)) depth = 0;
        if (depth === 0) close(index);
        end(index, comment);
        comment = -1;
        break;
      }
      case "\\":
        reach(index);
        end(index + 1, -1);
        break;
      case '"':
      case "'":
        reach(index + 1);
        for (let at = sign.indexOf("\n"); at >= 0; at = sign.indexOf("\n", at + 1)) end(index + at, -1);
        break;
      default:
        reach(index + 1);
        depth = "([{".includes(sign) ? depth + 1 : Math.max(depth - 1, 0);
    }
  }
  if (comment < 0) reach(text.length);
  if (depth === 0) close(text.length); // what ends in the middle is no line
  comments.push(comment);
  return { lines, comments };
}

function indentAt(text: string, from: number): { indent: number; from: number } {
  let indent = 0;
  for (; ; from++) {
    const sign = text[from];
    if (sign === "\t") indent += 8 - (indent % 8);
    else if (sign === " " || sign === "\f") indent++;
    else return { indent, from };
  }
}
