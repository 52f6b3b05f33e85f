/** Strings made visible: what cannot be seen, or would turn the text around it, is written as its escape. */

/** C0/C1 controls, bidirectional controls, invisible spaces, line separators, halves of a surrogate pair. */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

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
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = visible(text.replaceAll("\\", "\\\\"));
  return quote + (quote === "'" ? inner.replaceAll("'", "\\'") : inner) + quote;
}

/** A stretch of text: as it is, an escape for something unseen, or spaces at the edge of a line, where they are missed. */
export type Stretch = { kind: "plain" | "escape" | "space"; text: string };

/** A text in stretches. A newline gives its escape and then itself, so that the text keeps its lines. */
export function stretches(text: string): Stretch[] {
  const found: Stretch[] = [];
  const put = (kind: Stretch["kind"], piece: string) => {
    if (piece) found.push({ kind, text: piece });
  };
  const lines = text.split("\n");
  lines.forEach((line, index) => {
    const [, lead = "", middle = "", trail = ""] = /^( *)([^]*?)( *)$/.exec(line) ?? [];
    put("space", lead);
    let from = 0;
    for (const match of middle.matchAll(UNSEEN)) {
      put("plain", middle.slice(from, match.index));
      put("escape", escapeOf(match[0]));
      from = match.index + match[0].length;
    }
    put("plain", middle.slice(from));
    put("space", trail);
    if (index < lines.length - 1) {
      put("escape", "\\n");
      put("plain", "\n");
    }
  });
  return found;
}

function escapeOf(char: string): string {
  const code = char.charCodeAt(0);
  return NAMED.get(char) ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
