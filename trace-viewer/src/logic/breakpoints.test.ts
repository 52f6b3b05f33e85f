import { describe, expect, it } from "vitest";
import {
  sourceLineOf,
  findSourceLine,
  placed,
  readKept,
  statementLine,
  writeKept,
  type SourceLine,
} from "./breakpoints";
import { openLecture, type Lecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

const SOURCE = [
  "def main():",
  "    x = 1",
  "    x = 1",
  "    f10()",
  "",
  "",
  "",
  "",
  "",
  "def f10():",
  "    x = 1",
  "    y = 2",
];

/** A lecture with this source, in which `main` and `f10` ran. */
function lectureOf(lines: string[]): Lecture {
  const trace = traceFromText("1\n4\n  10\n  11");
  const start = lines.findIndex((line) => line.startsWith("def f10"));
  trace.functions.line = [lines.indexOf("def main():") + 1, start + 1];
  trace.functions.end_line = [start, lines.length];
  trace.files[0].text = `${lines.join("\n")}\n`;
  return openLecture(trace);
}

const moved = (anchor: SourceLine | null, lines: string[]) => findSourceLine(lectureOf(lines), anchor!)?.line ?? null;

describe("the line of a breakpoint", () => {
  it("is known by file, function, text and how many say the same before it", () => {
    expect(sourceLineOf(lectureOf(SOURCE), 0, 3)).toEqual({
      path: "lectures/drawn.py",
      function: "main",
      text: "x = 1",
      nth: 1,
      line: 3,
    });
    expect(sourceLineOf(lectureOf(SOURCE), 0, 99)).toBeNull();
  });

  it("is found again after edits above it, in its own function", () => {
    const second = sourceLineOf(lectureOf(SOURCE), 0, 3);
    const inside = sourceLineOf(lectureOf(SOURCE), 0, 11);
    const edited = ["import math", "", ...SOURCE.slice(0, 4), "    more()", ...SOURCE.slice(4)];
    expect([moved(second, edited), moved(inside, edited)]).toEqual([5, 14]);
  });

  it("is the nearest that says the same where its function is gone, and nowhere where none does", () => {
    const inside = sourceLineOf(lectureOf(SOURCE), 0, 12);
    expect(moved({ ...inside!, function: "f99" }, SOURCE)).toBe(12);
    expect(moved(inside, SOURCE.with(11, "    y = 3"))).toBeNull();
    expect(findSourceLine(lectureOf(SOURCE), { ...inside!, path: "other.py" })).toBeNull();
  });

  it("is that of the whole statement", () => {
    const trace = traceFromText("1\n2");
    trace.statements.end_line[1] = 4;
    expect(statementLine(openLecture(trace), 0, 3)).toBe(2);
    expect(statementLine(openLecture(trace), 0, 7)).toBe(7);
  });
});

describe("what a browser keeps", () => {
  it("comes back as it was", () => {
    const lecture = lectureOf(SOURCE);
    const anchor = sourceLineOf(lecture, 0, 12);
    const text = writeKept([
      { id: 7, anchor, file: 0, line: 12, condition: "y > 1", enabled: false },
      { id: 9, anchor: null, file: -1, line: 0, condition: "x == 1", enabled: true },
    ]);
    expect(placed(lecture, readKept(text))).toEqual([
      { id: 0, anchor, file: 0, line: 12, condition: "y > 1", enabled: false },
      { id: 1, anchor: null, file: -1, line: 0, condition: "x == 1", enabled: true },
    ]);
  });

  it.each([
    [null],
    ["}{"],
    ["5"],
    ['[null, 3, "x", {}]'],
    ['[{"anchor": null, "condition": "", "enabled": true}]'],
    ['[{"anchor": {"path": 1}, "condition": "", "enabled": true}]'],
    [JSON.stringify([{ anchor: null, condition: "x".repeat(501), enabled: true }])],
  ])("is nothing if it is not ours: %s", (text) => {
    expect(readKept(text)).toEqual([]);
  });

  it("is bounded", () => {
    const each = { anchor: null, condition: "x", enabled: true };
    expect(readKept(JSON.stringify(Array.from({ length: 5000 }, () => each)))).toHaveLength(100);
  });
});
