import { describe, expect, it } from "vitest";
import { openLecture } from "./lecture";
import { loopsOf } from "./loops";
import { asTable, turnsOf } from "./turns";
import { traceFromText } from "./trace-from-text";

/** The table of the loop around a position: `name: cells`. */
function table(drawing: string, position: number): string[] {
  const lecture = openLecture(traceFromText(drawing));
  const [run] = loopsOf(lecture).at(position);
  return turnsOf(lecture, run).columns.map(({ name, values }) => {
    const cells = Array.from(values, (value) => (value < 0 ? "–" : JSON.stringify(lecture.trace.values[value])));
    return `${name}: ${cells.join(" ")}`;
  });
}

describe("the table of a loop's turns", () => {
  it("has what every name was last in each turn, of names that the loop bound", () => {
    const drawing = `
      loop 2-5
      1 before=0 x=9
      2 i=0
      3 x=1
      4 x=2
      2 i=1
      5 y="a"
      2 i=2
      3 x=3
      2 i=2
      6 after=1 x=4`;
    expect(table(drawing, 1)).toEqual(["x: 2 – 3", "i: 0 1 2", 'y: – "a" –']);
  });

  it("holds what a call in the loop left behind, but not what that call bound", () => {
    expect(table("loop 1-2\n1\n2\n  10 y=1\n  ^ y=2\n^ x=1\n1\n2\n  10 y=5\n^ x=2\n3", 0)).toEqual(["x: 1 2"]);
  });

  it("is of one run: the next time around it is another", () => {
    const drawing = "loop 2-3\n2 i=0\n3\n2\n1\n2 i=5\n3\n2 i=6\n3";
    expect(table(drawing, 0)).toEqual(["i: 0"]);
    expect(table(drawing, 4)).toEqual(["i: 5 6"]);
  });

  it("leaves columns out when there are very many", () => {
    const names = Array.from({ length: 30 }, (_, i) => `v${i}=${i}`).join(" ");
    const lecture = openLecture(traceFromText(`loop 1-2\n1\n2 ${names}`));
    const { columns, left } = turnsOf(lecture, loopsOf(lecture).at(0)[0]);
    expect([columns.length, left]).toEqual([24, 6]);
  });

  it("is written for a spreadsheet, with no stray tabs or lines", () => {
    const lecture = openLecture(traceFromText('loop 1-2\n1 i=0\n2 s="a\\tb\\nc"\n1 i=1\n2\n3'));
    const [run] = loopsOf(lecture).at(0);
    expect(asTable(lecture, run, String)).toBe("turn\ti\ts\tseconds\n1\t0\ta b c\t0.000002\n2\t1\t\t0.000002");
  });
});
