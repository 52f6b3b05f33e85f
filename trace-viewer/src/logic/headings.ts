import type { Trace } from "../format/generated";
import type { Outputs } from "./outputs";

/** A heading in the lecture's words: an entry of its table of contents. */
export interface Heading {
  level: number;
  text: string;
  step: number;
  /** The position from which it is there. */
  position: number;
}

/** The Markdown headings among the outputs, in the order in which they came; the turns of a loop count once. */
export function findHeadings({ shown, outputs, steps }: Trace, { knownFrom }: Outputs): Heading[] {
  const found: Heading[] = [];
  const seen = new Set<string>();
  for (let row = 0; row < shown.step.length; row++) {
    const output = outputs[shown.output[row]];
    if (output.kind !== "text" || output.verbatim || typeof output.text !== "string") continue;
    const step = shown.step[row];
    for (const { level, text } of markdownHeadings(output.text)) {
      const key = `${steps.statement[step]} ${text}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push({ level, text, step, position: knownFrom(step) });
    }
  }
  return found;
}

/** Characters of a heading that are read: it is a line in a table of contents, and costs its square to search. */
const LONGEST = 500;

function markdownHeadings(markdown: string): { level: number; text: string }[] {
  if (!markdown.includes("#")) return [];
  const found: { level: number; text: string }[] = [];
  let fence = "";
  for (const line of markdown.split("\n")) {
    const marker = /^ {0,3}(```|~~~)/.exec(line)?.[1] ?? "";
    if (marker && (!fence || fence === marker)) fence = fence ? "" : marker;
    const heading = fence ? null : /^ {0,3}(#{1,6})[ \t]+(\S.*)$/.exec(line.slice(0, LONGEST));
    if (heading) found.push({ level: heading[1].length, text: plain(heading[2].trimEnd().replace(/[ \t]#+$/, "")) });
  }
  return found;
}

/** Markdown's words without its marks. */
function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|\*|`|\$)(?=\S)(.+?)\1/g, "$2")
    .replace(/\\([\\`*_#$])/g, "$1")
    .trim();
}
