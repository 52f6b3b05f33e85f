import { commentColumns } from "../../code/comments";
import { definitionsOf } from "../../code/definitions";
import { colorDimensions } from "../../code/dimensions";
import { highlightInParts, type LineTokens, type Token } from "../../code/highlight";
import { dimensionsOf } from "../../logic/dimensions";
import { layOut, linesOf, type Page } from "../../logic/document";
import type { Definition } from "../../logic/folds";
import type { Lecture } from "../../logic/lecture";

/** What a source file is made of, for its page and for the calls that are shown in place: worked out once. */
export interface FileParts {
  /** Worked out when a line near it is asked for. */
  tokens: LineTokens;
  definitions: Definition[];
  /** As it is read, and as it is. */
  page(raw: boolean): Page;
}

const known = new WeakMap<Lecture, Map<number, FileParts>>();

export function fileParts(lecture: Lecture, file: number): FileParts {
  let parts = known.get(lecture);
  if (!parts) known.set(lecture, (parts = new Map()));
  let found = parts.get(file);
  if (!found) parts.set(file, (found = build(lecture, file)));
  return found;
}

function build(lecture: Lecture, file: number): FileParts {
  const text = linesOf(lecture.trace.files[file].text).join("\n");
  const plain = highlightInParts(text);
  const colored = new Map<number, Token[]>();
  const tokens = (line: number) => {
    let found = colored.get(line);
    if (!found) colored.set(line, (found = colorDimensions(plain(line), dimensionsOf(lecture.trace))));
    return found;
  };
  const definitions = definitionsOf(text);
  const pages = new Map<boolean, Page>();
  return {
    tokens,
    definitions,
    page(raw) {
      let page = pages.get(raw);
      if (!page) pages.set(raw, (page = layOut(lecture, file, raw, commentColumns(text), definitions)));
      return page;
    },
  };
}
