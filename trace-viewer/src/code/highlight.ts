/** Source text → tokens, line by line. A broken program still gets its tokens: the parser recovers and never throws. */
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
import { scanned } from "./lines";
import { withTree } from "./parse";

/** A piece of one line; `cls` is "" or classes of theme/syntax.css. */
export type Token = { text: string; cls: string };

/** So much of a line is shown: nobody reads on, and a browser takes long to lay it out. */
const LONGEST_LINE = 20_000;

const PYTHON_NAMES = new Set(["python", "py", "python3", "pycon"]);

/** The tokens of each line of a Python source. Joined, the tokens of a line are the line, if that is no endless one. */
export function highlightPython(text: string): Token[][] {
  const source = unixLines(text);
  const lines = withTree(source, (tree) => {
    const lines: Token[][] = [[]];
    highlightCode(
      source,
      tree,
      pythonClasses,
      (piece, cls) => lines.at(-1)?.push({ text: piece, cls }),
      () => lines.push([]),
    );
    return lines;
  });
  return lines?.map(shortened) ?? plainLines(source);
}

/** The tokens of a line, counted from 1: the same array each time. */
export type LineTokens = (line: number) => Token[];

/** A part of a source has so many lines at least, if it does not end before. */
const PART_LINES = 10;

/** What goes on with the statement before it. */
const GOES_ON = /(?:else|elif|except|finally)\b/y;

/**
 * The tokens of a Python source, worked out for the part in which a line lies when that is asked for: long sources are
 * looked at in parts. A part is statements that stand side by side at the margin, whole.
 */
export function highlightInParts(text: string): LineTokens {
  const source = unixLines(text);
  const parts: { line: number; from: number; tokens?: Token[][] }[] = [{ line: 1, from: 0 }];
  let decorated = false;
  for (const { line, indent, from } of scanned(source).lines) {
    if (indent > 0) continue;
    GOES_ON.lastIndex = from;
    if (!decorated && line - parts.at(-1)!.line >= PART_LINES && !GOES_ON.test(source)) parts.push({ line, from });
    decorated = source[from] === "@";
  }
  return (line) => {
    const at = Math.max(
      parts.findLastIndex((part) => part.line <= line),
      0,
    );
    const part = parts[at];
    part.tokens ??= highlightPython(source.slice(part.from, parts[at + 1]?.from));
    return part.tokens[line - part.line] ?? NO_TOKENS;
  };
}

const NO_TOKENS: Token[] = [];

/** The tokens of each line of a source in `language`; a language we have no parser for is shown plain. */
export function highlight(text: string, language: string): Token[][] {
  return PYTHON_NAMES.has(language.toLowerCase()) ? highlightPython(text) : plainLines(unixLines(text));
}

const pythonClasses = tagHighlighter([
  { tag: tags.keyword, class: "tok-keyword" },
  { tag: tags.modifier, class: "tok-keyword" },
  { tag: tags.bool, class: "tok-bool" },
  { tag: tags.null, class: "tok-bool" },
  { tag: tags.string, class: "tok-string" },
  { tag: tags.special(tags.string), class: "tok-string2" },
  { tag: tags.escape, class: "tok-escape" },
  { tag: tags.number, class: "tok-number" },
  { tag: tags.lineComment, class: "tok-comment" },
  { tag: tags.function(tags.variableName), class: "tok-function" },
  { tag: tags.function(tags.propertyName), class: "tok-function" },
  { tag: tags.function(tags.definition(tags.variableName)), class: "tok-function-definition" },
  { tag: tags.definition(tags.className), class: "tok-class-definition" },
  { tag: tags.propertyName, class: "tok-property" },
  { tag: tags.meta, class: "tok-meta" },
  { tag: tags.operator, class: "tok-operator" },
  { tag: tags.punctuation, class: "tok-punctuation" },
]);

function plainLines(source: string): Token[][] {
  return source.split("\n").map((line) => shortened(line ? [{ text: line, cls: "" }] : []));
}

/** An endless line ends where nobody reads on, and says so. */
function shortened(tokens: Token[]): Token[] {
  const length = tokens.reduce((sum, { text }) => sum + text.length, 0);
  if (length <= LONGEST_LINE) return tokens;
  const kept: Token[] = [];
  let left = LONGEST_LINE;
  for (const { text, cls } of tokens) {
    if (left <= 0) break;
    kept.push({ text: text.slice(0, left), cls });
    left -= text.length;
  }
  return [...kept, { text: ` … ${length - LONGEST_LINE} more characters`, cls: "tok-comment" }];
}

function unixLines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
