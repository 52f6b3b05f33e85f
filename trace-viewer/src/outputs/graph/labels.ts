/** Labels of nodes: their lines and the room they take. */
import type { Look } from "./stylesheet";

const MOST_LINES = 6;
const LONGEST_LINE = 60;

let pencil: CanvasRenderingContext2D | null | undefined;

/** The lines of a label, none of them endless. */
export function labelLines(label: string): string[] {
  return label
    .split("\n")
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line));
}

/** The size of a node: its label with some air around it, and no smaller than its look says. */
export function sizeOf(label: string, look: Look): { width: number; height: number } {
  const size = look.fontSize ?? 14;
  const lines = labelLines(label);
  const words = Math.max(...lines.map((line) => widthOf(line, size)));
  // A diamond or an ellipse holds less than its box does.
  const air = look.shape === "diamond" ? 1.7 : look.shape === "ellipse" ? 1.25 : 1;
  return {
    width: Math.max(look.width ?? 0, (words + 26) * air, 34),
    height: Math.max(look.height ?? 0, (lines.length * size * 1.25 + 16) * air),
  };
}

function widthOf(text: string, size: number): number {
  if (pencil === undefined) pencil = document.createElement("canvas").getContext("2d");
  if (!pencil) return text.length * size * 0.6;
  pencil.font = `500 ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pencil.measureText(text).width;
}
