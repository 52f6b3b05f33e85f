import { useCallback, useMemo, useState } from "react";
import { fit, NUMBER_CELL, type Room, type Sheet, type View } from "./sheet";

type Point = { x: number; y: number };

/** Which part of a sheet is in sight, and how large. Level 0 is the whole, the last level has room for the numbers. */
export function useZoom(sheet: Sheet, room: Room, ratio: number) {
  const levels = useMemo(() => sizes(fit(sheet, room, ratio)), [sheet, room, ratio]);
  const [at, setAt] = useState({ level: 0, x: 0, y: 0 });
  const level = Math.min(at.level, levels.length - 1);
  const whole = levels[0];
  const { cellWidth, cellHeight } = levels[level];
  // The height never changes with the zoom: what stands below must not jump.
  const height = Math.min(room.height, sheet.height * whole.cellHeight);
  const width = Math.min(room.width, sheet.width * cellWidth);
  const [spanX, spanY] = [width / cellWidth, height / cellHeight];
  const x = Math.max(0, Math.min(at.x, sheet.width - spanX));
  const y = Math.max(0, Math.min(at.y, sheet.height - spanY));
  const view: View = useMemo(() => ({ x, y, cellWidth, cellHeight }), [x, y, cellWidth, cellHeight]);

  /** To the next level up or down. The place under `pointer` (in pixels), or around `center` (in cells), stays in sight. */
  const zoomBy = useCallback(
    (by: number, pointer?: Point, center?: Point) => {
      const next = Math.max(0, Math.min(levels.length - 1, level + by));
      if (next === level) return;
      const size = levels[next];
      const nextWidth = Math.min(room.width, sheet.width * size.cellWidth);
      const middle = { x: nextWidth / 2, y: height / 2 };
      const held = pointer
        ? { x: x + pointer.x / cellWidth, y: y + pointer.y / cellHeight }
        : center
          ? { x: center.x + 0.5, y: center.y + 0.5 }
          : { x: x + spanX / 2, y: y + spanY / 2 };
      const under = pointer ?? middle;
      // Numbers stand in whole cells: the one that is held stays under the pointer.
      const toCells = next === levels.length - 1 ? Math.floor : (n: number) => n;
      setAt({
        level: next,
        x: toCells(held.x) - toCells(under.x / size.cellWidth),
        y: toCells(held.y) - toCells(under.y / size.cellHeight),
      });
    },
    [levels, level, room, sheet, x, y, cellWidth, cellHeight, height, spanX, spanY],
  );

  return {
    view,
    width,
    height,
    isWhole: level === 0,
    canGrow: level < levels.length - 1,
    zoomBy,
    reset: () => setAt({ level: 0, x: 0, y: 0 }),
    moveTo: (toX: number, toY: number) => setAt({ level, x: toX, y: toY }),
    /** Moves no farther than it takes to have this cell in sight. */
    bringIn: (corner: Point | undefined) => {
      if (!corner) return;
      const within = (from: number, span: number, cell: number) =>
        cell < from ? cell : cell + 1 > from + span ? Math.ceil(cell + 1 - span) : from;
      setAt({ level, x: within(x, spanX, corner.x), y: within(y, spanY, corner.y) });
    },
  };
}

/** The sizes of a cell from the whole in sight to the numbers to read, each about twice the one before. */
function sizes(whole: { cellWidth: number; cellHeight: number }) {
  const found = [whole];
  for (
    let { cellWidth, cellHeight } = whole;
    Math.min(cellWidth, cellHeight) < NUMBER_CELL.height / 2 && found.length < 24;
  ) {
    [cellWidth, cellHeight] = [
      Math.min(cellWidth * 2, NUMBER_CELL.width),
      Math.min(cellHeight * 2, NUMBER_CELL.height),
    ];
    found.push({ cellWidth, cellHeight });
  }
  found.push({ cellWidth: NUMBER_CELL.width, cellHeight: NUMBER_CELL.height });
  return found;
}
