import { expect, it } from "vitest";
import { openLecture } from "./lecture";
import { runsOfLine } from "./line-runs";
import { traceFromText } from "./trace-from-text";

// positions: 0:1 1:2> 2:10 3:2< 4:1 5:2> 6:10 7:2< 8:3
const lecture = openLecture(traceFromText("1\n2\n  10\n1\n2\n  10\n3"));

it("are the times that a line began", () => {
  const runs = runsOfLine(lecture, 0, 2);
  expect([runs.count, runs.first, runs.last]).toEqual([2, 1, 5]);
  expect([-1, 0, 1, 3, 5, 8].map(runs.after)).toEqual([1, 1, 5, 5, -1, -1]);
  expect([0, 1, 2, 5, 6, 8].map(runs.before)).toEqual([-1, -1, 1, 1, 5, 5]);
});

it("are none where nothing ran", () => {
  const runs = runsOfLine(lecture, 0, 7);
  expect([runs.count, runs.first, runs.last, runs.after(0), runs.before(8)]).toEqual([0, -1, -1, -1, -1]);
});
