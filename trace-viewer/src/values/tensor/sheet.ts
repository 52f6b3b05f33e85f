/** Where the cells of an array lie in the plane: the rows and columns of a slice, and the slices side by side. */
import type { Field } from "./field";

export interface Sheet {
  /** Of one slice. A vector too long for one line is wrapped into rows. */
  rows: number;
  columns: number;
  /** Cells of a slice: fewer than rows × columns in a wrapped vector. */
  count: number;
  isWrapped: boolean;
  /** The slices shown, in order. */
  slices: number[];
  /** How many slices lie side by side. */
  across: number;
  /** Between slices, in cells. */
  gap: number;
  /** Of the whole, in cells. */
  width: number;
  height: number;
}

/** Part of a sheet: its upper left corner, in cells, and how large a cell is drawn, in CSS pixels. */
export interface View {
  x: number;
  y: number;
  cellWidth: number;
  cellHeight: number;
}

export interface Room {
  width: number;
  height: number;
}

const LARGEST_CELL = 18;
/** A cell this large has room for its number. */
export const NUMBER_CELL = { width: 58, height: 20 };
/** What is drawn is at least so high and wide, as far as its cells allow. */
const LEAST_SIDE = 84;
const LEAST_STRIP = 16;
/** A vector is wrapped before its cells become thinner than this. */
const THINNEST = 4;

/** An even arrangement is worth cells this much smaller than they could be. */
const EVENLY = 0.66;

/**
 * The slices laid out so that their cells are about as large as the room allows; `period` of them in a line, if that can be:
 * the heads of one batch.
 */
export function layOut({ rows, columns }: Field, slices: number[], period: number, room: Room): Sheet {
  const isWrapped = rows === 1 && slices.length === 1 && columns > room.width / THINNEST;
  const wrapped = isWrapped ? lineLength(columns) : columns;
  const tile = {
    rows: isWrapped ? Math.ceil(columns / wrapped) : rows,
    columns: wrapped,
    count: isWrapped ? columns : rows * columns,
    isWrapped,
  };
  const gap = slices.length > 1 ? Math.max(0.4, 0.06 * Math.min(tile.rows, tile.columns)) : 0;
  const cellSize = (across: number) => {
    const down = Math.ceil(slices.length / across);
    const size = Math.min(room.width / span(across, tile.columns, gap), room.height / span(down, tile.rows, gap));
    return Math.min(size, LARGEST_CELL);
  };
  let across = 1;
  for (let tried = 2; tried <= Math.min(slices.length, 512); tried++) {
    if (cellSize(tried) > cellSize(across)) across = tried;
  }
  const even = [period, across - 1, across + 1, across - 2, across + 2].find(
    (tried) => tried > 0 && slices.length % tried === 0 && cellSize(tried) > EVENLY * cellSize(across),
  );
  if (slices.length % across !== 0 || even === period) across = even ?? across;
  const down = Math.ceil(slices.length / across);
  return { ...tile, slices, across, gap, width: span(across, tile.columns, gap), height: span(down, tile.rows, gap) };
}

/** The slices one below the other, as matrices are written. */
export function stacked({ rows, columns }: Field, slices: number[]): Sheet {
  const tile = { rows, columns, count: rows * columns, isWrapped: false };
  return { ...tile, slices, across: 1, gap: 0, width: columns, height: rows * slices.length };
}

function span(tiles: number, cells: number, gap: number): number {
  return tiles * cells + (tiles - 1) * gap;
}

/** A power of two, so that positions are easy to tell, about twice as long as there will be lines. */
function lineLength(count: number): number {
  return 2 ** Math.max(5, Math.ceil(Math.log2(Math.sqrt(count * 1.5))));
}

/** How large a cell is when the whole sheet is in sight. */
export function fit({ width, height }: Sheet, room: Room, ratio: number): { cellWidth: number; cellHeight: number } {
  const side = Math.min(room.width / width, room.height / height, LARGEST_CELL);
  const least = (cells: number, most: number) =>
    cells * side < LEAST_STRIP
      ? Math.max(side, LEAST_STRIP / cells) // a single row
      : Math.max(side, Math.min(LEAST_SIDE / cells, LARGEST_CELL, 6 * side, most / cells));
  return {
    cellWidth: whole(least(width, room.width), ratio),
    cellHeight: whole(least(height, room.height), ratio),
  };
}

/** Whole pixels of the screen, so that all cells are alike. */
function whole(size: number, ratio: number): number {
  return size * ratio >= 2 ? Math.floor(size * ratio) / ratio : size;
}

/** The cell at a place of the sheet, in cells; -1 between slices and beyond the end. */
export function cellAt(sheet: Sheet, x: number, y: number): number {
  const [column, tileColumn] = along(x, sheet.columns, sheet.gap);
  const [row, tileRow] = along(y, sheet.rows, sheet.gap);
  if (column < 0 || row < 0 || tileColumn >= sheet.across) return -1;
  const tile = tileRow * sheet.across + tileColumn;
  const within = row * sheet.columns + column;
  if (tile >= sheet.slices.length || within >= sheet.count) return -1;
  return sheet.slices[tile] * sheet.count + within;
}

/** Which cell of a line of tiles, and which tile; -1 in a gap. */
export function along(at: number, cells: number, gap: number): [cell: number, tile: number] {
  if (!(at >= 0)) return [-1, 0];
  const tile = Math.floor(at / (cells + gap));
  const cell = Math.floor(at - tile * (cells + gap));
  return [cell < cells ? cell : -1, tile];
}

/** The upper left corner of a cell on the sheet, in cells; undefined when its slice is not shown. */
export function cornerOf(sheet: Sheet, cell: number): { x: number; y: number } | undefined {
  const tile = sheet.slices.indexOf(Math.floor(cell / sheet.count));
  if (tile < 0) return undefined;
  const within = cell % sheet.count;
  const column = within % sheet.columns;
  return {
    x: (tile % sheet.across) * (sheet.columns + sheet.gap) + column,
    y: Math.floor(tile / sheet.across) * (sheet.rows + sheet.gap) + (within - column) / sheet.columns,
  };
}

/** The cell that many columns to the right and rows down, past gaps into the next slice; the same one at the edge. */
export function moved(sheet: Sheet, cell: number, right: number, down: number): number {
  const corner = cornerOf(sheet, cell);
  if (!corner) return firstCell(sheet);
  const step = (at: number, by: number, cells: number, tiles: number) => {
    const [own, tile] = along(at + 0.01, cells, sheet.gap);
    const line = Math.min(tiles * cells - 1, Math.max(0, tile * cells + own + by));
    return Math.floor(line / cells) * (cells + sheet.gap) + (line % cells) + 0.5;
  };
  const tilesDown = Math.ceil(sheet.slices.length / sheet.across);
  const to = cellAt(
    sheet,
    step(corner.x, right, sheet.columns, sheet.across),
    step(corner.y, down, sheet.rows, tilesDown),
  );
  return to < 0 ? cell : to;
}

export function firstCell({ slices, count }: Sheet): number {
  return slices[0] * count;
}
