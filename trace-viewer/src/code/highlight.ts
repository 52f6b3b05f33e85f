/** Source text → tokens, line by line. A broken program still gets its tokens: the parser recovers and never throws. */
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
import { parsePython } from "./parse";

/** A piece of one line; `cls` is "" or classes of theme/syntax.css. */
export type Token = { text: string; cls: string };

/** Longer sources are shown plain: a megabyte takes about a second to parse. */
export const LONGEST_PARSED = 500_000;

const PYTHON_NAMES = new Set(["python", "py", "python3", "pycon"]);

/** The tokens of each line of a Python source. Joined, the tokens of a line are the line. */
export function highlightPython(text: string): Token[][] {
  const source = unixLines(text);
  if (source.length > LONGEST_PARSED) return plainLines(source);
  const lines: Token[][] = [[]];
  highlightCode(
    source,
    parsePython(source),
    pythonClasses,
    (piece, cls) => lines.at(-1)?.push({ text: piece, cls }),
    () => lines.push([]),
  );
  return lines;
}

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
  return source.split("\n").map((line) => (line ? [{ text: line, cls: "" }] : []));
}

function unixLines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
