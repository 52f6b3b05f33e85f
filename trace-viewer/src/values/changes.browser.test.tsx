import { expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import "../theme/index.css";
import type { Value } from "../format/generated";
import { ValueInline } from "./ValueInline";
import { ValueView } from "./ValueView";

const list = (items: Value[], length = items.length): Value => ({ kind: "sequence", type: "list", items, length });
const dict = (entries: [Value, Value][], length = entries.length): Value => ({
  kind: "mapping",
  type: "dict",
  entries,
  length,
});
const long = (start: string) => start + "x".repeat(70);

const show = async (value: Value, before?: Value) =>
  (await render(<ValueView value={value} changed before={before} />)).container;
const texts = (page: Element, selector: string) => [...page.querySelectorAll(selector)].map((e) => e.textContent);

it("an item that was put in is marked on its line, and one that is gone is struck", async () => {
  const page = await show(list([1, 9, 2]), list([1, 2, 3]));
  expect(texts(page, "ins")).toEqual([]);
  expect(texts(page, "mark")).toEqual(["9", "2"]);
  const other = await show(list(["th", "e"]), list(["t", "h", "e"]));
  expect([texts(other, "ins"), texts(other, "del")]).toEqual([["'th'"], ["'t', 'h'"]]);
  expect(getComputedStyle(other.querySelector("ins") as Element).textDecorationLine).toBe("underline");
});

it("entries of an open dict say whether they are new, others or gone", async () => {
  const page = await show(
    dict([
      ["kept", long("a")],
      ["other", 2],
      ["new", 3],
    ]),
    dict([
      ["kept", long("a")],
      ["gone", long("b")],
      ["other", 1],
    ]),
  );
  const rows = [...page.querySelectorAll<HTMLElement>(".value-entry")];
  expect(rows.map((row) => row.dataset.change)).toEqual([undefined, "removed", "changed", "added"]);
  expect(rows[2]?.title).toBe("was 1");
  expect(rows.map((row) => row.querySelector(".visually-hidden")?.textContent)).toEqual([
    undefined,
    " (gone)",
    " (was 1)",
    " (new)",
  ]);
  expect(rows[1]?.querySelector("dd del")?.textContent).toContain("bxxx");
});

it("a change deep inside is marked where it is, and on the way there", async () => {
  const deep = (last: number) => list([long("a"), list([long("b"), list([long("c"), last])])]);
  const page = await show(deep(2), deep(1));
  for (const opened of [1, 2]) {
    const closed = page.querySelector(".value-fold:not([open]) > summary") as Element;
    await userEvent.click(closed);
    await expect.poll(() => page.querySelectorAll("[open]").length).toBe(opened + 1);
  }
  expect(texts(page, ".value-entry[data-change] > dt").at(-1)).toContain("was 1");
  expect(page.querySelectorAll(".value-entry[data-change='changed']")).toHaveLength(3);
});

it("the characters of a string that differ are marked, and those that are gone", async () => {
  const page = await show("the quick fox\n", "the slow fox\n");
  expect([texts(page, "ins"), texts(page, "del")]).toEqual([["quick"], ["slow"]]);
  const short = await show("helo", "hello");
  expect(texts(short, "del")).toEqual(["l"]);
});

it("what did not change has no marks, nor has what is something else now", async () => {
  for (const [value, before] of [
    [list([1]), list([1])],
    [list([1]), 3],
    [3, list([1])],
    [list([1]), undefined],
  ] as [Value, Value | undefined][]) {
    expect((await show(value, before)).querySelector("ins, del, mark, [data-change]")).toBeNull();
  }
});

it("rows of a table that are new are marked, and cells that are others", async () => {
  const table = (rows: Value[][]): Value => ({
    kind: "records",
    type: "DataFrame",
    columns: ["a", "b"],
    rows,
    row_count: rows.length,
    column_count: 2,
  });
  const cells = async (now: Value[][], before: Value[][]) => {
    const page = await show(table(now), table(before));
    await expect.poll(() => page.querySelector("tbody")).not.toBeNull();
    return page;
  };
  const other = await cells(
    [
      [1, 2],
      [3, 9],
    ],
    [
      [1, 2],
      [3, 4],
    ],
  );
  expect(texts(other, "td[data-change]")).toEqual(["9"]);
  expect(other.querySelector<HTMLElement>("td[data-change]")?.title).toBe("was 4");
  const more = await cells(
    [
      [1, 2],
      [5, 6],
    ],
    [[1, 2]],
  );
  expect(texts(more, "tr[data-change='added'] td")).toEqual(["5", "6"]);
  expect(
    (
      await cells(
        [[1, 2]],
        [
          [0, 0],
          [1, 2],
        ],
      )
    ).textContent,
  ).toContain("1 row is gone");
});

it("a line marks what it was given to compare", async () => {
  const view = await render(<ValueInline value={list([1, 2])} before={list([1])} />);
  expect(texts(view.container, "ins")).toEqual(["2"]);
});

it("a value and what it was may be anything", async () => {
  const hostile: unknown[] = [
    { kind: "sequence" },
    { kind: "mapping", type: "dict", entries: [1, null], length: 2 },
    { kind: "tokens" },
    { kind: "module" },
    { kind: "records" },
    { kind: "instance", type: 3, fields: "no", length: -1 },
    {},
    [],
  ];
  for (const value of hostile) {
    for (const before of hostile) {
      const page = await show(value as Value, before as Value);
      expect(page.firstElementChild).not.toBeNull();
    }
  }
});
