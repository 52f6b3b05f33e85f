/** Strings made visible: what cannot be seen, or would turn the text around it, is written as its escape. */

/** C0/C1 controls, bidirectional controls, invisible spaces, line separators, halves of a surrogate pair. */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const SPACE_OR_UNSEEN = new RegExp(`( +)|${UNSEEN.source}`, "g");

const NAMED: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\t", "\\t"],
  ["\r", "\\r"],
]);

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

function escapeOf(char: string): string {
  const code = char.charCodeAt(0);
  return NAMED.get(char) ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
