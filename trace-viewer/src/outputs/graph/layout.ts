/** Where the nodes of a graph go, and the way of its edges where the layout gives one. */
import type { Edge, Node } from "../../format/generated";
import type { Point } from "./geometry";

export type Size = { width: number; height: number };
export type Layout = { places: Map<string, Point>; /** Points of an edge, by its index. */ ways: Map<number, Point[]> };

const MOST_IN_LAYERS = 300;

/** Whether every node says where it is. */
export function isPlaced(nodes: Node[]): boolean {
  return nodes.every(
    ({ x, y }) => Number.isFinite(x) && Number.isFinite(y) && Math.abs(x as number) + Math.abs(y as number) < 1e6,
  );
}

/** The layouts that need no help; undefined when the graph has to be laid out in layers, by `layered`. */
export function simpleLayout(name: string, nodes: Node[], sizes: Map<string, Size>): Layout | undefined {
  if (name === "preset" && isPlaced(nodes)) {
    return laidOut(nodes, ({ x, y }) => ({ x: x as number, y: y as number }));
  }
  const widest = Math.max(...[...sizes.values()].map((size) => size.width));
  const tallest = Math.max(...[...sizes.values()].map((size) => size.height));
  if (name === "circle" || name === "concentric") {
    const radius = Math.max(40, (nodes.length * (widest + 24)) / (2 * Math.PI));
    return laidOut(nodes, (_, index) => {
      const angle = (index / nodes.length) * 2 * Math.PI - Math.PI / 2;
      return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
    });
  }
  if (name === "grid" || name === "random" || nodes.length > MOST_IN_LAYERS) {
    const columns = Math.ceil(Math.sqrt(nodes.length * 1.8));
    return laidOut(nodes, (_, index) => ({
      x: (index % columns) * (widest + 40),
      y: Math.floor(index / columns) * (tallest + 40),
    }));
  }
  return undefined;
}

/** Layers from sources to sinks, few crossings. Loads its library on first use. */
export async function layered(name: string, nodes: Node[], edges: Edge[], sizes: Map<string, Size>): Promise<Layout> {
  const { default: dagre } = await import("@dagrejs/dagre");
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: /^(lr|horizontal|dagre-lr)$/i.test(name) ? "LR" : "TB",
    nodesep: 28,
    ranksep: 44,
    edgesep: 16,
  });
  // Named by their numbers: an id may be anything, `__proto__` included.
  const names = new Map(nodes.map(({ id }, index) => [id, String(index)]));
  const named = (id: string) => names.get(id) as string;
  for (const { id } of nodes) graph.setNode(named(id), { ...(sizes.get(id) as Size) });
  edges.forEach(({ source, target, label }, index) => {
    const words = label ? { width: label.length * 7, height: 18, labelpos: "c" } : {};
    if (source !== target) graph.setEdge(named(source), named(target), { ...words, points: [] }, String(index));
  });
  dagre.layout(graph);
  const ways = new Map<number, Point[]>();
  for (const edge of graph.edges()) {
    const { points } = graph.edge(edge) as { points?: Point[] };
    if (points) ways.set(Number(edge.name), points);
  }
  return { ...laidOut(nodes, ({ id }) => graph.node(named(id)) as unknown as Point), ways };
}

function laidOut(nodes: Node[], place: (node: Node, index: number) => Point): Layout {
  const places = new Map<string, Point>();
  nodes.forEach((node, index) => {
    const { x, y } = place(node, index);
    places.set(node.id, { x, y });
  });
  return { places, ways: new Map() };
}
