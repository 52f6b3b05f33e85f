import type { Output, Value } from "../../format/generated";
import { textOf } from "./value-text";

/** Rows of a table that are searched, and characters of anything. */
const MOST_ROWS = 1000;
const LONGEST = 1_000_000;

/** The words that an output shows, each with what they are; of one that holds something else, none. */
export function textsOf(output: Output): { label: string; text: string }[] {
  try {
    return read(output).flatMap(([label, text]) =>
      typeof text === "string" && text !== "" ? [{ label, text: text.slice(0, LONGEST) }] : [],
    );
  } catch {
    return []; // not what the format promises
  }
}

type Piece = [label: string, text: unknown];

function read(output: Output): Piece[] {
  switch (output.kind) {
    case "text":
      return [["text", output.verbatim ? output.text : withoutMarks(output.text)]];
    case "note":
      return [["note", withoutMarks(output.text)]];
    case "code":
      return [
        ["listing", output.caption],
        ["listing", output.text],
      ];
    case "image":
    case "video":
    case "plot":
      return [[output.kind === "plot" ? "plot" : output.kind, output.alt]];
    case "link":
      return [["link", linkText(output)]];
    case "table":
      return [
        ["table", output.caption],
        ["table", output.columns.map(String).join(" · ")],
        ...output.rows.slice(0, MOST_ROWS).map((row): Piece => ["table", cells(row)]),
      ];
    case "graph":
      return [["graph", output.nodes.slice(0, MOST_ROWS).map(labelOf).join(" · ")]];
    case "placeholder":
      return [["missing", `${output.label} ${output.reason}`]];
    case "expectation":
      return [["prediction", output.label]];
    case "quiz": // what answers it is for the reader to find
      return [["question", [withoutMarks(output.question), ...output.choices.map(String)].join(" · ")]];
  }
}

function linkText({ label, reference, target }: Extract<Output, { kind: "link" }>): string {
  const { title, authors, organization, date, url, description } = reference ?? {};
  return [label, title, authors?.join(", "), organization, date, description, url, target?.name]
    .filter((part): part is string => typeof part === "string" && part !== "")
    .filter((part, i, parts) => parts.indexOf(part) === i)
    .join(" · ");
}

function cells(row: Value[]): string {
  return row.map((cell) => textOf(cell)).join(" · ");
}

function labelOf({ label }: { label: unknown }): string {
  return typeof label === "string" ? label : "";
}

/** Markdown without the marks that would part words; links are their words. */
function withoutMarks(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]\n]{0,300})\]\([^)\s]{0,2000}\)/g, "$1")
    .replace(/\*\*|`/g, "")
    .replace(/(?<![\p{L}\p{N}])\*(?=\p{L})|(?<=[\p{L}\p{P}])\*(?![\p{L}\p{N}*])/gu, "")
    .replace(/^ {0,3}#{1,6} +/gm, "");
}
