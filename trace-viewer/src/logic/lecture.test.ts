import { describe, expect, it } from "vitest";
import type { Trace } from "../format/generated";
import { framesAt } from "./bindings";
import { endOf } from "./ending";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

const lectureOf = (drawing: string) => openLecture(traceFromText(drawing));

/** The variables of the innermost call at each position, as text; "*" marks what just changed. */
function variables(lecture: ReturnType<typeof lectureOf>): string[] {
  return Array.from(lecture.positions.step, (_, position) => {
    const [{ variables }] = framesAt(lecture.bindings, lecture.stackAt(position), position);
    const text = variables.map(({ name, value, changed, gone }) => {
      return `${name}=${JSON.stringify(lecture.trace.values[value])}${changed ? "*" : gone ? "-" : ""}`;
    });
    return text.join(" ");
  });
}

describe("turns that were not recorded", () => {
  const lecture = (change: (trace: Trace) => void) => {
    const trace = traceFromText("1\n2\n1\n2\n1");
    trace.elided = { statement: [0], step: [4], count: [30] };
    change(trace);
    return openLecture(trace).elided;
  };

  it("are counted, by statement and after the last that was", () => {
    const { wordsOf, wordsAfter } = lecture(() => undefined);
    expect([0, 1].map(wordsOf)).toEqual(["30 more turns not recorded", ""]);
    expect([0, 1, 2, 3, 4].map(wordsAfter)).toEqual(["", "", "", "", "30 more not recorded"]);
  });

  it("are so many at least when the run was killed", () => {
    const { wordsOf } = lecture((trace) => {
      trace.summary.outcome.status = "lost";
      trace.elided.count = [1];
    });
    expect(wordsOf(0)).toBe("at least 1 more turn not recorded");
  });

  it("are so many at least when they were counted no further", () => {
    const { wordsOf } = lecture((trace) => (trace.elided.count = [31]));
    expect(wordsOf(0)).toBe("at least 31 more turns not recorded");
  });
});

describe("where a run ended", () => {
  /** Rows of `raised`, each a step and a failure: 0 the handled and 2 the final exception, alike but for the traceback. */
  const endOfRun = (rows: [number, number][], failure: number | null) => {
    const trace = traceFromText("1\n  10\n  11\n2\n  12\n3");
    const [type, message] = ["ValueError", "boom"];
    trace.failures = [0, 1, 2].map((i) => ({ type: i === 1 ? "KeyError" : type, message, traceback: [] }));
    trace.raised = { step: rows.map(([step]) => step), failure: rows.map(([, index]) => index) };
    trace.summary.outcome = { status: "failed", failure };
    const lecture = openLecture(trace);
    return lecture.positions.step[endOf(lecture)];
  };

  it("is the innermost step that the exception left, and not one that handled the like of it before", () => {
    expect(
      endOfRun(
        [
          [4, 0],
          [3, 0],
        ],
        2,
      ),
    ).toBe(4);
    expect(
      endOfRun(
        [
          [2, 0],
          [0, 0],
          [4, 0],
          [3, 0],
        ],
        2,
      ),
    ).toBe(4);
    expect(
      endOfRun(
        [
          [2, 1],
          [0, 0],
        ],
        2,
      ),
    ).toBe(0);
  });

  it("is the last position when no exception is known to have ended it", () => {
    expect(endOfRun([[2, 1]], 2)).toBe(5);
    expect(endOfRun([], 2)).toBe(5);
    expect(endOfRun([[4, 0]], null)).toBe(5);
  });
});

describe("variables", () => {
  it("are there from the step that bound them, and marked where they changed", () => {
    const lecture = lectureOf(`
      1 x=1
      2 y=2
      3 x=1
      4 x=5`);
    expect(variables(lecture)).toEqual(["x=1*", "x=1 y=2*", "x=1 y=2", "x=5* y=2"]);
  });

  it("are known only on the way out when they come from a call", () => {
    const lecture = lectureOf(`
      1 x=1
      2
        10 z=7
        11 return=9
      ^ x=9
      3`);
    expect(variables(lecture)).toEqual(["x=1*", "x=1", "z=7*", "z=7", "x=9*", "x=9"]);
    expect(lecture.trace.values[lecture.bindings.returned(3)]).toBe(9);
    expect(lecture.bindings.returned(2)).toBe(-1);
  });

  it("go when they are cleared, and say so as they go", () => {
    expect(variables(lectureOf("1 x=1\n2 x-\n3\n4 x=1"))).toEqual(["x=1*", "x=1-", "", "x=1*"]);
    expect(variables(lectureOf("1 y=1\n2 x-"))).toEqual(["y=1*", "y=1"]);
  });

  it("change from what they were at the position before, however often a step recorded them", () => {
    const lecture = lectureOf("1 x=1\n2 x=2 x=2\n3 x=2 x=3 x=2");
    expect(variables(lecture)).toEqual(["x=1*", "x=2*", "x=2"]);
    const [{ before }] = lecture.bindings.variables(0, 1);
    expect(lecture.trace.values[before]).toBe(1);
  });

  it("change when they are found written to, though nothing asked for them", () => {
    const trace = traceFromText("1 x=1\n2 x=2");
    trace.bindings.role[1] = 4;
    expect(variables(openLecture(trace))).toEqual(["x=1*", "x=2*"]);
  });

  it("have their rows by name, in the order of recording", () => {
    const { bindings } = lectureOf("1 y=1\n2 x=1\n3 y=2 return=0");
    expect(bindings.names(0).map(({ name, rows }) => [name, ...rows])).toEqual([
      ["y", 0, 2],
      ["x", 1],
    ]);
  });

  it("belong to their call: a second call of a function starts with none", () => {
    const lecture = lectureOf(`
      1
        10 a=1
      2
        10
        11 a=2`);
    expect(variables(lecture)).toEqual(["", "a=1*", "", "", "", "a=2*", ""]);
  });

  it("of every open call are shown, the innermost first", () => {
    const lecture = lectureOf(`
      1 x=1
      2
        10 y=2
          20 z=3`);
    const frames = framesAt(lecture.bindings, lecture.stackAt(3), 3);
    expect(frames.map(({ frame, variables }) => [lecture.functionName(frame.call), variables[0]?.name])).toEqual([
      ["f20", "z"],
      ["f10", "y"],
      ["main", "x"],
    ]);
  });
});

describe("outputs", () => {
  const lecture = lectureOf(`
    1 "# Title"
    2
    3 "turn 1"
    2
    3 "turn 2"
    4 "the end"`);
  const textAt = (line: number, position: number) => {
    const statement = lecture.trace.statements.line.indexOf(line);
    const step = lecture.outputs.executionAt(statement, position);
    return lecture.outputs.ofStep(step).map((output) => (output.kind === "text" ? output.text : output.kind));
  };

  it("are those of the latest turn reached", () => {
    expect(textAt(3, 2)).toEqual(["turn 1"]);
    expect(textAt(3, 3)).toEqual(["turn 1"]);
    expect(textAt(3, 4)).toEqual(["turn 2"]);
  });

  it("are those of the first turn before it is reached, so that the page is a document from the start", () => {
    expect(textAt(3, 0)).toEqual(["turn 1"]);
    expect(textAt(4, 0)).toEqual(["the end"]);
    expect(lecture.outputs.knownFrom(5)).toBe(5);
  });

  it("of a step that calls visible code wait for its way out", () => {
    const calling = lectureOf(`
      1
        10
      ^ "a"
      1
        10
      ^ "b"`);
    const at = (position: number) => calling.outputs.executionAt(0, position);
    expect([0, 1, 2, 3, 4, 5].map(at)).toEqual([0, 0, 0, 0, 0, 2]);
  });

  describe("of a `with` statement", () => {
    /** What it shows at each position, as text; its header is on line 1 or, in a function, on line 10. */
    const shownAlong = (drawing: string, header = "with expect():", change?: (trace: Trace) => void) => {
      const trace = traceFromText(drawing);
      const lines = trace.files[0].text.split("\n");
      lines[0] = lines[9] = header;
      trace.files[0].text = lines.join("\n");
      change?.(trace);
      const { outputs, positions } = openLecture(trace);
      const [statement] = outputs.statements[0];
      return Array.from({ length: positions.count }, (_, position) =>
        outputs
          .ofStep(outputs.executionAt(statement, position))
          .map((output) => (output.kind === "text" ? output.text : output.kind))
          .join(),
      );
    };

    it("that are made on its way out are there from the beginning, and stay", () => {
      expect(shownAlong('3\n1\n2\n1 "ratio"\n3')).toEqual(["ratio", "ratio", "ratio", "ratio", "ratio"]);
      expect(shownAlong('1\n2\n1 "ratio"', "    async with a, b:")).toEqual(["ratio", "ratio", "ratio"]);
    });

    it("that are made on its way in stay on its way out", () => {
      expect(shownAlong('3\n1 "begins"\n2\n1\n3')).toEqual(Array(5).fill("begins"));
    });

    it("are those of the turn, in a loop and in every call", () => {
      expect(shownAlong('1\n2\n1 "a"\n3\n1\n2\n1 "b"')).toEqual(["a", "a", "a", "a", "b", "b", "b"]);
      const calls = shownAlong('1\n  10\n  11\n    10\n    11\n    10 "in"\n  10 "out"');
      expect(calls).toEqual(["out", "out", "out", "in", "in", "in", "in", "out", "out"]);
    });

    it("come from no way out where the way in raised", () => {
      const raisedFirst = (trace: Trace) => void (trace.steps.end[0] = 3);
      expect(shownAlong('1\n3\n1\n2\n1 "a"', "with a:", raisedFirst)).toEqual(["", "", "a", "a", "a"]);
    });

    it("are of the header alone: another statement that runs twice shows its own", () => {
      expect(shownAlong('1\n2\n1 "b"', "without(a)")).toEqual(["", "", "b"]);
    });
  });

  it("give the title and the headings, without their marks and once a statement", () => {
    const long = lectureOf(`
      1 "# Byte-*pair* encoding"
      2 "## Merges of \`bytes\`\\n\\nwords\\n\\n\`\`\`\\n# not this\\n\`\`\`"
      2 "## Merges of \`bytes\`"
      3 "## [Next](https://example.org)"`);
    expect(long.title).toBe("Byte-pair encoding");
    expect(long.headings.map(({ level, text, position }) => [level, text, position])).toEqual([
      [1, "Byte-pair encoding", 0],
      [2, "Merges of bytes", 1],
      [2, "Next", 3],
    ]);
  });
});

describe("lines", () => {
  const lecture = lectureOf(`
    1
    2
    3
    2
    3
    2`);

  it("lead to their next execution, else to their first", () => {
    const next = (step: number) => lecture.executions.nextAt(0, 2, step);
    expect([0, 1, 2, 3, 5].map(next)).toEqual([1, 3, 3, 5, 1]);
  });

  it("lead nowhere when they did not run", () => {
    expect(lecture.executions.nextAt(0, 8, 0)).toBe(-1);
    expect(lecture.executions.nextAt(0, 1000, 0)).toBe(-1);
  });

  it("belong to the smallest statement around them", () => {
    const trace = traceFromText("1\n2");
    trace.statements.end_line[0] = 5;
    trace.statements.line[1] = 3;
    trace.statements.end_line[1] = 3;
    expect(openLecture(trace).executions.statementsAt(0, 3)).toEqual([1, 0]);
  });
});

describe("what was printed", () => {
  const lecture = lectureOf(`
    1 >one
    2
      10 >two
    ^ >three
    3 >four`);
  const text = (position: number, limit = 1000) => {
    const { pieces, left } = lecture.printed.upTo(position, limit);
    return [pieces.map((piece) => (piece.fresh ? `[${piece.text}]` : piece.text)).join(""), left];
  };

  it("is shown up to a position, with what is new there marked", () => {
    expect(text(0)).toEqual(["[one\n]", 0]);
    expect(text(1)).toEqual(["one\n", 0]);
    expect(text(2)).toEqual(["one\n[two\n]", 0]);
    expect(text(3)).toEqual(["one\ntwo\n[three\n]", 0]);
    expect(lecture.printed.rowsAt(2)).toBe(2);
  });

  it("is cut at its beginning when there is too much", () => {
    expect(text(4, 7)).toEqual(["e\n[four\n]", 12]);
  });
});
