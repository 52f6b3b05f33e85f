/** Strings made visible: what cannot be seen, or would turn the text around it, is written as its escape. */
import { escapeOf, UNSEEN } from "../code/unseen";

const SPACE_OR_UNSEEN = new RegExp(`( +)|${UNSEEN.source}`, "g");

/** The text with all that is unseen as escapes; a backslash stays as it is. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escapeOf);
}

/** Python's `repr` of a string, as far as quotes and escapes go. */
export function quoted(text: string, quote = text.includes("'") && !text.includes('"') ? '"' : "'"): string {
  const inner = visible(text.replaceAll("\\", "\\\\"));
  return quote + (quote === "'" ? inner.replaceAll("'", "\\'") : inner) + quote;
}

/** A stretch of text: as it is, an escape for something unseen, or spaces. */
export type Stretch = { kind: "plain" | "escape" | "space"; text: string };

/**
 * A text in stretches. With `whitespace`, spaces are stretches of their own, a tab is its escape, and a line end is its escape
 * and then itself, so that the text keeps its lines; without, they are as they are.
 */
export function stretches(text: string, whitespace: boolean): Stretch[] {
  const found: Stretch[] = [];
  const put = (kind: Stretch["kind"], piece: string) => {
    const last = found.at(-1);
    if (kind === "plain" && last?.kind === "plain") last.text += piece;
    else if (piece) found.push({ kind, text: piece });
  };
  let from = 0;
  for (const match of text.matchAll(SPACE_OR_UNSEEN)) {
    const [piece] = match;
    const plain = /^[ \t\n]/.test(piece);
    put("plain", text.slice(from, match.index));
    from = match.index + piece.length;
    if (plain && !whitespace) put("plain", piece);
    else if (piece.startsWith(" ")) put("space", piece);
    else put("escape", escapeOf(piece));
    if (piece === "\n" && whitespace) put("plain", "\n");
  }
  put("plain", text.slice(from));
  return found;
}
