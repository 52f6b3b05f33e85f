import { describe, expect, it } from "vitest";
import { covered, boxFrom, overhangOf } from "./kernel-tiles";
import { foldAround, gridView, programAt } from "./kernel-grid";
import { kernelAt, neighbour, programsOf } from "./kernel-place";
import { productOf } from "./kernel-product";
import { counterpartOf } from "./kernel-programs";
import { timesRead, trafficOf } from "./kernel-reuse";
import { layOut, type Sheet } from "./kernel-sheets";
import { accessWords, boxWords, programWords } from "./kernel-words";
import { writersOf } from "./kernel-writers";
import { kernelsOf } from "./kernels";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

/** a (4, 6) times b (6, 4) in tiles of 2 × 3 and 3 × 2: two of the four programs were recorded. */
const PRODUCT = `
  loop 11-13
  1
  2 launch:10:2,2 array:a:4x6:float32 array:b:6x4:float32 array:c:4x4:float16
    10 program:0,0
    11
    12 load:a:0-2,0-3 load:b:0-3,0-2
    13
    11
    12 load:a:0-2,3-6 load:b:3-6,0-2
    13
    11
    14 store:c:0-2,0-2
  ^
    10 program:1,0
    11
    12 load:a:0-2,0-3 load:b:0-3,2-4
    13
    11
    12 load:a:0-2,3-6 load:b:3-6,2-4
    13
    11
    14 store:c:0-2,2-4
  3`;

function open(drawing: string) {
  return openLecture(traceFromText(drawing));
}

const product = open(PRODUCT);
const positionOf = (lecture: ReturnType<typeof open>, step: number) => lecture.positions.entry[step];

describe("the place in a kernel", () => {
  it("is the program, or the line that launches it", () => {
    const { entry } = product.positions;
    expect(kernelAt(product, entry[0])).toBeNull();
    expect(kernelAt(product, entry[1])).toEqual({ launch: 0, program: -1 });
    expect(kernelAt(product, entry[4])).toEqual({ launch: 0, program: 0 });
    expect(kernelAt(product, entry[11])).toEqual({ launch: 0, program: 1 });
    expect(kernelAt(product, product.positions.count - 1)).toBeNull();
    expect([...programsOf(product, 0)]).toEqual([0, 1]);
  });

  it("is within what a program calls, too", () => {
    const lecture = open(`
      1 launch:10:1 array:x:8:float32
        10 program:0
        11
          20
          21 load:x:0-8
        12`);
    expect(kernelAt(lecture, positionOf(lecture, 3))).toEqual({ launch: 0, program: 0 });
    expect(kernelsOf(lecture).sum(0, lecture.positions.count - 1)[0]).toMatchObject({ accesses: 1, bytes: 32 });
  });

  it("has neighbours in the order in which they ran", () => {
    expect(neighbour(product, { launch: 0, program: 0 }, 1)).toBe(1);
    expect(neighbour(product, { launch: 0, program: 0 }, -1)).toBe(-1);
    expect(neighbour(product, { launch: 0, program: -1 }, 1)).toBe(0);
    expect(neighbour(product, { launch: 0, program: -1 }, -1)).toBe(1);
  });
});

describe("what a program did", () => {
  const kernels = kernelsOf(product);

  it("is known step by step", () => {
    const at = positionOf(product, 4);
    expect([...kernels.at(0, at)]).toEqual([0, 1]);
    const before = (position: number) => [...kernels.before(kernels.tiles(0, 0), position)];
    expect(before(at)).toEqual([]);
    expect([...kernels.at(0, at + 1)]).toEqual([]);
    expect(before(at + 1)).toEqual([0]);
    expect([...kernels.tiles(0, 1)]).toEqual([1, 3]);
    expect([...kernels.at(1, at)]).toEqual([]);
  });

  it("is summed: up to a step, and over the launch", () => {
    const [loads, stores] = kernels.sum(0, positionOf(product, 7));
    expect(loads).toEqual({ accesses: 4, elements: 24, bytes: 96, masked: 0, beyond: 0 });
    expect(stores.accesses).toBe(0);
    const [all, written] = kernels.total(0);
    expect(all).toMatchObject({ accesses: 8, bytes: 192 });
    expect(written).toMatchObject({ accesses: 2, elements: 8, bytes: 16 });
  });

  it("is summed beyond what is kept of sums", () => {
    const loads = Array.from({ length: 150 }, (_, i) => `11 load:x:${i}-${i + 1}`).join("\n    ");
    const lecture = open(`1 launch:10:1 array:x:150:float32\n    10 program:0\n    ${loads}\n    12`);
    const sum = (step: number) => kernelsOf(lecture).sum(0, positionOf(lecture, step))[0].elements;
    expect([1, 2, 64, 65, 66, 129, 151].map(sum)).toEqual([0, 1, 63, 64, 65, 128, 150]);
  });

  it("shows a tile once, however often it was touched", () => {
    const lecture = open(`
      1 launch:10:1 array:x:8:float32
        10 program:0
        11 load:x:0-4
        12 load:x:0-4
        13 store:x:0-4
        14`);
    expect([...kernelsOf(lecture).tiles(0, 0)]).toEqual([0, 2]);
  });

  it("tells how often each byte was read", () => {
    const traffic = trafficOf(product, 0);
    expect(traffic.map(timesRead)).toEqual([2, 1, null]);
    expect(traffic.map(({ loaded, stored }) => [loaded, stored])).toEqual([
      [96, 0],
      [96, 0],
      [0, 16],
    ]);
  });
});

describe("boxes together", () => {
  const box = (...region: number[]) => boxFrom(region);

  it("cover each element once", () => {
    expect(covered([])).toBe(0);
    expect(covered([box(0, 4, 1), box(2, 6, 1), box(8, 9, 1)])).toBe(7);
    expect(covered([box(0, 2, 1, 0, 2, 1), box(1, 3, 1, 1, 3, 1)])).toBe(7);
    expect(covered([box(0, 2 ** 31, 1, 0, 2 ** 20, 1)])).toBe(2 ** 51);
  });

  it("are not worked out where that would take long", () => {
    const many = Array.from({ length: 2000 }, (_, i) => box(i, i + 1, 1, 2 * i, 2 * i + 1, 1));
    expect(covered(many)).toBeNull();
  });

  it("may have holes", () => {
    expect(covered([box(0, 8, 2), box(2, 5, 1)])).toBe(5);
    expect(covered([box(0, 33, 32, 0, 8, 1)])).toBe(16);
    expect(covered([box(0, 2 ** 20, 2)])).toBeNull(); // too many of them
  });
});

describe("what a mask cut off", () => {
  const masked = open(`
    1 launch:10:2,2 array:a:5x10:float32 array:y:10:float32
      10 program:0,0
      11 load:a:0-4,0-8
      12 load:y:0-8
      13 load:a:2-3,3-4:m5
    ^
      10 program:1,1
      11 load:a:4-5,8-10:m30
      12 load:y:8-10:m6
      13 load:a::m16`);
  const { shapes } = kernelsOf(masked);
  const of = (access: number) => overhangOf(masked.trace, shapes, access);

  it("is found by the size that the tiles of the line have elsewhere", () => {
    expect(of(0)).toBeNull();
    expect(of(3)).toEqual({ before: [0, 0], after: [3, 6] });
    expect(of(4)).toEqual({ before: [0], after: [6] });
    expect(of(5)).toBeNull();
  });

  it("is found where a tile can only have been cut on one side", () => {
    const lecture = open(`
      1 launch:10:2 array:x:2x10:float32
        10 program:0
        11 load:x:0-1,0-10:m6
      ^
        10 program:1
        11 load:x:1-2,0-10:m6`);
    const { shapes } = kernelsOf(lecture);
    for (const access of [0, 1])
      expect(overhangOf(lecture.trace, shapes, access)).toEqual({ before: [0, 0], after: [0, 6] });
  });

  it("is found just so where no mask kept the kernel from it", () => {
    const lecture = open(`
      1 launch:10:2 array:x:12:float32
        10 program:0
        11 load:x:0-8
      ^
        10 program:1
        11 load:x:8-12:b4`);
    expect(overhangOf(lecture.trace, kernelsOf(lecture).shapes, 1)).toEqual({ before: [0], after: [4] });
  });

  it("is told in words", () => {
    const words = (access: number) => accessWords(masked.trace, shapes, access);
    expect(words(0)).toBe("loads rows 0–3, columns 0–7 of a");
    expect(words(2)).toBe("loads row 2, column 3 of a, 5 of 6 elements masked");
    expect(words(3)).toBe("loads row 4, columns 8–9 of a, 3 of 4 rows and 6 of 8 columns masked");
    expect(words(4)).toBe("loads elements 8–9 of y, 6 of 8 elements masked");
    expect(words(5)).toBe("loads nothing of a: all 16 elements are masked");
    expect(programWords(masked.trace, 1)).toBe("Program (1, 1)");
  });
});

describe("accesses in words", () => {
  const words = (array: string, access: string) => {
    const lecture = open(`1 launch:10:1 array:${array}\n  10 program:0\n  11 ${access}`);
    return accessWords(lecture.trace, kernelsOf(lecture).shapes, 0);
  };

  it("say of a gather how much of its box it took", () => {
    expect(words("t:100x8:float32", "load:t:3-90,0-8:d40")).toBe(
      "loads 40 of the 696 elements in rows 3–89, columns 0–7 of t",
    );
  });

  it("say of arrays of many dimensions which slice it is", () => {
    expect(words("q:2x4x64x16:float16", "store:q:1-2,0-1,32-64,0-16")).toBe(
      "stores slice [1, 0], rows 32–63, columns 0–15 to q",
    );
    expect(boxWords(boxFrom([0, 33, 32, 1, 2, 1]))).toBe("rows 0 and 32, column 1");
    expect(boxWords(boxFrom([0, 2, 1, 3, 4, 1, 0, 9, 2]))).toBe("slices [0–1], row 3, columns 0–8 in steps of 2");
  });

  it("say what lies outside of the arrays", () => {
    expect(words("x:8:float32", "load:x:4-8:b4")).toBe(
      "loads elements 4–7 of x, and 4 elements outside of x, with no mask: what it reads there is anything",
    );
    expect(words("x:8:float32", "store:x::b1")).toBe(
      "stores 1 element outside of x, with no mask: it writes over what is not its own",
    );
    expect(words("x:8:float32", "load:?::e3")).toBe("loads 3 elements of memory that no argument names");
  });

  it("say where an element is addressed again and again", () => {
    expect(words("x:8:float32", "atomic:x:0-1:e32")).toBe("updates element 0 of x, addressed 32 times in all");
  });
});

describe("the same line in another program", () => {
  const steps = (lecture: ReturnType<typeof open>) => lecture.positions.entry;
  const to = (lecture: ReturnType<typeof open>, step: number, program: number) => {
    const found = counterpartOf(lecture, steps(lecture)[step], program);
    return found && [lecture.positions.step[found.position], found.isSame];
  };

  it("is in the same turn of its loop", () => {
    // Steps of program 0: 2–10, of program 1: 11–19.
    expect(to(product, 2, 1)).toEqual([11, true]);
    expect(to(product, 4, 1)).toEqual([13, true]);
    expect(to(product, 7, 1)).toEqual([16, true]);
    expect(to(product, 9, 1)).toEqual([18, true]); // where the loop finds nothing left to do
    expect(to(product, 10, 1)).toEqual([19, true]);
    expect(to(product, 16, 0)).toEqual([7, true]);
    expect(to(product, 1, 1)).toEqual([11, true]); // from the launching line: its first
  });

  it("is in the last turn where there are fewer, and at the loop where there is none", () => {
    const lecture = open(`
      loop 11-12
      1 launch:10:3
        10 program:0
        11
        12
        11
        12
        11
        13
      ^
        10 program:1
        11
        12
        11
        13
      ^
        10 program:2
        11
        13`);
    expect(to(lecture, 3, 1)).toEqual([10, true]);
    expect(to(lecture, 5, 1)).toEqual([10, true]);
    expect(to(lecture, 5, 2)).toEqual([14, false]);
    expect(to(lecture, 7, 2)).toEqual([15, true]);
  });

  it("is within the same call of a helper, on the way in and out", () => {
    const lecture = open(`
      1 launch:10:2
        10 program:0
        11
          20
          21
        ^
          20
          21
        12
      ^
        10 program:1
        11
          20
          21
        ^
          20
          21
        12`);
    expect(to(lecture, 4, 1)).toEqual([11, true]);
    expect(to(lecture, 6, 1)).toEqual([13, true]);
    const { exit } = lecture.positions;
    expect(counterpartOf(lecture, exit[2], 1)).toEqual({ position: exit[9], isSame: true });
  });
});

describe("the grid", () => {
  const folded = (stops: ReturnType<typeof foldAround>) =>
    stops.map((stop) => ("index" in stop ? stop.index : `+${stop.folded}`)).join(" ");

  it("shows all of a short side, and of a long one its ends and what is at hand", () => {
    expect(folded(foldAround(3, 0, 4))).toBe("0 1 2");
    expect(folded(foldAround(100, 0, 16))).toBe("0 1 2 3 +94 98 99");
    expect(folded(foldAround(100, 50, 16))).toBe("0 1 +45 47 48 49 50 51 52 53 +44 98 99");
    expect(folded(foldAround(2 ** 31, 5, 16))).toBe("0 1 2 3 4 5 6 7 8 +2147483637 2147483646 2147483647");
    expect(folded(foldAround(0, 0, 16))).toBe("");
  });

  it("breaks a line of programs into rows, as long as they are few", () => {
    expect(gridView([40, 1, 1], [3, 0, 0])).toMatchObject({ wrapped: 16, rows: { length: 3 } });
    expect(gridView([16, 1, 1], [3, 0, 0])).toMatchObject({ wrapped: 0, columns: { length: 16 }, rows: { length: 1 } });
    expect(gridView([2 ** 31 - 1, 1, 1], [3, 0, 0])).toMatchObject({ wrapped: 0, rows: { length: 1 } });
    expect(gridView([40, 2, 3], [3, 0, 0])).toMatchObject({ wrapped: 0, rows: { length: 2 }, slices: { length: 3 } });
  });

  it("knows which programs were recorded", () => {
    expect(programAt(product, 0, [1, 0, 0])).toBe(1);
    expect(programAt(product, 0, [1, 1, 0])).toBe(-1);
  });
});

describe("the sheets", () => {
  const sheet = (rows: number, columns: number, more: Partial<Sheet> = {}): Sheet => ({
    rows,
    columns,
    isVector: false,
    below: 0,
    beside: 0,
    caption: { width: 0, height: 0 },
    ...more,
  });
  const room = { width: 360, height: 400 };

  it("are all in one scale, and in the room there is", () => {
    const { sheets, width, height } = layOut([sheet(64, 32), sheet(32, 64), sheet(64, 64)], room, null);
    const sizes = sheets.flatMap(({ across, down }) => [across, down]);
    for (const size of sizes) expect(size).toBeCloseTo(sizes[0]);
    expect(width).toBeLessThanOrEqual(room.width);
    expect(height).toBeLessThanOrEqual(room.height);
  });

  it("of a product stand as on paper: rows beside rows, columns below columns", () => {
    expect(productOf(product, programsOf(product, 0), [0, 1, 2])).toEqual({ left: 0, above: 1, product: 2 });
    const at = { left: 0, above: 1, product: 2 };
    const [a, b, c] = layOut([sheet(64, 32), sheet(32, 48), sheet(64, 48)], room, at).sheets;
    expect([c.y, c.height]).toEqual([a.y, a.height]);
    expect([c.x, c.width]).toEqual([b.x, b.width]);
    expect(a.x + a.width).toBeLessThan(c.x);
    expect(b.y + b.height).toBeLessThan(c.y);
  });

  it("of what is no product do not", () => {
    const sum = open(`
      1 launch:10:2 array:x:8x8:float32 array:y:8x8:float32 array:z:8x8:float32
        10 program:0
        11 load:x:0-4,0-4 load:y:0-4,0-4
        12 store:z:0-4,0-4`);
    expect(productOf(sum, programsOf(sum, 0), [0, 1, 2])).toBeNull();
  });

  it("are never so thin that they cannot be seen, and end where nothing fits", () => {
    const { sheets } = layOut([sheet(1, 1), sheet(2 ** 31, 4)], room, null);
    for (const { width, height } of sheets) {
      expect(width).toBeGreaterThanOrEqual(6);
      expect(height).toBeLessThanOrEqual(room.height);
    }
    expect(layOut([sheet(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)], room, null).width).toBeLessThan(
      room.width,
    );
    expect(layOut([sheet(0, 0)], room, null).sheets[0].across).toBeGreaterThan(0);
    expect(
      layOut(
        Array.from({ length: 12 }, () => sheet(2 ** 40, 2 ** 40)),
        { width: 1, height: 1 },
        null,
      ).sheets,
    ).toHaveLength(12);
  });
});

describe("who wrote where", () => {
  it("is known element by element, or coarser", () => {
    const { rows, columns, first } = writersOf(product, 2, []);
    const { program } = kernelsOf(product);
    expect([rows, columns]).toEqual([4, 4]);
    const drawn = [...first].map((access) => (access < 0 ? "." : program[access])).join("");
    expect(drawn).toBe("00110011........");
    const large = open("1 launch:10:1 array:x:1000x3:float32\n  10 program:0\n  11 store:x:0-500,0-1");
    const raster = writersOf(large, 0, []);
    expect([raster.rows, raster.columns, raster.first.filter((access) => access >= 0).length]).toEqual([160, 3, 80]);
  });
});
