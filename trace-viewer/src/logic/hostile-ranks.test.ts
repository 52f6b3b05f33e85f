import { describe, expect, it } from "vitest";
import type { Lists } from "../format/column";
import type { Trace } from "../format/generated";
import { TraceProblem } from "../format/problem";
import { readTrace } from "../format/whole";
import { operationsOf, operationsWithin } from "./collectives";
import { openRun } from "./open";
import { momentOf, positionAt, runOf, sameLine } from "./ranks";
import { acrossRanks, lanesAt } from "./side-by-side";
import { traceFromText } from "./trace-from-text";

const DRAWN = `
  1 x=1
  2
  rank 0
    10 y=1
    11 comm:all_reduce:0,1:0:16:100+40
  rank 1
    10 y=2
    11 comm:all_reduce:0,1:0:16:130+10
  rank 0
    12
  rank 1
    12
  rank -1
  3`;

type Change = (trace: Lists<Trace>) => void;

/** The trace of two ranks, with something in it changed, as it is read from a file. */
function read(change: Change): Trace {
  const trace = JSON.parse(JSON.stringify(traceFromText(DRAWN))) as Lists<Trace>;
  change(trace);
  return readTrace(JSON.stringify(trace));
}

/** The sentence with which it is refused. */
function refused(change: Change): string {
  try {
    read(change);
  } catch (error) {
    if (error instanceof TraceProblem) return error.sentence;
    throw error;
  }
  return "it opens";
}

/** Look at all that the pane of the ranks shows, on each rank at each position. */
async function walk(trace: Trace): Promise<void> {
  const run = runOf(trace);
  const operations = operationsOf(run);
  for (const number of run.ranks) {
    const lecture = await openRun(trace, number);
    expect(lecture.rank?.number).toBe(number);
    const rank = run.open(number);
    for (let position = -1; position < rank.positions.count; position++) {
      const moment = momentOf(rank, position);
      for (const together of ["line", "moment"] as const)
        acrossRanks(rank, position, lanesAt(rank, position, run.ranks, together));
      for (const other of run.ranks) {
        expect(positionAt(run.open(other), moment)).toBeLessThan(run.open(other).positions.count);
        sameLine(rank, position, run.open(other));
      }
      for (const operation of operations.of(moment)) expect(operations.all).toContain(operation);
    }
  }
  for (const { parts, missing, wait } of operations.all.map((one) => ({ ...one, wait: one.spread }))) {
    expect(parts.length).toBeGreaterThan(0);
    expect(missing.length).toBeLessThanOrEqual(64);
    expect(wait).toBeGreaterThanOrEqual(0);
  }
  operationsWithin(operations, 0, Number.MAX_SAFE_INTEGER);
}

describe("ranks that cannot be", () => {
  it.each<[string, Change]>([
    ["negative", (trace) => (trace.ranks[0].rank = -1)],
    ["huge", (trace) => (trace.ranks[0].rank = 2 ** 31)],
    ["none", (trace) => (trace.ranks[0].rank = NaN)],
    ["half", (trace) => (trace.ranks[0].rank = 0.5)],
    ["a word", (trace) => (trace.ranks[0].rank = "0" as unknown as number)],
    ["of a launch that is none", (trace) => (trace.ranks[1].launch = -1)],
    ["with a clock that is none", (trace) => (trace.ranks[1].clock_offset = null as unknown as number)],
    ["with an error below none", (trace) => (trace.ranks[1].clock_error = -2)],
    ["without an end", (trace) => (trace.ranks[1].outcome = null as never)],
    ["with a failure that there is not", (trace) => (trace.ranks[1].outcome = { status: "failed", failure: 7 })],
    ["a list", (trace) => (trace.ranks[1] = [] as never)],
    ["on a lane that is none", (trace) => (trace.tracks.rank[1] = -2)],
    ["in a group of nobody", (trace) => (trace.groups[0] = [])],
    ["in a group with a negative one", (trace) => (trace.groups[0] = [0, -1])],
    ["in a group that is no list", (trace) => (trace.groups[0] = {} as never)],
    ["in a group that there is not", (trace) => (trace.collectives.group[0] = 9)],
    ["speaking in a step that there is not", (trace) => (trace.collectives.step[0] = 999)],
    ["speaking in no step", (trace) => (trace.collectives.step[0] = -1)],
    ["waited for in a step that there is not", (trace) => (trace.collectives.waited_step[0] = 999)],
    ["with a number below the first", (trace) => (trace.collectives.sequence[0] = -1)],
    ["before the beginning", (trace) => (trace.collectives.start[0] = -5)],
    ["at no moment", (trace) => (trace.collectives.start[0] = NaN)],
    ["at the end of time", (trace) => (trace.collectives.start[0] = 2 ** 63)],
  ])("are refused in a sentence: %s", (_, change) => {
    expect(refused(change)).toMatch(/^Something in it cannot be: .{3,200}\. Run the lecture again\.$/);
  });
});

describe("ranks that lie", () => {
  it.each<[string, Change]>([
    ["nothing", () => {}],
    ["two are the same one", (trace) => (trace.ranks[1].rank = 0)],
    ["one is far beyond the others", (trace) => (trace.ranks[1].rank = trace.tracks.rank[2] = 2 ** 31 - 1)],
    ["one has no lane", (trace) => (trace.ranks[1].rank = 77)],
    ["a lane of none of them", (trace) => (trace.tracks.rank[1] = 5)],
    ["the world is larger", (trace) => (trace.provenance.world_size = 2 ** 40)],
    ["the world is of none", (trace) => (trace.provenance.world_size = -3)],
    ["members that nobody knows", (trace) => (trace.groups[0] = [0, 1, 99, 2 ** 31 - 1])],
    ["members twice", (trace) => (trace.groups[0] = Array.from({ length: 100_000 }, () => 0))],
    ["more members than anybody has", (trace) => (trace.groups[0] = Array.from({ length: 100_000 }, (_, i) => i))],
    ["members that are others", (trace) => (trace.groups[0] = [8, 9])],
    ["a step of another rank", (trace) => (trace.collectives.step[1] = trace.collectives.step[0])],
    ["a step of who started them", (trace) => (trace.collectives.step[1] = 0)],
    ["a wait of another rank", (trace) => (trace.collectives.waited_step[0] = trace.collectives.step[1])],
    ["times of centuries", (trace) => (trace.collectives.start[1] = 2 ** 62)],
    ["clocks of centuries", (trace) => (trace.ranks[1].clock_offset = -1e300)],
    ["steps of centuries", (trace) => (trace.steps.start[3] = 2 ** 62)],
    ["all came in turn", (trace) => (trace.collectives.sequence = [2 ** 53, 5])],
    ["of no group", (trace) => (trace.collectives.group = [-1, -1])],
  ])("are shown as they are: %s", async (_, change) => {
    await expect(walk(read(change))).resolves.toBeUndefined();
  });
});
