import { describe, expect, it } from "vitest";
import { openLecture, type Lecture } from "./lecture";
import * as moves from "./moves";
import { lastInside, lastsInside } from "./positions";
import { traceFromText } from "./trace-from-text";

/** The positions as text: the line of each, with ">" on a way in and "<" on a way out. */
function drawn({ trace, positions }: Lecture): string {
  const names = Array.from(positions.step, (step, position) => {
    const line = trace.statements.line[trace.steps.statement[step]];
    if (positions.out[position]) return `${line}<`;
    return positions.exit[step] === position ? `${line}` : `${line}>`;
  });
  return names.join(" ");
}

const lectureOf = (drawing: string) => openLecture(traceFromText(drawing));

describe("positions", () => {
  it("gives a step one position, and one that called something two", () => {
    const lecture = lectureOf(`
      1
      2
        10
        11
      3`);
    expect(drawn(lecture)).toBe("1 2> 10 11 2< 3");
  });

  it("closes nested calls from the inside out", () => {
    const lecture = lectureOf(`
      1
        10
          20
            30
      2`);
    expect(drawn(lecture)).toBe("1> 10> 20> 30 20< 10< 1< 2");
    expect([...lecture.positions.depth]).toEqual([0, 1, 2, 3, 0]);
  });

  it("knows the last step inside each step", () => {
    const { positions } = lectureOf("1\n  10\n    20\n    21\n  11\n2\n  10\n    20\n3");
    const each = Array.from(positions.entry, (_, step) => lastInside(positions, step));
    expect(each).toEqual([4, 3, 2, 3, 4, 7, 7, 7, 8]);
    expect([...lastsInside(positions)]).toEqual(each);
  });

  it("counts calls as deep as any stack is", () => {
    const deep = Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}${depth < 299 ? 10 : 11}`).join("\n");
    const { positions } = lectureOf(deep);
    expect([positions.depth[255], positions.depth[256], positions.depth[299]]).toEqual([255, 256, 299]);
  });

  it("keeps one way out for a statement that makes several calls", () => {
    const lecture = lectureOf(`
      1
        10
       20
      2`);
    expect(drawn(lecture)).toBe("1> 10 20 1< 2");
  });

  it("puts a generator's steps inside the step that resumed it, not the one that started it", () => {
    const lecture = lectureOf(`
      1
        10
      2
        @1 11
      3`);
    expect(drawn(lecture)).toBe("1> 10 1< 2> 11 2< 3");
    const stackLines = (position: number) => lecture.stackAt(position).map(({ step }) => lecture.placeOf(step).line);
    expect(stackLines(1)).toEqual([10, 1]);
    expect(stackLines(4)).toEqual([11, 2]);
  });

  it("closes a generator's step that calls again after it was resumed once, where it last did", () => {
    // Line 10 is `y = f20((yield))`: it opens under line 1, and calls f20 under line 2.
    const trace = traceFromText(`
      1
        10
      2
        20
      3`);
    trace.calls.parent[2] = 1;
    trace.resumes = { call: [1], step: [3], parent: [2] };
    const lecture = openLecture(trace);
    expect(drawn(lecture)).toBe("1> 10> 1< 2> 20 10< 2< 3");
    expect(lecture.stackAt(4).map(({ call }) => call)).toEqual([2, 1, 0]);
  });

  it("handles a record with no steps", () => {
    const lecture = lectureOf("");
    expect(lecture.positions.count).toBe(0);
    expect(lecture.stackAt(0)).toEqual([]);
    expect(moves.forward(lecture, -1)).toBe(-1);
  });

  it("keeps the tracks of two threads apart", () => {
    const trace = traceFromText(`
      1
        10
        11
      2`);
    trace.tracks = { rank: [-1, -1], process: [1, 1], thread: [1, 2], name: [0, 0], host: [0, 0] };
    trace.calls.track[1] = 1;
    trace.calls.parent[1] = -1;
    expect(drawn(openLecture(trace))).toBe("1 10 11 2");
  });
});

describe("moves", () => {
  const lecture = lectureOf(`
    1
    2
      10
        20
      11
    3`);
  // positions: 0:1  1:2>  2:10>  3:20  4:10<  5:11  6:2<  7:3
  const walk = (move: moves.Move, from: number) => {
    const path = [from];
    for (let next = move(lecture, from); next >= 0; next = move(lecture, next)) path.push(next);
    return path;
  };

  it("goes forward and back through every position", () => {
    expect(walk(moves.forward, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(walk(moves.back, 7)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it("steps over a call from its way in to its way out, and on", () => {
    expect(walk(moves.over, 0)).toEqual([0, 1, 6, 7]);
    expect(walk(moves.over, 2)).toEqual([2, 4, 5, 6, 7]);
  });

  it("steps over backwards along the same places", () => {
    expect(walk(moves.overBack, 7)).toEqual([7, 6, 1, 0]);
    expect(walk(moves.overBack, 5)).toEqual([5, 4, 2, 1, 0]);
  });

  it("goes out to where the caller goes on, and backwards to where it entered", () => {
    expect(walk(moves.out, 3)).toEqual([3, 4, 6, 7]);
    expect(walk(moves.outBack, 3)).toEqual([3, 2, 1, 0]);
  });

  it("goes from turn to turn of a statement within its call", () => {
    const loop = lectureOf(`
      1
        10
        11
        10
        11
      2
        10
        11`);
    const { positions, executions } = loop;
    expect(positions.step[moves.nextTurn(loop, 1)]).toBe(3);
    expect(moves.nextTurn(loop, moves.nextTurn(loop, 1))).toBe(-1);
    expect(moves.previousTurn(loop, 1)).toBe(-1);
    expect(executions.turnOf(3)).toEqual({ turn: 2, of: 2 });
    expect(executions.turnOf(6)).toEqual({ turn: 1, of: 1 });
  });

  it("passes over what the reader cannot see, and stops when nothing else is left", () => {
    const hidden = new Set([2, 3, 7]);
    const next = moves.visible(moves.forward, (position) => hidden.has(position));
    expect(next(lecture, 1)).toBe(4);
    expect(next(lecture, 6)).toBe(-1);
  });
});

describe("a long trace", () => {
  it("has its positions whatever its length", () => {
    const steps = 300_000;
    const trace = traceFromText("1\n  10");
    trace.calls = { function: [0], parent: [-1], track: [0] };
    trace.steps = { statement: [], call: [], start: [], duration: [], end: [] };
    for (let call = 1; trace.steps.call.length < steps; call++) {
      trace.calls.function.push(1);
      trace.calls.parent.push(trace.steps.call.length);
      trace.calls.track.push(0);
      trace.steps.statement.push(0, 1, 1);
      trace.steps.call.push(0, call, call);
    }
    const { positions, executions } = openLecture(trace);
    expect(positions.count).toBe(steps + steps / 3);
    expect(positions.exit[0]).toBe(3);
    expect(executions.turnOf(steps - 3)).toEqual({ turn: steps / 3, of: steps / 3 });
  });
});
