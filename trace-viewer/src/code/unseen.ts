/** Characters that cannot be seen, or turn the text around them: they are shown as their escapes. */

/** C0/C1 controls, bidirectional controls, invisible spaces, line separators, halves of a surrogate pair. */
export const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const NAMED: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\t", "\\t"],
  ["\r", "\\r"],
]);

export function escapeOf(char: string): string {
  const code = char.charCodeAt(0);
  return NAMED.get(char) ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** A text in pieces: what is seen (a tab is), and between that each character that is not. */
export function unseenApart(text: string): { text: string; unseen: boolean }[] {
  const pieces: { text: string; unseen: boolean }[] = [];
  let from = 0;
  for (const { 0: char, index } of text.matchAll(UNSEEN)) {
    if (char === "\t") continue;
    if (index > from) pieces.push({ text: text.slice(from, index), unseen: false });
    pieces.push({ text: char, unseen: true });
    from = index + char.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), unseen: false });
  return pieces;
}
