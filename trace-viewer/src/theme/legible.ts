/** Colours chosen for one ground, made legible on another. Authors write `red` and `blue` with white paper in mind. */

/** The colour, drawn towards the ink of the scheme that is on: darker on paper, lighter in the dark, its hue kept. */
export function legible(color: string): string {
  return `color-mix(in oklab, ${color} var(--author-color), var(--ink))`;
}

/** Black or white, whichever is easier to read on the colour; undefined where colours cannot be computed. */
export function inkOn(color: string): string | undefined {
  const context = palette();
  if (!context) return undefined;
  context.fillStyle = "#fff"; // What is no colour leaves this.
  context.fillStyle = color;
  context.clearRect(0, 0, 1, 1);
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1c1a16" : "#ffffff";
}

let pixel: CanvasRenderingContext2D | null | undefined;

function palette(): CanvasRenderingContext2D | null {
  if (pixel === undefined) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    pixel = canvas.getContext("2d", { willReadFrequently: true });
  }
  return pixel;
}
