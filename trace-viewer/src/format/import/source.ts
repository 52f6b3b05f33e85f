/** What can be read off Python source without Python: statements, bodies, functions and comments, by their outer signs. */
import type { Directive } from "../generated";

export interface Source {
  lines: string[];
  /** Of each line, from 1: the first and the last line of the statement that it belongs to. */
  first: Int32Array;
  last: Int32Array;
  /** Of each line that a statement begins on: the last line of its body; of one without a body, its own last line. */
  bodyEnd: Int32Array;
  directives: Directive[];
  /** The `def` or `class` of this name that a line is in, or 0; a decorator's line is in what it decorates. */
  definitionAt(name: string, line: number): number;
  /** Of a decorator's line: the `def` or `class` that it decorates. */
  decorated: Map<number, number>;
}

/** A statement of more lines than this has lost a quote or a bracket: it is taken to end there. */
const LONGEST = 400;

export function readSource(text: string): Source {
  const lines = text.split("\n");
  const first = new Int32Array(lines.length + 2);
  const last = new Int32Array(lines.length + 2);
  const directives: Directive[] = [];
  for (let line = 1; line <= lines.length;) {
    const end = statementEnd(lines, line, (at, column) => directives.push(...directivesIn(lines[at - 1], at, column)));
    for (let at = line; at <= end; at++) [first[at], last[at]] = [line, end];
    line = end + 1;
  }
  const bodyEnd = bodyEnds(lines, last);
  return { lines, first, last, bodyEnd, directives, ...definitions(lines, last, bodyEnd) };
}

/** The last line of the statement that begins on `line`: brackets and quotes are closed by then. */
function statementEnd(lines: string[], line: number, comment: (line: number, column: number) => void): number {
  let depth = 0;
  let quote = "";
  for (let at = line; at <= lines.length && at < line + LONGEST; at++) {
    const row = lines[at - 1];
    let goesOn = row.endsWith("\\");
    for (let i = 0; i < row.length; i++) {
      const sign = row[i];
      if (quote) {
        if (sign === "\\") i++;
        else if (row.startsWith(quote, i)) {
          i += quote.length - 1;
          quote = "";
        }
      } else if (sign === "#") {
        comment(at, i);
        goesOn = false;
        break;
      } else if (sign === '"' || sign === "'") {
        quote = row.startsWith(sign.repeat(3), i) ? sign.repeat(3) : sign;
        i += quote.length - 1;
      } else if ("([{".includes(sign)) depth++;
      else if (")]}".includes(sign)) depth--;
    }
    if (quote.length === 1 && !goesOn) quote = "";
    if (!quote && depth <= 0 && !goesOn) return at;
  }
  return Math.min(line + LONGEST - 1, lines.length);
}

/** A body is what stands deeper than its head; blank lines and comments belong to nobody. */
function bodyEnds(lines: string[], last: Int32Array): Int32Array {
  const ends = last.slice();
  const open: { line: number; indent: number }[] = [];
  let end = 0;
  const close = (indent: number) => {
    while (open.length > 0 && open.at(-1)!.indent >= indent) ends[open.pop()!.line] = end;
  };
  for (let line = 1; line <= lines.length; line = last[line] + 1) {
    const indent = lines[line - 1].search(/\S/);
    if (indent < 0 || lines[line - 1][indent] === "#") continue;
    close(indent);
    open.push({ line, indent });
    end = last[line];
  }
  close(0);
  return ends;
}

const DEFINITION = /^\s*(?:async\s+)?(?:def|class)\s+([^\s([:]+)/;

function definitions(lines: string[], last: Int32Array, bodyEnd: Int32Array) {
  const byName = new Map<string, number[]>();
  const decorated = new Map<number, number>();
  let decorators: number[] = [];
  for (let line = 1; line <= lines.length; line = last[line] + 1) {
    if (/^\s*@/.test(lines[line - 1])) {
      decorators.push(line);
      continue;
    }
    const name = DEFINITION.exec(lines[line - 1].slice(0, 1000))?.[1];
    if (name !== undefined) {
      const others = byName.get(name);
      if (others) others.push(line);
      else byName.set(name, [line]);
      for (const decorator of decorators) decorated.set(decorator, line);
    }
    decorators = [];
  }
  const definitionAt = (name: string, line: number) => {
    const below = decorated.get(line) ?? line;
    const named = byName.get(name.slice(name.lastIndexOf(".") + 1)) ?? [];
    return named.findLast((head) => head <= below && bodyEnd[head] >= line) ?? 0;
  };
  return { definitionAt, decorated };
}

const NAMES = ["inspect", "full", "tokens", "clear", "stepover", "hide", "animate", "costs"];
const TAKING_ARGUMENTS = ["inspect", "full", "tokens", "clear"];

/** The directives in a comment, each with the words up to the next one. Columns count characters, not UTF-16 units. */
function directivesIn(row: string, line: number, column: number): Directive[] {
  const comment = row.slice(column);
  const marks = [...comment.matchAll(/(?<=[\s#])@(\w+)(?=\s|,|$)/g)];
  return marks.flatMap(({ 0: mark, 1: name, index }, at) => {
    if (!NAMES.includes(name)) return [];
    const rest = comment.slice(index + mark.length, marks[at + 1]?.index);
    const from = at === 0 && /^[#\s]*$/.test(comment.slice(0, index)) ? 0 : index;
    const to = index + mark.length + rest.trimEnd().length;
    return {
      name: name as Directive["name"],
      arguments: TAKING_ARGUMENTS.includes(name) ? rest.split(/[\s,#]+/).filter(Boolean) : [],
      line,
      column: characters(row.slice(0, column + from)),
      end_column: characters(row.slice(0, column + to)),
    };
  });
}

function characters(text: string): number {
  return Array.from(text).length;
}
