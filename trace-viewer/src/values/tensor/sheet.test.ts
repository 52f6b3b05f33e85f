import { describe, expect, it } from "vitest";
import type { Field } from "./field";
import { paint } from "./paint";
import { cellAt, cornerOf, fit, layOut, moved, stacked } from "./sheet";

const field = (slices: number, rows: number, columns: number) =>
  ({ slices, rows, columns, numbers: Float64Array.from({ length: slices * rows * columns }, (_, i) => i) }) as Field;
const all = (count: number) => Array.from({ length: count }, (_, i) => i);
const room = { width: 300, height: 192 };

describe("a sheet", () => {
  it("has every cell where it says", () => {
    const sheet = layOut(field(8, 16, 16), all(8), 4, room);
    for (const cell of [0, 15, 16, 255, 256, 1000, 2047]) {
      const { x, y } = cornerOf(sheet, cell) as { x: number; y: number };
      expect(cellAt(sheet, x + 0.5, y + 0.5)).toBe(cell);
    }
    expect(cellAt(sheet, 16 + sheet.gap / 2, 3)).toBe(-1);
    expect(cellAt(sheet, -1, 3)).toBe(-1);
    expect(cellAt(sheet, 1e9, 3)).toBe(-1);
  });

  it("puts the heads of a batch on one line", () => {
    expect(layOut(field(8, 16, 16), all(8), 4, room).across).toBe(4);
    expect(layOut(field(12, 16, 16), all(12), 1, room).across).toBe(4);
  });

  it("shows only the slices that are chosen", () => {
    const sheet = layOut(field(6, 4, 4), [1, 4], 3, room);
    expect(cornerOf(sheet, 0)).toBeUndefined();
    expect(cellAt(sheet, 0.5, 0.5)).toBe(16);
  });

  it("wraps a vector into lines, the last one as long as it is", () => {
    const sheet = layOut(field(1, 1, 5000), [0], 1, room);
    expect(sheet.isWrapped).toBe(true);
    expect(sheet.columns).toBe(128);
    expect(cellAt(sheet, 2.5, 1.5)).toBe(130);
    expect(cellAt(sheet, 127.5, sheet.rows - 0.5)).toBe(-1);
    expect(cornerOf(sheet, 4999)).toEqual({ x: 4999 % 128, y: Math.floor(4999 / 128) });
  });

  it.each([
    [1, 1, 1],
    [1, 65_536, 1],
    [1, 2, 32_768],
    [65_536, 1, 1],
    [1, 256, 256],
    [1, 3, 3],
  ])("of %d × %d × %d fits the room", (slices, rows, columns) => {
    const sheet = layOut(field(slices, rows, columns), all(slices), 1, room);
    const { cellWidth, cellHeight } = fit(sheet, room, 2);
    expect(sheet.width * cellWidth).toBeLessThanOrEqual(room.width + 1e-6);
    expect(sheet.height * cellHeight).toBeLessThanOrEqual(room.height + 1e-6);
    expect(Math.min(cellWidth, cellHeight)).toBeGreaterThan(0);
  });

  it("is walked by keys, over gaps, and no farther than its edges", () => {
    const sheet = layOut(field(2, 4, 4), [0, 1], 2, room);
    expect(moved(sheet, 3, 1, 0)).toBe(16);
    expect(moved(sheet, 16, -1, 0)).toBe(3);
    expect(moved(sheet, 0, -1, 0)).toBe(0);
    expect(moved(sheet, 0, 1 << 20, 0)).toBe(19);
    expect(moved(sheet, 0, 0, 2)).toBe(8);
    const grid = stacked(field(2, 2, 3), [0, 1]);
    expect(moved(grid, 3, 0, 1)).toBe(6);
    const wrapped = layOut(field(1, 1, 5000), [0], 1, room);
    expect(moved(wrapped, 4999, 0, 1)).toBe(4999);
    expect(moved(wrapped, 4999, 1, 0)).toBe(4999);
  });
});

describe("painting", () => {
  const image = (width: number, height: number) =>
    ({ width, height, data: new Uint8ClampedArray(width * height * 4) }) as ImageData;
  const painted = (own: Field, width: number, height: number, view = { x: 0, y: 0 }) => {
    const sheet = layOut(own, all(own.slices), 2, room);
    const pixels = image(width, height);
    const colors = Uint32Array.from(own.numbers, (n) => (n !== n ? 999 : n + 1));
    const size = { cellWidth: width / sheet.width, cellHeight: height / sheet.height };
    paint(pixels, sheet, { ...view, ...size }, 1, own, colors);
    return new Uint32Array(pixels.data.buffer);
  };

  it("gives each pixel the colour of its cell", () => {
    expect([...painted(field(1, 2, 2), 4, 4)]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  });

  it("leaves the gaps between slices empty", () => {
    const own = field(2, 1, 2);
    const { gap } = layOut(own, [0, 1], 2, room);
    const line = [...painted(own, Math.round((4 + gap) * 10), 1)];
    expect(line.slice(0, 20)).toEqual([...Array(10).fill(1), ...Array(10).fill(2)]);
    expect(line.slice(20, -20)).toEqual(Array(Math.round(gap * 10)).fill(0));
    expect(line.at(-1)).toBe(4);
  });

  it("shows of many cells in one pixel the one farthest from zero, and what is no number above all", () => {
    const own = field(1, 8, 8);
    expect([...painted(own, 2, 2)]).toEqual([28, 32, 60, 64]);
    own.numbers[0] = NaN;
    expect([...painted(own, 2, 2)][0]).toBe(999);
  });
});
