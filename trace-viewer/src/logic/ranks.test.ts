import { describe, expect, it } from "vitest";
import { END_RETURN } from "../format/generated";
import { openRun } from "./open";
import { momentOf, positionAt, runOf, sameLine, type RankLecture } from "./ranks";
import { traceFromText } from "./trace-from-text";

/** Two ranks of a loop of three turns, side by side; rank 1 alone has a line in its second turn, and is a turn behind. */
const DRAWN = `
  loop 11-14
  1 x=1
  2
  rank 0
    10 rank=0
    11
    12 y=0
    13
  rank 1
    10 rank=1
    11
  rank 0
    11
    12 y=10
    13
    11
    12 y=20
      20 z=5
    13
  rank 1
    12 y=1
    13
    11
    12 y=11
    14
    13
    11
    12 y=21
    13
  rank -1
  3`;

const open = (drawing = DRAWN) => {
  const run = runOf(traceFromText(drawing));
  return { run, of: (rank: number) => run.open(rank) };
};
const lineAt = (lecture: RankLecture, position: number) =>
  lecture.trace.statements.line[lecture.trace.steps.statement[lecture.positions.step[position]]];
const linesOf = (lecture: RankLecture) =>
  Array.from(lecture.positions.step, (_, position) => lineAt(lecture, position));
const at = (lecture: RankLecture, line: number, nth = 1) => {
  const found = linesOf(lecture).flatMap((own, position) => (own === line ? [position] : []));
  return found[nth - 1];
};

describe("a run of several ranks", () => {
  it("is for each of them a lecture of its own, below the line that started it", () => {
    const { of, run } = open();
    expect(run.ranks).toEqual([0, 1]);
    expect(linesOf(of(0))).toEqual([1, 2, 10, 11, 12, 13, 11, 12, 13, 11, 12, 20, 12, 13, 2, 3]);
    expect(linesOf(of(1))).toEqual([1, 2, 10, 11, 12, 13, 11, 12, 14, 13, 11, 12, 13, 2, 3]);
    expect(
      of(0)
        .stackAt(at(of(0), 12))
        .map(({ call }) => of(0).functionName(call)),
    ).toEqual(["f10", "main"]);
  });

  it("counts turns and executions within the rank", () => {
    const { of } = open();
    const rank = of(1);
    const third = rank.positions.step[at(rank, 12, 3)];
    expect(rank.executions.turnOf(third)).toEqual({ turn: 3, of: 3 });
    expect(rank.executions.nextAt(0, 12, third)).toBe(rank.positions.step[at(rank, 12, 1)]);
    expect(rank.trace.summary.steps).toBe(14);
    const own = rank.bindings.variables(rank.trace.steps.call[third], at(rank, 12, 3));
    expect(own.map(({ name, value }) => [name, rank.trace.values[value]])).toEqual([
      ["rank", 1],
      ["y", 21],
    ]);
  });

  it("is below the statement that waits, not what that called before", () => {
    const trace = traceFromText(`
      1
      2
        10
      rank 0
        20
      rank -1
      3`);
    trace.steps.end[2] = END_RETURN;
    trace.steps.duration[2] = 10;
    const rank = runOf(trace).open(0);
    expect(linesOf(rank)).toEqual([1, 2, 10, 20, 2, 3]);
    expect(rank.stackAt(at(rank, 20)).map(({ call }) => rank.functionName(call))).toEqual(["f20", "main"]);
  });

  it("keeps a process that goes on while its ranks run beside them", () => {
    const { of } = open(`
      1
      rank 0
        10
      rank -1
      2
      rank 0
        11
      rank -1
      3`);
    expect(linesOf(of(0))).toEqual([1, 10, 2, 11, 3]);
    expect(
      of(0)
        .stackAt(at(of(0), 11))
        .map(({ call }) => of(0).functionName(call)),
    ).toEqual(["f10"]);
  });

  it("without a process that started them has each begin with its own first line", () => {
    const { of } = open(`
      rank 1
        1 x=1
      rank 0
        1 x=0
        2
      rank 1
        2`);
    expect(linesOf(of(1))).toEqual([1, 2]);
    expect(of(1).rank).toMatchObject({ first: 0, last: 1 });
    expect(of(0).rank.steps).toEqual(Int32Array.of(1, 2));
    expect(of(0).trace.steps.start[0]).toBe(2000);
  });

  it("tells how a rank ended that nobody waited for", () => {
    const trace = traceFromText(`
      rank 0
        1
      rank 1
        1 !`);
    trace.ranks[0].outcome = { status: "interrupted" };
    expect(runOf(trace).open(0).trace.summary.outcome.status).toBe("interrupted");
    expect(runOf(trace).open(1).trace.summary.outcome.status).toBe("failed");
    expect(runOf(trace).open(0).trace.raised.step).toHaveLength(0);
    expect(runOf(trace).open(1).trace.raised.step).toHaveLength(1);
  });

  it("opens at the first rank where none is asked for, or one that there is not", async () => {
    const trace = traceFromText(DRAWN);
    expect((await openRun(trace)).rank?.number).toBe(0);
    expect((await openRun(trace, 1)).rank?.number).toBe(1);
    expect((await openRun(trace, 77)).rank?.number).toBe(0);
    expect((await openRun(traceFromText("1"), 1)).rank).toBeUndefined();
  });

  it("has ranks that ran nothing", () => {
    const trace = traceFromText("rank 0\n  1\nrank 1");
    const idle = runOf(trace).open(1);
    expect(idle.positions.count).toBe(0);
    expect(idle.rank).toMatchObject({ first: -1, last: -1 });
    expect(positionAt(idle, 0)).toBe(-1);
    expect(sameLine(runOf(trace).open(0), 0, idle)).toBeNull();
  });
});

describe("the same line", () => {
  it("is in the same turn of the loop", () => {
    const { of } = open();
    for (const turn of [1, 2, 3]) {
      const there = sameLine(of(0), at(of(0), 13, turn), of(1))!;
      expect(there).toEqual({ position: at(of(1), 13, turn), isSame: true });
    }
    expect(sameLine(of(0), at(of(0), 2), of(1))).toEqual({ position: at(of(1), 2), isSame: true });
  });

  it("says where a rank never came to it", () => {
    const { of } = open();
    const inCall = sameLine(of(0), at(of(0), 20), of(1))!;
    expect(inCall).toEqual({ position: at(of(1), 12, 3), isSame: false });
    expect(sameLine(of(1), at(of(1), 14), of(0))).toMatchObject({ isSame: false });
  });
});

describe("the same moment", () => {
  it("is where the other had come to by then", () => {
    const { of } = open();
    const moment = momentOf(of(0), at(of(0), 13, 2));
    expect(lineAt(of(1), positionAt(of(1), moment))).toBe(11);
    expect(lineAt(of(0), positionAt(of(0), momentOf(of(1), at(of(1), 12, 1))))).toBe(13);
    // A way out is when the last line inside it has begun.
    expect(momentOf(of(1), at(of(1), 2, 2))).toBe(momentOf(of(1), at(of(1), 13, 3)));
  });
});
