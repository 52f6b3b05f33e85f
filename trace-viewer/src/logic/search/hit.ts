/** What can be looked through. */
export const KINDS = ["words", "code", "names", "values", "output"] as const;
export type Kind = (typeof KINDS)[number];

/** Text around a match, on one line: `text.slice(from, to)` is the match. */
export interface Snippet {
  text: string;
  from: number;
  to: number;
}

/** Something found: what, and where it leads. */
export interface Hit {
  /** The same for the same thing, however often it is looked for. */
  id: string;
  kind: Kind;
  /** What it is, in a word: "text", "note", "function", "stderr". */
  label: string;
  /** The position it leads to, or -1 where the code never ran; then `file` and `line` do. */
  position: number;
  file: number;
  line: number;
  snippet: Snippet;
  /** The value that was found, by its name: an index into `trace.values`. */
  value?: number;
  /** How often the same is there: shown, run, called, bound. */
  times: number;
  /** Of a moment at which what was asked for became true: what that was, in words. */
  answer?: string;
}

/** Where the text matches next, from an index on; null where it does not. A match is never empty. */
export type Find = (text: string, from: number) => [from: number, to: number] | null;
