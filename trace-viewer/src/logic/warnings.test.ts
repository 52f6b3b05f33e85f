import { expect, it } from "vitest";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";
import { warningsOf } from "./warnings";

/** A lecture that writes a text to stderr on line 2, twice. */
function warned(text: string) {
  const trace = traceFromText("1\n2 >x\n2 >x");
  const printed = { ...trace.printed, stream: [1, 1] };
  return warningsOf(
    openLecture({ ...trace, printed, strings: trace.strings.map((each) => (each === "x\n" ? text : each)) }),
  );
}

it("a warning stands at the line that it names, once, without the source that Python adds", () => {
  const text =
    "/home/a/lectures/drawn.py:7: UserWarning: one\nand more\n  warnings.warn(x)\nlib.py:3: a.b.RuntimeWarning: two\n  x / 0\n";
  expect(warned(text)).toEqual([
    { file: 0, line: 7, category: "UserWarning", message: "one\nand more" },
    { file: 0, line: 2, category: "RuntimeWarning", message: "two" },
  ]);
});

it.each(["Warning: not one of Python's\n", "x:1: Error: no\n", ":".repeat(50_000), "a:1: Warning:".repeat(3000)])(
  "words on stderr are no warnings",
  (text) => expect(warned(text)).toEqual([]),
);
