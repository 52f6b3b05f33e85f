import { expect, it } from "vitest";
import { dataOf, groundOf, heightOf, isVega, tamed } from "./spec";

it("takes out what steers the program around the plot and leaves the original alone", () => {
  const spec = {
    usermeta: { embedOptions: { loader: {} } },
    config: { events: { selector: true }, mark: { color: "red" } },
    mark: "bar",
    width: "container",
    height: 1e9,
  };
  const before = structuredClone(spec);
  const autosize = { type: "fit-x", contains: "padding" };
  expect(tamed(spec, 600)).toEqual({
    config: { mark: { color: "red" } },
    mark: "bar",
    autosize,
    width: 600,
    height: 4000,
  });
  expect(spec).toEqual(before);
});

it("keeps steps and leaves absent sizes absent", () => {
  expect(tamed({ mark: "bar", width: { step: 20 } }, 600)).toEqual({ mark: "bar", width: { step: 20 } });
});

it("leaves plots of several parts room for their axes, and one that fits itself as it is", () => {
  for (const part of [{ hconcat: [] }, { facet: {} }, { encoding: { row: {} } }])
    expect(tamed({ width: "container", ...part }, 600)).toMatchObject({ width: 528 });
  expect(tamed({ width: "container", autosize: "none" }, 600)).toMatchObject({ width: 528, autosize: "none" });
});

it("keeps room for a plot before it is drawn", () => {
  expect(heightOf({ height: 100, title: "t" })).toBe(172);
  expect(heightOf({})).toBe(328);
});

it("keeps room for a legend, too, where that stands above the plot", () => {
  const values = ["one", "two", "three"].map((kind) => ({ "a.b": kind }));
  const spec = { data: { values }, encoding: { color: { field: "a\\.b" } }, height: 100 };
  expect(heightOf(spec, 800)).toBe(148);
  expect(heightOf(spec, 390)).toBeGreaterThan(148 + 30);
  expect(heightOf({ ...spec, encoding: { color: { field: "a\\.b", legend: null } } }, 390)).toBe(148);
});

it("knows full Vega by its schema", () => {
  expect(isVega({ $schema: "https://vega.github.io/schema/vega/v6.json" })).toBe(true);
  expect(isVega({ $schema: "https://vega.github.io/schema/vega-lite/v6.json" })).toBe(false);
});

it("knows the ground that a plot paints itself on", () => {
  expect(groundOf({ background: "white" })).toBe("white");
  expect(groundOf({ config: { background: "#fff" } })).toBe("#fff");
  expect(groundOf({ background: "transparent", config: { background: "#fff" } })).toBeUndefined();
  expect(groundOf({ background: { signal: "x" } })).toBeUndefined();
});

it("says the data of a plot as a table, as much as anyone listens to", () => {
  expect(
    dataOf({
      data: {
        values: [
          { x: 1, y: null },
          { x: 2, z: { a: 1 } },
        ],
      },
    }),
  ).toEqual({
    columns: ["x", "y", "z"],
    rows: [
      ["1", "", ""],
      ["2", "", '{"a":1}'],
    ],
    count: 2,
  });
  expect(dataOf({ layer: [{ data: { values: [1, 2] } }] })?.rows).toEqual([["1"], ["2"]]);
  expect(dataOf({ data: { values: Array.from({ length: 1000 }, (_, x) => ({ x })) } })).toMatchObject({ count: 1000 });
  expect(dataOf({ data: { values: Array.from({ length: 1000 }, (_, x) => ({ x })) } })?.rows).toHaveLength(60);
  expect(dataOf({ data: { url: "x.csv" } })).toBeUndefined();
  expect(dataOf({ data: { values: [JSON.parse('{"__proto__": 1}')] } })?.columns).toEqual(["__proto__"]);
});
