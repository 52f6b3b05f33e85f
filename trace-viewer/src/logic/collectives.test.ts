import { describe, expect, it } from "vitest";
import { operationsOf, operationsWithin } from "./collectives";
import { acrossRanks, lanesAt } from "./side-by-side";
import { runOf } from "./ranks";
import { traceFromText } from "./trace-from-text";

/** Rank 1 comes 30 ns late to the first; rank 0 alone begins the third, of all, and never comes out. */
const DRAWN = `
  rank 0
    1 x=1 same=7
    2 comm:all_reduce:0,1:0:16:100+40
  rank 1
    1 x=2 same=7
    2 comm:all_reduce:0,1:0:16:130+10
    3 comm:barrier:0,1:1:0:200+5
  rank 0
    3 comm:barrier:0,1:1:0:200+5
    4 comm:all_reduce:0,1:2:16:300+-1
  rank 1
    5 x=3`;

describe("collectives", () => {
  const run = runOf(traceFromText(DRAWN));
  const operations = operationsOf(run);

  it("puts together what the ranks saw of one operation, with who waited how long for whom", () => {
    const [first, second] = operations.all;
    expect(first).toMatchObject({ name: "all_reduce", group: [0, 1], straggler: 1, spread: 30, start: 100 });
    expect(first.parts.map(({ rank, wait, bytes }) => [rank, wait, bytes])).toEqual([
      [0, 30, 16],
      [1, 0, 16],
    ]);
    expect(second).toMatchObject({ straggler: -1, spread: 0, missing: [] });
  });

  it("tells who never came, and that the others waited for ever", () => {
    expect(operations.all[2]).toMatchObject({ missing: [1], straggler: -1 });
    expect(operations.all[2].parts[0].wait).toBe(-1);
  });

  it("knows the operations of a step, and those of a stretch of time", () => {
    expect(operations.of(1).map(({ index }) => index)).toEqual([0]);
    expect(operations.of(0)).toEqual([]);
    expect(operationsWithin(operations, 101, 300).map(({ index }) => index)).toEqual([1, 2]);
    expect(operationsWithin(operations, 301, 400)).toEqual([]);
  });

  it("of an asynchronous one has the wait for its end; messages say who sent to whom", () => {
    const trace = traceFromText(DRAWN);
    trace.collectives.asynchronous[0] = 1;
    trace.collectives.waited_step[0] = 5;
    trace.collectives.waited_start[0] = 250;
    trace.collectives.waited_duration[0] = 12;
    trace.collectives.peer[1] = trace.collectives.peer[0] = 1;
    const found = operationsOf(runOf(trace));
    expect(found.all[0].parts[0].wait).toBe(12);
    expect(found.all[0].name).toBe("all_reduce 0 → 1");
    expect(found.of(5)).toContain(found.all[0]);
  });

  it("stands rows of no group alone", () => {
    const trace = traceFromText(DRAWN);
    trace.collectives.group.fill(-1);
    expect(operationsOf(runOf(trace)).all.map(({ parts }) => parts.length)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("ranks side by side", () => {
  const run = runOf(traceFromText(DRAWN));
  const [zero, one] = [run.open(0), run.open(1)];

  it("are at the same line, or where they were at the moment", () => {
    const [, line] = lanesAt(zero, 1, [0, 1], "line");
    expect(line).toMatchObject({ number: 1, position: 1, isSame: true, later: 2000 });
    const [, moment] = lanesAt(zero, 1, [0, 1], "moment");
    expect(moment).toMatchObject({ position: -1, isSame: false, state: "before" });
    expect(lanesAt(one, 2, [0, 1], "moment")[0]).toMatchObject({ position: 1, isSame: false });
    expect(lanesAt(zero, 3, [0, 1], "line")[1]).toMatchObject({ isSame: false });
  });

  it("have their values beside each other, with what differs", () => {
    const across = acrossRanks(zero, 0, lanesAt(zero, 0, [0, 1], "line"));
    expect(across.map(({ name, differs }) => [name, differs])).toEqual([
      ["x", [false, true]],
      ["same", [false, false]],
    ]);
    expect(across[0].values.map((value) => zero.trace.values[value])).toEqual([1, 2]);
    const early = acrossRanks(zero, 0, lanesAt(zero, 0, [0, 1], "moment"));
    expect(early[0].values[1]).toBe(-1);
  });

  it("wait for those that are not worked out yet", () => {
    const fresh = runOf(traceFromText(DRAWN));
    expect(lanesAt(fresh.open(0), 0, [0, 1], "line")[1]).toMatchObject({ lecture: null, position: -1 });
  });
});
