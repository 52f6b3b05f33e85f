import type { Token } from "./highlight";

/** Of each line, the column at which its comment begins, or -1: only the tokens know a `#` in a string from a comment. */
export function commentColumns(lines: Token[][]): number[] {
  return lines.map((tokens) => {
    let column = 0;
    for (const { text, cls } of tokens) {
      if (cls.split(" ").includes("tok-comment")) return column;
      column += text.length;
    }
    return -1;
  });
}
