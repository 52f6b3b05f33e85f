/** A rectangle in a picture's own units. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What a label should keep clear of: other labels above all, then points, then lines. */
export interface Obstacles {
  /** Where the label must stay. */
  within: Box;
  labels: Box[];
  points: [x: number, y: number][];
  lines: [x1: number, y1: number, x2: number, y2: number][];
}

/** About how wide and high a line of small text is, at a font size of 10. */
const CHARACTER = 6.1;
const HEIGHT = 12;

export function boxOf(text: string, x: number, y: number, anchor: "start" | "middle" | "end"): Box {
  const width = text.length * CHARACTER;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, top: y - HEIGHT + 3, right: left + width, bottom: y + 3 };
}

/** From the point: its side first, then above and below, then further off. */
const AROUND: [across: number, down: number][] = [
  [1, 0],
  [-1, 0],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
  [0, -1],
  [0, 1],
];
const DISTANCES = [9, 16, 26, 40];
const POINT = 4;
const WEIGHTS = { outside: 1000, label: 100, point: 6, line: 4, distance: 1 };

/** Where the label of a point lies clear of everything, or of as much as can be: the middle of the box of its text. */
export function labelPlace(text: string, [x, y]: [number, number], obstacles: Obstacles): { x: number; y: number } {
  const [width, height] = [text.length * CHARACTER, HEIGHT];
  let [best, least] = [{ x, y }, Infinity];
  for (const [ring, distance] of DISTANCES.entries()) {
    for (const [across, down] of AROUND) {
      const beside = across === 0 ? 0 : down === 0 ? distance : distance * 0.6;
      const middle = {
        x: x + across * (width / 2 + beside),
        y: y + down * (height / 2 + (across === 0 ? distance : distance * 0.6)),
      };
      const box = {
        left: middle.x - width / 2,
        top: middle.y - height / 2,
        right: middle.x + width / 2,
        bottom: middle.y + height / 2,
      };
      const cost = ring * WEIGHTS.distance + costOf(box, obstacles);
      if (cost < least) [best, least] = [middle, cost];
    }
  }
  return best;
}

function costOf(box: Box, { within, labels, points, lines }: Obstacles): number {
  const outside =
    box.left < within.left || box.right > within.right || box.top < within.top || box.bottom > within.bottom;
  const near = points.filter(
    ([x, y]) => x > box.left - POINT && x < box.right + POINT && y > box.top - POINT && y < box.bottom + POINT,
  ).length;
  return (
    (outside ? WEIGHTS.outside : 0) +
    labels.filter((label) => meet(box, label)).length * WEIGHTS.label +
    Math.min(near, 10) * WEIGHTS.point +
    lines.filter((line) => crosses(line, box)).length * WEIGHTS.line
  );
}

export function meet(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Whether a line goes through a box: clipped to it along either axis, something of the line is left. */
function crosses([x1, y1, x2, y2]: Obstacles["lines"][number], { left, top, right, bottom }: Box): boolean {
  let [from, to] = [0, 1];
  for (const [start, by, low, high] of [
    [x1, x2 - x1, left, right],
    [y1, y2 - y1, top, bottom],
  ]) {
    if (by === 0) {
      if (start < low || start > high) return false;
      continue;
    }
    const ends = [(low - start) / by, (high - start) / by];
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  return from <= to;
}
