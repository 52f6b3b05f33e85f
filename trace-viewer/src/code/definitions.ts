/** The functions and classes of a Python source, by line. */
import type { Definition } from "../logic/folds";
import { scanned, type LogicalLine } from "./lines";

const HEAD = /^(?:async\s+)?(?:def|(class))\s+\w[^]*:/;

/** In the order in which they begin: one inside another comes behind it. */
export function definitionsOf(text: string): Definition[] {
  const { lines } = scanned(text);
  const found: Definition[] = [];
  const open: { indent: number; definition: Definition }[] = []; // those around a line, the innermost last
  let decorated = 0; // the line of the first decorator before this one, or 0
  for (const [index, { line, endLine, indent, from, to }] of lines.entries()) {
    while (open.length > 0 && open.at(-1)!.indent >= indent) open.pop();
    for (const { definition } of open) definition.endLine = endLine;
    if (text[from] === "@") {
      decorated ||= line;
      continue;
    }
    const head = /[adc]/.test(text[from]) ? HEAD.exec(text.slice(from, to)) : null;
    if (head) {
      const kind = head[1] ? "class" : "function";
      const summary = docstring(text, lines[index + 1], indent);
      const definition = { kind, line: decorated || line, named: line, head: endLine, endLine, summary } as const;
      found.push(definition);
      open.push({ indent, definition });
    }
    decorated = 0;
  }
  return found;
}

const STRING =
  /^[rRuUbB]{0,2}(?:"""((?:\\[^]|[^\\])*?)"""|'''((?:\\[^]|[^\\])*?)'''|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')\s*$/;

/** Of the docstring of a definition: its first line that says something. `first` is the line behind its head. */
function docstring(text: string, first: LogicalLine | undefined, indent: number): string {
  if (!first || first.indent <= indent || !/["'rRuUbB]/.test(text[first.from])) return "";
  const [, ...contents] = STRING.exec(text.slice(first.from, first.to)) ?? [];
  const words = contents.find((content) => content !== undefined) ?? "";
  return words.trim().split("\n", 1)[0].trim();
}
