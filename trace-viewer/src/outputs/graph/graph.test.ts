import { describe, expect, it } from "vitest";
import { borderPoint, route, type Box } from "./geometry";
import { layered, simpleLayout } from "./layout";
import { readStylesheet } from "./stylesheet";

const node = (id: string, classes = "") => ({ group: "node" as const, id, classes });

describe("readStylesheet", () => {
  it("selects by the author's further fields, and takes looks from them", () => {
    const look = readStylesheet([
      { selector: "node[weight > 3]", style: { "background-color": "gold" } },
      { selector: "node[weight <= 3][kind = 'leaf']", style: { "background-color": "gray" } },
      { selector: "[best]", style: { "border-width": "data(weight)", "border-color": "data(hue)" } },
      { selector: "[constructor], [weight > 1.2.3], [weight = ]", style: { color: "red" } },
    ]);
    const styled = (data: Record<string, unknown>) => look({ ...node("a"), data });
    expect(styled({ weight: 4 })).toEqual({ fill: "gold" });
    expect(styled({ weight: 3, kind: "leaf" })).toEqual({ fill: "gray" });
    expect(styled({ weight: 2, best: true, hue: "teal" })).toEqual({ borderWidth: 2, border: "teal" });
    expect(styled({ best: true, hue: "url(x)", weight: "many" })).toEqual({});
    expect(styled({})).toEqual({});
  });

  it("lets later rules come before earlier ones, and reads either spelling", () => {
    const look = readStylesheet([
      { selector: "node", style: { "background-color": "#eee", shape: "ellipse", width: "40px" } },
      { selector: "node.hot, #b", style: { backgroundColor: "tomato" } },
      {
        selector: "edge",
        style: { "line-color": "rgb(1, 2, 3)", "line-style": "dashed", "target-arrow-shape": "none" },
      },
    ]);
    expect(look(node("a"))).toEqual({ fill: "#eee", shape: "ellipse", width: 40 });
    expect(look(node("a", "cold hot"))).toEqual({ fill: "tomato", shape: "ellipse", width: 40 });
    expect(look(node("b")).fill).toBe("tomato");
    expect(look({ group: "edge", id: "", classes: "" })).toEqual({ line: "rgb(1, 2, 3)", dash: "6 4", arrow: false });
  });

  it.each([
    null,
    "node { color: red }",
    [null, 3, {}, { selector: 3 }, { selector: "node", style: null }],
    [{ selector: "node[weight > 3]", style: { color: "red" } }],
    [
      {
        selector: "node",
        style: { "background-color": "url(javascript:alert(1))", width: -5, height: "1e9vw", opacity: "all" },
      },
    ],
    [
      {
        selector: "node",
        style: { color: "red;position:fixed", shape: { __proto__: 1 }, "background-image": "x.png" },
      },
    ],
  ])("takes nothing from %j", (sheet) => {
    expect(readStylesheet(sheet)(node("a"))).toEqual({});
  });
});

describe("geometry", () => {
  const box = (shape: Box["shape"]): Box => ({ x: 0, y: 0, width: 40, height: 20, shape });

  it.each<[Box["shape"], number, number]>([
    ["rectangle", 10, 10],
    ["ellipse", 20 / Math.sqrt(5), 20 / Math.sqrt(5)],
    ["diamond", 20 / 3, 20 / 3],
  ])("an edge meets a %s on its border", (shape, x, y) => {
    const point = borderPoint(box(shape), { x: 100, y: 100 });
    expect(point.x).toBeCloseTo(x);
    expect(point.y).toBeCloseTo(y);
  });

  it("edges of boxes in one place are still finite", () => {
    const path = route(box("ellipse"), { ...box("ellipse") }, 13).path;
    expect(path).not.toMatch(/NaN|Infinity/);
  });
});

describe("layouts", () => {
  const nodes = ["a", "b", "c"].map((id) => ({ id, label: id }));
  const sizes = new Map(nodes.map(({ id }) => [id, { width: 40, height: 30 }]));

  it("by layers put targets below sources", async () => {
    const edges = [
      { source: "a", target: "b" },
      { source: "b", target: "c" },
      { source: "c", target: "c" },
    ];
    const { places, ways } = await layered("breadthfirst", nodes, edges, sizes);
    expect(["a", "b", "c"].map((id) => places.get(id)?.y)).toEqual(
      ["a", "b", "c"].map((id) => places.get(id)?.y).sort((x = 0, y = 0) => x - y),
    );
    expect(ways.size).toBe(2);
  });

  it("by layers bear cycles and names that objects have", async () => {
    const odd = ["__proto__", "constructor", "a"].map((id) => ({ id, label: id }));
    const oddSizes = new Map(odd.map(({ id }) => [id, { width: 40, height: 30 }]));
    const edges = [
      { source: "constructor", target: "a" },
      { source: "a", target: "constructor" },
    ];
    const { places } = await layered("cose", odd, edges, oddSizes);
    expect([...places.values()].every((p) => Number.isFinite(p.x) && Number.isFinite(p.y))).toBe(true);
  });

  it("preset without positions is no preset", () => {
    expect(simpleLayout("preset", nodes, sizes)).toBeUndefined();
    expect(
      simpleLayout(
        "preset",
        nodes.map((n) => ({ ...n, x: 1, y: Infinity })),
        sizes,
      ),
    ).toBeUndefined();
    expect(
      simpleLayout(
        "preset",
        nodes.map((n) => ({ ...n, x: 1, y: 2 })),
        sizes,
      )?.places.get("a"),
    ).toEqual({ x: 1, y: 2 });
  });

  it.each(["circle", "grid", "random", "concentric"])("%s gives every node a place of its own", (name) => {
    const places = [...(simpleLayout(name, nodes, sizes)?.places.values() ?? [])];
    expect(new Set(places.map((p) => JSON.stringify(p))).size).toBe(3);
  });
});
