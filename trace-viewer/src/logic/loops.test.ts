import { describe, expect, it } from "vitest";
import { openLecture, type Lecture } from "./lecture";
import { loopsOf, mayBeInLoop } from "./loops";
import { traceFromText } from "./trace-from-text";

const lectureOf = (drawing: string) => openLecture(traceFromText(drawing));

/** Where each position stands in the loops around it, the innermost first: `line 1: 2/3`; `over` behind the last turn. */
function places(lecture: Lecture): string[] {
  const { positions, trace } = lecture;
  return Array.from({ length: positions.count }, (_, position) =>
    loopsOf(lecture)
      .at(position)
      .map(({ statement, turn, turns, ended }) => {
        return `${trace.statements.line[statement]}: ${turn}/${turns}${ended ? " over" : ""}`;
      })
      .join(", "),
  );
}

/** The line of where a turn leads from a position, `<` on the way out, with its position. */
function lead(lecture: Lecture, position: number, turn: number, loop = 0): string {
  const { positions } = lecture;
  const target = loopsOf(lecture).counterpart(loopsOf(lecture).at(position)[loop], turn, position);
  const { line } = lecture.placeOf(positions.step[target]);
  return `${line}${positions.out[target] ? "<" : ""} at ${target}`;
}

describe("the turns of a loop", () => {
  it("are counted by its header, whose last execution finds nothing left", () => {
    expect(places(lectureOf("loop 2-3\n1\n2\n3\n2\n3\n2\n4"))).toEqual([
      "",
      "2: 1/2",
      "2: 1/2",
      "2: 2/2",
      "2: 2/2",
      "2: 2/2 over",
      "",
    ]);
  });

  it("end with a break, or with the run, without being asked again", () => {
    expect(places(lectureOf("loop 2-3\n2\n3\n2\n3\n5"))).toEqual(["2: 1/2", "2: 1/2", "2: 2/2", "2: 2/2", ""]);
    expect(places(lectureOf("loop 2-3\n2\n3\n2\n3"))).toEqual(["2: 1/2", "2: 1/2", "2: 2/2", "2: 2/2"]);
  });

  it("start again when the call comes to the loop again", () => {
    expect(places(lectureOf("loop 2-3\n2\n3\n2\n4\n2\n3\n2"))).toEqual([
      "2: 1/1",
      "2: 1/1",
      "2: 1/1 over",
      "",
      "2: 1/1",
      "2: 1/1",
      "2: 1/1 over",
    ]);
  });

  it("of a loop that had nothing to do are none", () => {
    expect(places(lectureOf("loop 2-3\n1\n2\n4"))).toEqual(["", "", ""]);
  });

  it("of nested loops are counted in each", () => {
    const lecture = lectureOf("loop 1-3\nloop 2-3\n1\n2\n3\n2\n3\n2\n1\n2\n3\n2\n1\n4");
    expect(places(lecture)).toEqual([
      "1: 1/2",
      "2: 1/2, 1: 1/2",
      "2: 1/2, 1: 1/2",
      "2: 2/2, 1: 1/2",
      "2: 2/2, 1: 1/2",
      "2: 2/2 over, 1: 1/2",
      "1: 2/2",
      "2: 1/1, 1: 2/2",
      "2: 1/1, 1: 2/2",
      "2: 1/1 over, 1: 2/2",
      "1: 2/2 over",
      "",
    ]);
  });

  it("hold what they call, and belong to one call each", () => {
    const lecture = lectureOf(`
      loop 1-2
      loop 10-11
      1
      2
        10
        11
        10
      1
      2
        12
      1`);
    expect(places(lecture)).toEqual([
      "1: 1/2",
      "1: 1/2",
      "10: 1/1, 1: 1/2",
      "10: 1/1, 1: 1/2",
      "10: 1/1 over, 1: 1/2",
      "1: 1/2",
      "1: 2/2",
      "1: 2/2",
      "1: 2/2",
      "1: 2/2",
      "1: 2/2 over",
    ]);
  });

  it("of a function that calls itself are of the call they are in", () => {
    const lecture = lectureOf(`
      loop 10-11
      1
        10
        11
          10
          11
          10
        10
        11
        10`);
    expect(places(lecture)).toEqual([
      "",
      "10: 1/2",
      "10: 1/2",
      "10: 1/1, 10: 1/2",
      "10: 1/1, 10: 1/2",
      "10: 1/1 over, 10: 1/2",
      "10: 1/2",
      "10: 2/2",
      "10: 2/2",
      "10: 2/2 over",
      "",
    ]);
  });

  it("of a generator go on where it was resumed, within the turns of who asks it", () => {
    const lecture = lectureOf(`
      loop 1-2
      loop 10-11
      1
        10
        11
      2
      1
        @1 10
        @1 11
      2
      1
        @1 10`);
    expect(places(lecture)).toEqual([
      "1: 1/2",
      "10: 1/2, 1: 1/2",
      "10: 1/2, 1: 1/2",
      "1: 1/2",
      "1: 1/2",
      "1: 2/2",
      "10: 2/2, 1: 2/2",
      "10: 2/2, 1: 2/2",
      "1: 2/2",
      "1: 2/2",
      "1: 2/2 over",
      "10: 2/2 over, 1: 2/2 over",
      "1: 2/2 over",
    ]);
  });

  it("that were not recorded are told of", () => {
    const trace = traceFromText("loop 1-2\n1\n2\n1\n2\n3\n1\n4");
    trace.elided = { statement: [0], step: [2], count: [7] };
    const loops = loopsOf(openLecture(trace));
    expect(loops.more(loops.at(0)[0])).toBe("7 more not recorded");
    trace.elided.step = [0];
    const others = loopsOf(openLecture(trace));
    expect(others.more(others.at(0)[0])).toBe("");
  });

  it("are unknown of a record that does not say where loops end", () => {
    expect(places(lectureOf("1\n2\n1\n2\n1"))).toEqual(["", "", "", "", ""]);
  });

  it("take the time of their steps in the loop's call, and span the positions of all that ran in them", () => {
    const trace = traceFromText("loop 1-2\n1\n2\n  10\n1\n2\n  10\n1\n3");
    trace.steps.duration = [1, 20, 15, 300, 4000, 1500, 50_000, 600_000];
    const lecture = openLecture(trace);
    const loops = loopsOf(lecture);
    const [run] = loops.at(0);
    expect([1, 2].map((turn) => loops.duration(run, turn))).toEqual([21, 4300]);
    expect([1, 2].map((turn) => loops.span(run, turn))).toEqual([
      { from: 0, to: 4 },
      { from: 4, to: 8 },
    ]);
    const broken = lectureOf("loop 1-2\n1\n2\n  10\n3");
    const [once] = loopsOf(broken).at(0);
    expect(loopsOf(broken).span(once, 1)).toEqual({ from: 0, to: 4 });
    expect(loopsOf(broken).duration(once, 1)).toBe(2000);
  });
});

describe("another turn", () => {
  it("is on the same line where it ran there, else on the header", () => {
    const lecture = lectureOf("loop 1-3\n1\n2\n3\n1\n2\n1\n3\n1"); // turn 2 leaves out line 3, turn 3 line 2
    expect(lead(lecture, 1, 2)).toBe("2 at 4");
    expect(lead(lecture, 2, 2)).toBe("1 at 3");
    expect(lead(lecture, 2, 3)).toBe("3 at 6");
    expect(lead(lecture, 0, 3)).toBe("1 at 5");
    expect(lead(lecture, 4, 1)).toBe("2 at 1");
  });

  it("is as far around in the loops within", () => {
    const lecture = lectureOf("loop 1-3\nloop 2-3\n1\n2\n3\n2\n3\n2\n1\n2\n3\n2\n1");
    expect(lead(lecture, 2, 2, 1)).toBe("3 at 8");
    expect(lead(lecture, 4, 2, 1)).toBe("3 at 8"); // there was no second time
    expect(lead(lecture, 3, 2, 1)).toBe("2 at 9"); // the header of the inner loop, the second time: its end
    expect(lead(lecture, 9, 1, 1)).toBe("2 at 3");
  });

  it("is in the same function that it calls, on the same way", () => {
    const lecture = lectureOf(`
      loop 1-3
      1
      2
        10
          20
        11
      1
      2
        10
          20
      1
      3`);
    // positions: 0:1 1:2> 2:10> 3:20 4:10< 5:11 6:2<  7:1 8:2> 9:10> 10:20 11:10< 12:2<  13:1 14:3
    expect(lead(lecture, 2, 2)).toBe("10 at 9");
    expect(lead(lecture, 3, 2)).toBe("20 at 10");
    expect(lead(lecture, 4, 2)).toBe("10< at 11");
    expect(lead(lecture, 6, 2)).toBe("2< at 12");
    expect(lead(lecture, 5, 2)).toBe("2 at 8"); // line 11 was not reached there
    expect(lead(lecture, 3, 3)).toBe("1 at 13"); // nothing was called
  });

  it("from behind the last is the header", () => {
    expect(lead(lectureOf("loop 1-2\n1\n2\n1\n3"), 2, 1)).toBe("1 at 0");
  });
});

describe("whether a position may be in a loop", () => {
  it("is told by the lines of its calls, and is never denied where there is one", () => {
    const lecture = lectureOf("loop 2-3\n1\n2\n  10\n3\n4");
    const { count } = lecture.positions;
    const may = Array.from({ length: count }, (_, position) => mayBeInLoop(lecture, position));
    expect(may).toContain(false);
    expect(may.slice(1, -1)).not.toContain(false);
    expect(may.map((told, position) => told || loopsOf(lecture).at(position).length === 0)).not.toContain(false);
  });
});
