import { describe, expect, it } from "vitest";
import { layOut } from "./document";
import { foldsOf, type Definition } from "./folds";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

/** main is on lines 1 to 9, f10 on 10 to 19, f20 on 20 to 29, f30 on 30 to 39; each has a line of its own for its head. */
const lecture = (drawing: string) => openLecture(traceFromText(drawing));

const definition = (line: number, endLine: number, change: Partial<Definition> = {}): Definition => ({
  kind: "function",
  line,
  named: line,
  head: line,
  endLine,
  summary: "",
  ...change,
});

const lines = (definitions: Definition[], drawing = "1") =>
  foldsOf(lecture(drawing), 0, [], definitions).map(({ head, endLine }) => [head, endLine]);

describe("long functions", () => {
  it("are folded behind their heads", () => {
    expect(lines([definition(10, 22), definition(25, 38)])).toEqual([[25, 38]]);
    expect(lines([definition(10, 26, { head: 13 })])).toEqual([[13, 26]]);
  });

  it("are not folded where they show something, or are the lecture's main, or a class", () => {
    expect(lines([definition(10, 30)], '1\n  12 "words"')).toEqual([]);
    expect(lines([definition(1, 30)])).toEqual([]);
    expect(lines([definition(10, 30, { kind: "class" }), definition(12, 28)])).toEqual([[12, 28]]);
  });

  it("hold those inside them", () => {
    expect(lines([definition(10, 39), definition(12, 30)])).toEqual([[10, 39]]);
  });

  it("are blocks of their own on the page", () => {
    const page = layOut(lecture("1\n  11"), 0, false, [], [definition(10, 25)]);
    expect(page.folds).toHaveLength(1);
    expect(page.blocks.map(({ items, fold }) => [items[0].line, items.at(-1)!.line, fold])).toEqual([
      [2, 10, -1],
      [11, 25, 0],
      [26, 40, -1],
    ]);
    expect(layOut(lecture("1"), 0, true, [], [definition(10, 25)]).folds).toEqual([]);
  });
});
