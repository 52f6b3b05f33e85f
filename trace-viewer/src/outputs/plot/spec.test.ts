import { expect, it } from "vitest";
import { heightOf, isVega, tamed } from "./spec";

it("takes out what steers the program around the plot and leaves the original alone", () => {
  const spec = {
    usermeta: { embedOptions: { loader: {} } },
    config: { events: { selector: true }, mark: { color: "red" } },
    mark: "bar",
    width: "container",
    height: 1e9,
  };
  const before = structuredClone(spec);
  expect(tamed(spec, 600)).toEqual({ config: { mark: { color: "red" } }, mark: "bar", width: 528, height: 4000 });
  expect(spec).toEqual(before);
});

it("keeps steps and leaves absent sizes absent", () => {
  expect(tamed({ mark: "bar", width: { step: 20 } }, 600)).toEqual({ mark: "bar", width: { step: 20 } });
});

it("keeps room for a plot before it is drawn", () => {
  expect(heightOf({ height: 100, title: "t" })).toBe(172);
  expect(heightOf({})).toBe(328);
});

it("knows full Vega by its schema", () => {
  expect(isVega({ $schema: "https://vega.github.io/schema/vega/v6.json" })).toBe(true);
  expect(isVega({ $schema: "https://vega.github.io/schema/vega-lite/v6.json" })).toBe(false);
});
