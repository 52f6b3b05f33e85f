import { expect, it } from "vitest";
import { causesOf, tracebackOf } from "./failures";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

function failed() {
  // Line 11 raises a KeyError, which line 12 turns into the ValueError that ends the run.
  const trace = traceFromText("1\n2\n  10\n  11\n  12 !");
  trace.failures.unshift({ type: "KeyError", message: "'a'", traceback: [] });
  const at = (line: number) => Array.from(trace.steps.statement).findIndex((s) => trace.statements.line[s] === line);
  trace.raised = { step: [at(11), at(12), at(2)], failure: [0, 1, 1] };
  trace.failures[1].traceback = [2, 12].map((line) => ({
    file: 0,
    path: "drawn.py",
    line,
    function: "f",
    text: "",
  }));
  trace.failures[1].cause = "KeyError: 'a'";
  return openLecture(trace);
}

it("leads to the step that each line of a traceback was left at", () => {
  const lecture = failed();
  const [, failure] = lecture.trace.failures;
  const lines = tracebackOf(lecture, failure).map(({ line, position }) => [line, position]);
  const last = lecture.positions.count - 1;
  expect(lines).toEqual([
    [2, last],
    [12, last - 1],
  ]);
});

it("finds what an exception was raised from, with the line where that came up", () => {
  const lecture = failed();
  const [cause, failure] = lecture.trace.failures;
  expect(causesOf(lecture, failure)).toEqual([cause]);
  expect(tracebackOf(lecture, cause)).toMatchObject([{ line: 11, function: "f10", text: "line_11()" }]);
});

it("ends, whatever causes are said to be", () => {
  const lecture = failed();
  const [cause, failure] = lecture.trace.failures;
  cause.cause = "ValueError: boom";
  expect(causesOf(lecture, failure)).toHaveLength(2);
  cause.cause = "KeyError: 'a'";
  expect(causesOf(lecture, failure).length).toBeLessThan(4);
  expect(causesOf(lecture, { ...failure, cause: "Gone: x" })).toEqual([
    { type: "Gone: x", message: "", traceback: [] },
  ]);
});
