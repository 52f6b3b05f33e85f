/** Labels of nodes: their lines, the room they take, and an ink that can be read on a colour. */
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

/** Black or white, whichever is easier to read on the colour. */
export function readableOn(color: string): string | undefined {
  const context = canvas();
  if (!context) return undefined;
  context.fillStyle = "#fff";
  context.fillStyle = color;
  context.clearRect(0, 0, 1, 1);
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1c1a16" : "#ffffff";
}

function widthOf(text: string, size: number): number {
  const context = canvas();
  if (!context) return text.length * size * 0.6;
  context.font = `500 ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(text).width;
}

function canvas(): CanvasRenderingContext2D | null {
  if (pencil === undefined) {
    const element = document.createElement("canvas");
    element.width = element.height = 1;
    pencil = element.getContext("2d", { willReadFrequently: true });
  }
  return pencil;
}
