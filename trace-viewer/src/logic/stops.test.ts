import { describe, expect, it } from "vitest";
import { openLecture, type Lecture } from "./lecture";
import { stopsOf, type Stops } from "./stops";
import { traceFromText } from "./trace-from-text";

const lectureOf = (drawing: string) => openLecture(traceFromText(drawing));
const onLine = (line: number, condition = "") => ({ anchor: {}, file: 0, line, condition });
const anywhere = (condition: string) => ({ anchor: null, file: -1, line: 0, condition });

/** All stops, found in small pieces. */
function all(lecture: Lecture, where: ReturnType<typeof onLine> | ReturnType<typeof anywhere>): number[] {
  const stops = stopsOf(lecture, where);
  while (!stops.done) stops.look(1);
  return positions(stops);
}

const positions = (stops: Stops) => Array.from({ length: stops.count }, (_, index) => stops.at(index));

describe("a breakpoint on a line", () => {
  // positions: 0:1 1:2> 2:10 3:11 4:2< 5:1 6:2> 7:10 8:11 9:2<
  const drawing = "1\n2\n  10\n  11\n1\n2\n  10\n  11";

  it("stops each time the line begins, and knows at once", () => {
    const stops = stopsOf(lectureOf(drawing), onLine(2));
    expect([stops.done, positions(stops)]).toEqual([true, [1, 6]]);
    expect([stops.after(-1), stops.after(1), stops.after(6)]).toEqual([1, 6, -1]);
    expect([stops.before(1), stops.before(2), stops.before(100)]).toEqual([-1, 1, 6]);
  });

  it("that did not run stops nowhere", () => {
    const stops = stopsOf(lectureOf(drawing), onLine(7));
    expect([stops.count, stops.after(-1), stops.before(100)]).toEqual([0, -1, -1]);
  });
});

describe("a breakpoint on a line with a condition", () => {
  it("stops where the condition holds once the line has run", () => {
    expect(all(lectureOf("1 x=1\n1 x=2\n1 x=3\n1 x=4"), onLine(1, "x % 2 == 0"))).toEqual([1, 3]);
  });

  it("stops on the way in if it holds there, else on the way out", () => {
    // positions: 0:1 1:2> 2:10 3:2< 4:2> 5:10 6:2<
    const lecture = lectureOf("1 x=1\n2\n  10\n^ x=2\n2\n  10\n^ x=3");
    expect(all(lecture, onLine(2, "x == 1"))).toEqual([1]);
    expect(all(lecture, onLine(2, "x == 2"))).toEqual([3, 4]);
    expect(all(lecture, onLine(2, "x == 3"))).toEqual([6]);
  });

  it("lists ways out of a recursion in the order of the lecture", () => {
    // 11 calls itself: its ways out come in the other order than its ways in.
    const lecture = lectureOf("1\n  10\n    11\n      10\n        11\n          10\n        ^ y=1\n    ^ y=1");
    const found = all(lecture, onLine(11, "y == 1"));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found.length).toBe(2);
  });
});

describe("a condition alone", () => {
  it("stops where it becomes true, and again after it was false", () => {
    expect(all(lectureOf("1 x=1\n2 x=5\n3 x=6\n4\n5 x=1\n6 x=9"), anywhere("x > 4"))).toEqual([1, 5]);
  });

  it("starts anew in every call, and where a name is gone", () => {
    // positions: 0:1> 1:10 2:1< 3:2> 4:10 5:2<
    expect(all(lectureOf("1\n  10 n=0\n2\n  10 n=0"), anywhere("n == 0"))).toEqual([1, 4]);
    expect(all(lectureOf("1 x=1\n2 x-\n3 x=1"), anywhere("x == 1"))).toEqual([0, 2]);
  });

  it("counts where it could not be decided", () => {
    const lecture = lectureOf('1 x="a"\n2 x=3\n3 x="b"');
    expect(all(lecture, anywhere("x > 2"))).toEqual([1]);
    expect(stopsOf(lecture, anywhere("x > 2"))).toMatchObject({
      undecided: 2,
      why: "`>` does not stand between a string and a number",
    });
  });

  it("says no more than it knows while it is still looking", () => {
    const stops = stopsOf(lectureOf("1 x=1\n2 x=9\n3 x=1\n4 x=9\n5 x=1"), anywhere("x == 9"));
    expect([stops.after(0), stops.before(4)]).toEqual([null, null]);
    stops.look(2);
    expect([stops.after(0), stops.after(1), stops.before(2), stops.before(4)]).toEqual([1, null, 1, null]);
    stops.look(100);
    expect([stops.after(1), stops.after(3), stops.before(4), stops.done]).toEqual([3, -1, 3, true]);
  });

  it("with a problem stops nowhere, and has it", () => {
    const stops = stopsOf(lectureOf("1 x=1"), anywhere("y > 1"));
    expect([stops.count, stops.done, stops.problem?.message]).toEqual([
      0,
      true,
      "`y` is no name recorded in this lecture; did you mean x?",
    ]);
  });

  it("is remembered as far as it was looked for", () => {
    const lecture = lectureOf("1 x=1\n2 x=9");
    stopsOf(lecture, anywhere("x == 9")).look(10);
    expect(stopsOf(lecture, anywhere("x == 9")).done).toBe(true);
  });
});
