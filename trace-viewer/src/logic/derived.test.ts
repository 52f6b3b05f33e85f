import { expect, it } from "vitest";
import { originsAt } from "./derived";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

it("says what an array was made from at the position from which it is there, and only there", () => {
  const lecture = openLecture(
    traceFromText(`
      1 x=1
      2 y=2 y:view:x
      3
        10 y=3 y:own:a y:same:b y:own:a
      ^ z=4 z:own:x
      4`),
  );
  const at = (name: string, call = 0) =>
    Array.from({ length: lecture.positions.count }, (_, position) => originsAt(lecture, call, name, position));
  expect(at("y")).toEqual([[], [{ source: "x", relation: "same memory" }], [], [], [], []]);
  expect(at("y", 1)[3]).toEqual([
    { source: "a", relation: "own memory" },
    { source: "b", relation: "same object" },
  ]);
  // Line 3 is on its way in at position 2 and on its way out at position 4.
  expect(at("z").map((origins) => origins.length)).toEqual([0, 0, 0, 0, 1, 0]);
});
