import { describe, expect, it } from "vitest";
import type { Sequence, Value } from "../format/generated";
import { tableOf } from "./forms";

const list = (items: Value[], length = items.length): Sequence => ({ kind: "sequence", type: "list", items, length });
const dict = (entries: [Value, Value][], length = entries.length): Value => ({
  kind: "mapping",
  type: "dict",
  entries,
  length,
});
const instance = (type: string, fields: [string, Value][]): Value => ({
  kind: "instance",
  type,
  fields,
  length: fields.length,
});

describe("a list of records", () => {
  it("of dicts with the same keys is a table, whatever their order", () => {
    const table = tableOf(
      list(
        [
          dict([
            ["step", 1],
            ["loss", 0.5],
          ]),
          dict([
            ["loss", 0.25],
            ["step", 2],
          ]),
        ],
        90,
      ),
    );
    expect(table).toMatchObject({ columns: ["step", "loss"], row_count: 90, index: [0, 1] });
    expect(table?.rows).toEqual([
      [1, 0.5],
      [2, 0.25],
    ]);
  });

  it("of instances of one type is a table", () => {
    expect(tableOf(list([instance("P", [["x", 1]]), instance("P", [["x", 2]])]))?.type).toBe("list of P");
  });

  it.each<[string, Value[]]>([
    ["one record", [dict([["a", 1]])]],
    ["other keys", [dict([["a", 1]]), dict([["b", 1]])]],
    [
      "more keys",
      [
        dict([["a", 1]]),
        dict([
          ["a", 1],
          ["b", 1],
        ]),
      ],
    ],
    [
      "the same key twice",
      [
        dict([
          ["a", 1],
          ["b", 1],
        ]),
        dict([
          ["a", 1],
          ["a", 2],
        ]),
      ],
    ],
    ["keys that are no strings", [dict([[1, 1]]), dict([[1, 1]])]],
    ["keys that are not recorded", [dict([["a", 1]], 2), dict([["a", 1]], 2)]],
    ["other types", [instance("P", [["x", 1]]), instance("Q", [["x", 1]])]],
    ["a number", [dict([["a", 1]]), 1]],
    ["no fields", [instance("P", []), instance("P", [])]],
  ])("with %s is none", (_, items) => {
    expect(tableOf(list(items))).toBeUndefined();
  });
});
