import { describe, expect, it } from "vitest";
import type { Tensor, Value } from "../format/generated";
import { openLecture, type Lecture } from "./lecture";
import { relation, sharingOf, type Holder } from "./sharing";
import { traceFromText } from "./trace-from-text";

const array = (shape: number[], strides: number[], offset = 0, change: Partial<Tensor> = {}): Tensor => ({
  kind: "tensor",
  type: "torch.Tensor",
  shape,
  strides,
  dtype: "float32",
  storage: { id: 7, bytes: 96, offset: offset * 4 },
  ...change,
});

const values: Record<string, Value> = {
  x: array([4, 6], [6, 1]),
  written: array([4, 6], [6, 1], 0, { elements: [1] }),
  transposed: array([6, 4], [1, 6]),
  transposedWritten: array([6, 4], [1, 6], 0, { elements: [1] }),
  row: array([6], [1], 6),
  last: array([6], [1], 18),
  lastWritten: array([6], [1], 18, { elements: [1] }),
  alone: array([4], [1], 0, { storage: { id: 8, bytes: 16, offset: 0 } }),
};

const open = (drawing: string, more: Record<string, Value> = {}) =>
  openLecture(traceFromText(drawing, { ...values, ...more }));

const label = ({ name, path, function: of }: Holder) => `${name}${path} in ${of}`;
const labels = (lecture: Lecture, position: number, id = 7) =>
  sharingOf(lecture).at(position).get(id)?.holders.map(label);

function holder(lecture: Lecture, position: number, name: string, call = 0): Holder {
  const { holders } = sharingOf(lecture).at(position).get(7)!;
  return holders.find((holder) => holder.name === name && holder.call === call)!;
}

describe("who shares memory", () => {
  it("is told of all that is in sight: variables of every open call, arguments, what is returned", () => {
    const lecture = open(`
      1 x=$x
      2 y=$transposed z=$alone
      3
        10 a=$row
        11 return=$last
      4`);
    expect(labels(lecture, 0)).toEqual(["x in main"]);
    expect(labels(lecture, 1)).toEqual(["x in main", "y in main"]);
    expect(labels(lecture, 1, 8)).toEqual(["z in main"]);
    expect(labels(lecture, 4)).toEqual(["x in main", "y in main", "a in f10", " in f10"]);
    expect(labels(lecture, 5)).toEqual(["x in main", "y in main"]);
  });

  it("reaches one level into lists, dicts, objects and modules", () => {
    const tensor = values.row as Tensor;
    const lecture = open("1 x=$x l=$list d=$dict o=$object m=$module", {
      list: {
        kind: "sequence",
        type: "list",
        items: [1, tensor, { kind: "sequence", type: "list", items: [tensor], length: 1 }],
        length: 3,
      },
      dict: { kind: "mapping", type: "dict", entries: [["k", tensor]], length: 1 },
      object: { kind: "instance", type: "Cache", fields: [["keys", tensor]], length: 1 },
      module: {
        kind: "module",
        type: "Linear",
        fields: [["weight", tensor]],
        length: 1,
        parameters: [],
        row_count: 0,
        parameter_count: 0,
        trainable_count: 0,
        parameter_bytes: 0,
      },
    });
    expect(labels(lecture, 0)).toEqual([
      "x in main",
      "l[1] in main",
      'd["k"] in main',
      "o.keys in main",
      "m.weight in main",
    ]);
  });

  it("says what one is to the other", () => {
    const lecture = open("1 x=$x y=$transposed r=$row");
    const shared = sharingOf(lecture).at(0).get(7)!;
    const [x, y, r] = shared.holders;
    expect([relation(y, x, shared), relation(r, x, shared), relation(x, r, shared)]).toEqual([
      "its transpose",
      "row 1 of it",
      "this is row 1 of it",
    ]);
  });

  it("stands records that cannot be right", () => {
    const broken = { kind: "tensor", type: "T", shape: "?", dtype: 3, storage: { id: 7, bytes: 96, offset: "x" } };
    const lecture = open("1 x=$x b=$broken c=$cut n=$none", {
      broken: broken as unknown as Value,
      cut: { kind: "sequence", type: "list", length: 2 } as unknown as Value,
      none: {
        kind: "tensor",
        type: "T",
        shape: [1],
        dtype: "float32",
        storage: { id: "7", bytes: -1 },
      } as unknown as Value,
    });
    expect(labels(lecture, 0)).toEqual(["x in main", "b in main"]);
    const shared = sharingOf(lecture).at(0).get(7)!;
    expect(relation(shared.holders[1], shared.holders[0], shared)).toBe("");
  });
});

describe("a write", () => {
  const told = (lecture: Lecture, position: number, name: string, call = 0) => {
    const write = sharingOf(lecture).writeTo(holder(lecture, position, name, call), position);
    return write && { ...write, through: write.through?.name ?? null };
  };

  it("is told of the name that was written through, under the others", () => {
    const lecture = open(`
      1 x=$x y=$transposed
      2 x=$written y!=$transposedWritten
      3`);
    expect(told(lecture, 1, "y")).toEqual({ through: "x", line: 2, stale: false });
    expect(told(lecture, 1, "x")).toEqual({ through: null, line: 2, stale: false });
    expect(told(lecture, 2, "y")).toBeNull();
    expect(told(lecture, 0, "x")).toBeNull();
  });

  it("is told by its line where nothing in sight was asked for", () => {
    const lecture = open(`
      1 x=$x y=$transposed
      2 x!=$written y!=$transposedWritten`);
    expect(told(lecture, 1, "x")).toEqual({ through: null, line: 2, stale: false });
    expect(told(lecture, 1, "y")).toEqual({ through: null, line: 2, stale: false });
  });

  it("is told of the name that its line writes to, asked for or not", () => {
    const drawing = `
      1 x=$x y=$transposed
      2 x!=$written y!=$transposedWritten`;
    for (const statement of ["y[0, 0] = 1", "y += 1", "y //= 2", "y.mul_(2)", "    y [1:] = 0", "y[0].add_(1)"]) {
      const trace = traceFromText(drawing, values);
      trace.files[0].text = `def main():\n${statement}\n`;
      const lecture = openLecture(trace);
      expect([told(lecture, 1, "x"), told(lecture, 1, "y")]).toEqual([
        { through: "y", line: 2, stale: false },
        { through: null, line: 2, stale: false },
      ]);
    }
    const trace = traceFromText(drawing, values);
    trace.files[0].text = "def main():\nf(y)\n";
    expect(told(openLecture(trace), 1, "x")).toEqual({ through: null, line: 2, stale: false });
  });

  it("is no write when a name becomes another array, or another part of the same memory", () => {
    const lecture = open(`
      1 x=$x r=$row
      2 r=$last`);
    expect(told(lecture, 1, "r")).toBeNull();
    expect(told(lecture, 1, "x")).toBeNull();
  });

  it("inside a call reaches what its callers hold, which is looked at again when the call is over", () => {
    const lecture = open(`
      1 x=$x r=$row
      2
        10 a=$last
        11 a=$lastWritten
      ^ x!=$written
      3`);
    expect(told(lecture, 3, "a", 1)).toEqual({ through: null, line: 11, stale: false });
    expect(told(lecture, 3, "x")).toEqual({ through: "a", line: 11, stale: true });
    expect(told(lecture, 3, "r")).toBeNull(); // another row
    expect(told(lecture, 4, "x")).toEqual({ through: null, line: 2, stale: false });
  });
});
