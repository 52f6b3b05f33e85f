import { expect, it } from "vitest";
import { boxOf, labelPlace, meet, type Box, type Obstacles } from "./label-place";

const within = { left: 0, top: 0, right: 360, bottom: 200 };
const free: Obstacles = { within, labels: [], points: [], lines: [] };
const LABEL = "line 170";

/** The box of the label of a point among these. */
function placed(point: [number, number], obstacles: Partial<Obstacles>): Box {
  const { x, y } = labelPlace(LABEL, point, { ...free, ...obstacles });
  return boxOf(LABEL, x, y + 3, "middle");
}

const inside = ({ left, top, right, bottom }: Box) => left >= 0 && top >= 0 && right <= 360 && bottom <= 200;

it("puts a label beside its point where nothing is in the way, on the side that has room", () => {
  expect(labelPlace(LABEL, [100, 100], free)).toMatchObject({ y: 100 });
  expect(placed([100, 100], {}).left).toBeGreaterThan(105);
  expect(placed([350, 100], {}).right).toBeLessThan(345);
});

it("keeps a label off the others, wherever its point is, and in the picture", () => {
  const labels = [boxOf("float32 41 GFLOP/s", 344, 60, "end"), boxOf("float16 20 GFLOP/s", 344, 90, "end")];
  for (let x = 5; x < 360; x += 15) {
    for (let y = 5; y < 200; y += 8) {
      const box = placed([x, y], { labels });
      expect([x, y, labels.some((label) => meet(box, label)), inside(box)]).toEqual([x, y, false, true]);
    }
  }
});

it("prefers a place that no line goes through and no point lies in", () => {
  const slope: Obstacles["lines"] = [[100, 110, 200, 90]];
  const box = placed([100, 110], { lines: slope });
  expect(box.bottom < 105 || box.right < 100 || box.top > 100).toBe(true);
  const right = placed([100, 100], { points: [[130, 100]] });
  expect(right.left < 130 && 130 < right.right && right.top < 100 && 100 < right.bottom).toBe(false);
});

it("finds some place where there is none that is clear", () => {
  const everywhere = [{ left: -1000, top: -1000, right: 1000, bottom: 1000 }];
  expect(inside(placed([100, 100], { labels: everywhere }))).toBe(true);
});
