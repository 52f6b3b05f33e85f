/** Where things are on the plane of a graph: boxes around labels, edges between their borders. Pixels throughout. */
import type { Shape } from "./stylesheet";

export type Point = { x: number; y: number };

/** A node's box; `x`, `y` is its middle. */
export type Box = Point & { width: number; height: number; shape: Shape };

/** The point of a box's border on the way from its middle to `towards`. */
export function borderPoint(box: Box, towards: Point): Point {
  const dx = towards.x - box.x;
  const dy = towards.y - box.y;
  if (dx === 0 && dy === 0) return { x: box.x, y: box.y };
  const x = Math.abs(dx) / (box.width / 2);
  const y = Math.abs(dy) / (box.height / 2);
  const reach = box.shape === "ellipse" ? Math.hypot(x, y) : box.shape === "diamond" ? x + y : Math.max(x, y);
  return { x: box.x + dx / reach, y: box.y + dy / reach };
}

export type Route = { path: string; middle: Point };

/** An edge from box to box: straight, or bent sideways by `bend` pixels so that it keeps clear of others between them. */
export function route(from: Box, to: Box, bend: number): Route {
  if (from === to) return loop(from);
  const center = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const control = {
    x: center.x - ((to.y - from.y) / length) * bend * 2,
    y: center.y + ((to.x - from.x) / length) * bend * 2,
  };
  const start = borderPoint(from, control);
  const end = borderPoint(to, control);
  if (bend === 0)
    return { path: `M${at(start)}L${at(end)}`, middle: { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 } };
  const middle = { x: (start.x + 2 * control.x + end.x) / 4, y: (start.y + 2 * control.y + end.y) / 4 };
  return { path: `M${at(start)}Q${at(control)} ${at(end)}`, middle };
}

/** An edge through given points, its corners rounded. */
export function routeThrough(from: Box, to: Box, points: Point[]): Route {
  const inner = points.slice(1, -1);
  if (from === to || inner.length === 0) return route(from, to, 0);
  const start = borderPoint(from, inner[0] as Point);
  const end = borderPoint(to, inner.at(-1) as Point);
  let path = `M${at(start)}`;
  inner.forEach((point, index) => {
    const next = inner[index + 1];
    const stop = next ? { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 } : end;
    path += `Q${at(point)} ${at(stop)}`;
  });
  return { path, middle: inner[Math.floor(inner.length / 2)] as Point };
}

/** The smallest box around all boxes and points. */
export function bounds(boxes: Box[], points: Point[]): { x: number; y: number; width: number; height: number } {
  const xs = [...boxes.flatMap((b) => [b.x - b.width / 2, b.x + b.width / 2]), ...points.map((p) => p.x)];
  const ys = [...boxes.flatMap((b) => [b.y - b.height / 2, b.y + b.height / 2]), ...points.map((p) => p.y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** From a box to itself, on its right, where edges between layers do not run. */
function loop({ x, y, width, height }: Box): Route {
  const right = x + width / 2;
  const reach = Math.min(height / 4, 9);
  const [start, end] = [at({ x: right, y: y - reach }), at({ x: right, y: y + reach })];
  const path = `M${start}C${at({ x: right + 30, y: y - 24 })} ${at({ x: right + 30, y: y + 24 })} ${end}`;
  return { path, middle: { x: right + 22, y } };
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
