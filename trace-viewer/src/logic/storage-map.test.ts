import { describe, expect, it } from "vitest";
import { groundOf } from "./layout-words";
import { mapStorage } from "./storage-map";
import type { Layout } from "./strided";

const layout = (shape: number[], strides: number[], offset = 0, item = 4): Layout => ({
  shape,
  strides,
  offset: offset * item,
  item,
  dtype: `float${item * 8}`,
  dimensions: null,
});

/** The map of a storage, an array a drawing: `.` not covered, `-` in part, `#` wholly. */
function drawn(layouts: Layout[], bytes: number) {
  const map = mapStorage(groundOf(layouts, bytes), layouts);
  return {
    ...map,
    drawings: map.covers.map((cells) =>
      Array.from({ length: map.rows }, (_, row) =>
        Array.from(cells.slice(row * map.columns, (row + 1) * map.columns), (cell) => ".-#"[cell]).join(""),
      ),
    ),
  };
}

describe("a storage as a grid", () => {
  it("shows every element of a small one, in rows", () => {
    const x = layout([3, 4], [4, 1]);
    const { drawings, unit } = drawn([x, layout([2, 4], [4, 1], 4), layout([3, 2], [4, 2], 1), layout([3], [5])], 48);
    expect(unit).toBe(4);
    expect(drawings).toEqual([
      ["####", "####", "####"],
      ["....", "####", "####"],
      [".#.#", ".#.#", ".#.#"],
      ["#...", ".#..", "..#."],
    ]);
  });

  it("is a strip where there are no rows", () => {
    expect(drawn([layout([8], [1]), layout([4], [2]), layout([3], [1], 5)], 32).drawings).toEqual([
      ["########"],
      ["#.#.#.#."],
      [".....###"],
    ]);
  });

  it("follows an array's first row", () => {
    const { walks } = drawn([layout([3, 4], [4, 1]), layout([4, 3], [1, 4])], 48);
    expect(walks[0]).toEqual([0, 1, 2, 3].map((column) => [column, 0]));
    expect(walks[1]).toEqual([0, 1, 2].map((row) => [0, row]));
  });

  it("goes by the smallest element", () => {
    const { drawings } = drawn([layout([2, 2], [2, 1]), layout([4], [1], 2, 2)], 16);
    expect(drawings).toEqual([
      ["####", "####"],
      ["..##", "##.."],
    ]);
  });

  it("bins a large one, and loses no row that is touched", () => {
    const large = [
      layout([100_000, 4096], [4096, 1]),
      layout([1, 4096], [4096, 1], 51_237 * 4096),
      layout([100_000], [4096], 5),
    ];
    const { drawings, columns, rows } = drawn(large, 100_000 * 4096 * 4);
    expect([columns, rows]).toEqual([48, 16]);
    expect(new Set(drawings[0])).toEqual(new Set(["#".repeat(48)]));
    expect(drawings[1].filter((row) => row.includes("-"))).toEqual(["-".repeat(48)]);
    expect(new Set(drawings[2])).toEqual(new Set(["-" + ".".repeat(47)]));
  });

  it("is bounded, whatever sizes a record gives", () => {
    const huge = [
      layout([2 ** 40], [1]),
      layout([2 ** 20, 2 ** 20], [1, 1], 2 ** 30),
      layout([2 ** 26], [-(2 ** 13)], 2 ** 39),
    ];
    const { columns, rows } = drawn(huge, 2 ** 42);
    expect([columns, rows]).toEqual([96, 1]);
    expect(mapStorage(groundOf(huge, 0), huge)).toMatchObject({ columns: 1, rows: 1 });
  });
});
