/** What is drawn over the colours: what changed, what is no number, the numbers where there is room, the cursor. */
import { brief } from "../numbers";
import type { Change } from "./compare";
import type { Field } from "./field";
import type { Palette } from "./palette";
import { forCellsInSight } from "./paint";
import { isLight } from "./ramp";
import { cornerOf, NUMBER_CELL, type Sheet, type View } from "./sheet";

interface Scene {
  sheet: Sheet;
  view: View;
  width: number;
  height: number;
  field: Field;
  colors: Uint32Array;
  change: Change | undefined;
  cursor: number | null;
  palette: Palette;
}

/** From this size on a cell has room for a dot, and from this for a sign. */
const DOT = 6;
const SIGN = 10;

/** Draws in CSS pixels. */
export function markOver(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, change, field } = scene;
  const size = Math.min(view.cellWidth, view.cellHeight);
  const showsNumbers = view.cellWidth >= NUMBER_CELL.width && view.cellHeight >= NUMBER_CELL.height;
  // Where everything changed a mark on everything says nothing.
  const marked = change?.cells && change.count > 0 && change.count < field.cells.length ? change.cells : undefined;
  if (size >= DOT) drawSigns(context, scene, marked, showsNumbers);
  else if (marked) outline(context, scene, marked);
  drawCursor(context, scene);
}

function drawSigns(
  context: CanvasRenderingContext2D,
  { sheet, view, width, height, field, colors }: Scene,
  marked: Uint8Array | undefined,
  showsNumbers: boolean,
): void {
  const { cellWidth, cellHeight } = view;
  const radius = Math.max(1, Math.min(2.5, Math.min(cellWidth, cellHeight) / 6));
  context.font = `11px ui-monospace, monospace`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  forCellsInSight(sheet, view, width, height, (cell, x, y) => {
    const ink = isLight(colors[cell]) ? "#000" : "#fff";
    const n = field.numbers[cell];
    context.fillStyle = context.strokeStyle = ink;
    if (showsNumbers)
      context.fillText(written(field, cell), x + cellWidth - 5, y + cellHeight / 2 + 0.5, cellWidth - 8);
    else if (n !== n && Math.min(cellWidth, cellHeight) >= SIGN)
      drawBad(context, field.cells[cell], x, y, cellWidth, cellHeight);
    if (marked?.[cell]) {
      context.beginPath();
      context.arc(x + radius + 1.5, y + radius + 1.5, radius, 0, 2 * Math.PI);
      context.fill();
    }
  });
}

function written(field: Field, cell: number): string {
  const content = field.cells[cell];
  if (typeof content === "number") return brief(content);
  return typeof content === "boolean" ? (content ? "True" : "False") : String(content).slice(0, 20);
}

/** Infinities have a plus or a minus, what is not a number a cross. */
function drawBad(
  context: CanvasRenderingContext2D,
  cell: unknown,
  x: number,
  y: number,
  width: number,
  height: number,
) {
  const [middleX, middleY, arm] = [x + width / 2, y + height / 2, Math.min(width, height) / 4];
  context.lineWidth = 1;
  context.beginPath();
  if (cell === "inf" || cell === "-inf") {
    context.moveTo(middleX - arm, middleY);
    context.lineTo(middleX + arm, middleY);
    if (cell === "inf") {
      context.moveTo(middleX, middleY - arm);
      context.lineTo(middleX, middleY + arm);
    }
  } else {
    context.moveTo(middleX - arm, middleY - arm);
    context.lineTo(middleX + arm, middleY + arm);
    context.moveTo(middleX + arm, middleY - arm);
    context.lineTo(middleX - arm, middleY + arm);
  }
  context.stroke();
}

/** Cells too small for a dot: a line around those that changed. */
function outline(
  context: CanvasRenderingContext2D,
  { sheet, view, width, height, palette }: Scene,
  marked: Uint8Array,
) {
  const { cellWidth, cellHeight } = view;
  if (Math.min(cellWidth, cellHeight) < 0.5) return;
  context.fillStyle = palette.ink;
  const { columns, count } = sheet;
  forCellsInSight(sheet, view, width, height, (cell, x, y) => {
    if (!marked[cell]) return;
    const within = cell % count;
    const column = within % columns;
    if (column === 0 || !marked[cell - 1]) context.fillRect(x, y, 1, cellHeight);
    if (column === columns - 1 || !marked[cell + 1]) context.fillRect(x + cellWidth - 1, y, 1, cellHeight);
    if (within < columns || !marked[cell - columns]) context.fillRect(x, y, cellWidth, 1);
    if (within >= count - columns || !marked[cell + columns]) context.fillRect(x, y + cellHeight - 1, cellWidth, 1);
  });
}

function drawCursor(context: CanvasRenderingContext2D, { sheet, view, cursor, palette }: Scene): void {
  const corner = cursor === null ? undefined : cornerOf(sheet, cursor);
  if (!corner) return;
  const [width, height] = [Math.max(5, view.cellWidth), Math.max(5, view.cellHeight)];
  const x = (corner.x - view.x) * view.cellWidth - (width - view.cellWidth) / 2;
  const y = (corner.y - view.y) * view.cellHeight - (height - view.cellHeight) / 2;
  context.lineWidth = 3;
  context.strokeStyle = palette.ground;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  context.lineWidth = 1.5;
  context.strokeStyle = palette.ink;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
}
