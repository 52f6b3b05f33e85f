import { describe, expect, it } from "vitest";
import { openLecture } from "./lecture";
import { loopsOf } from "./loops";
import { asTable, columnName, turnsOf } from "./turns";
import { traceFromText } from "./trace-from-text";

/** The table of the loop around a position: `name: cells`. */
function table(drawing: string, position: number): string[] {
  const lecture = openLecture(traceFromText(drawing));
  const [run] = loopsOf(lecture).at(position);
  return turnsOf(lecture, run).columns.map((column) => {
    const cells = Array.from(column.values, (value) => (value < 0 ? "–" : JSON.stringify(lecture.trace.values[value])));
    return `${columnName(column)}: ${cells.join(" ")}`;
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

  it("holds what was inspected in the functions that the loop calls, but not in those that they call", () => {
    const drawing = `
      loop 1-2
      4
        10 loss=9
      1 x=1
      2
        10 loss=3
          20 deep=1
        11 loss=2
      ^ y=1
      1 x=2
      2
        10 loss=1
      ^ y=2
      1 x=2
      4
        10 loss=0`;
    expect(table(drawing, 3)).toEqual(["x: 1 2", "y: 1 2", "f10: loss: 2 1"]);
    const trace = traceFromText(drawing);
    trace.bindings.role.fill(3); // arguments: nobody asked for them
    const lecture = openLecture(trace);
    expect(turnsOf(lecture, loopsOf(lecture).at(3)[0]).columns.map(columnName)).toEqual(["x", "y"]);
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
