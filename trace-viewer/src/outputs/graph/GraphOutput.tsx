import { useEffect, useId, useMemo, useState } from "react";
import type { Edge, Graph, Node } from "../../format/generated";
import { inkOn } from "../../theme/legible";
import { Missing } from "../Missing";
import type { OutputProps } from "../OutputView";
import { authorStyle } from "../style";
import { bounds, route, routeThrough, type Box, type Point, type Route } from "./geometry";
import { labelLines, sizeOf } from "./labels";
import { layered, simpleLayout, type Layout } from "./layout";
import { readStylesheet, type Look } from "./stylesheet";
import "./graph.css";
import { heightOf } from "./LazyGraph";
import { Wide } from "../Wide";

const MOST_NODES = 400;
const MOST_EDGES = 1500;
const MARGIN = 14;
/** Labels may be shrunk and enlarged by no more than this to fit the room the author gave. */
const [SMALLEST, LARGEST] = [0.85, 1.15];

/** `graph()`: nodes and the edges between them, as one picture. */
export default function GraphOutput({ output }: OutputProps<Graph>) {
  const { layout: name = "preset", style } = output;
  const width = Math.min(Math.max(output.width ?? 500, 60), 4000);
  const height = heightOf(output);
  const { nodes, edges, left } = useMemo(() => wellFormed(output), [output]);
  const look = useMemo(() => readStylesheet(output.stylesheet), [output.stylesheet]);
  const looks = useMemo(
    () =>
      new Map(
        nodes.map((node) => [
          node.id,
          look({ group: "node", id: node.id, classes: node.classes ?? "", data: node.data }),
        ]),
      ),
    [nodes, look],
  );
  const sizes = useMemo(
    () => new Map(nodes.map((node) => [node.id, sizeOf(node.label, looks.get(node.id) ?? {})])),
    [nodes, looks],
  );
  const layout = useLayout(name, nodes, edges, sizes);

  if (nodes.length === 0) return <Missing what="A graph" why="It has no nodes." />;
  return (
    <figure className="graph" style={authorStyle(style)}>
      {layout ? (
        <Picture
          {...{ nodes, edges, layout, sizes, looks, width, height }}
          edgeLook={(edge) => look({ group: "edge", id: "", classes: edge.classes ?? "", data: edge.data })}
        />
      ) : (
        <div style={{ height }} />
      )}
      <ul className="visually-hidden">
        {edges.slice(0, 60).map((edge, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>{`${edge.source} → ${edge.target}${edge.label ? `: ${edge.label}` : ""}`}</li>
        ))}
      </ul>
      {left ? <figcaption>{left}</figcaption> : null}
    </figure>
  );
}

type PictureProps = {
  nodes: Node[];
  edges: Edge[];
  layout: Layout;
  sizes: Map<string, { width: number; height: number }>;
  looks: Map<string, Look>;
  edgeLook: (edge: Edge) => Look;
  width: number;
  height: number;
};

function Picture({ nodes, edges, layout, sizes, looks, edgeLook, width, height }: PictureProps) {
  const id = useId();
  const boxes = new Map<string, Box>(
    nodes.map((node) => [
      node.id,
      {
        x: 0,
        y: 0,
        ...layout.places.get(node.id),
        width: 0,
        height: 0,
        ...sizes.get(node.id),
        shape: looks.get(node.id)?.shape ?? "rectangle",
      },
    ]),
  );
  const bends = bendsOf(edges);
  const routes = edges.map((edge, index) => {
    const [from, to] = [boxes.get(edge.source) as Box, boxes.get(edge.target) as Box];
    const way = layout.ways.get(index);
    return way ? routeThrough(from, to, way) : route(from, to, bends[index] ?? 0);
  });
  const area = bounds(
    [...boxes.values()],
    edges.flatMap((edge, index) => extentOf(edge, routes[index] as Route)),
  );
  const [w, h] = [area.width + 2 * MARGIN, area.height + 2 * MARGIN];
  const scale = Math.min(LARGEST, Math.max(SMALLEST, Math.min(width / w, height / h)));
  return (
    <Wide width={w * scale}>
      <svg
        role="img"
        aria-label={`Graph of ${nodes.length} nodes and ${edges.length} edges`}
        viewBox={`${area.x - MARGIN} ${area.y - MARGIN} ${w} ${h}`}
        width={w * scale}
        height={h * scale}
      >
        <defs>
          <marker
            id={`${id}arrow`}
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0 1L10 5L0 9z" fill="context-stroke" />
          </marker>
        </defs>
        {edges.map((edge, index) => {
          const look = edgeLook(edge);
          const { path, middle } = routes[index] as Route;
          return (
            // oxlint-disable-next-line react/no-array-index-key
            <g key={index} opacity={look.opacity}>
              <path
                className="graph-edge"
                d={path}
                style={{
                  stroke: look.line,
                  strokeWidth: look.width === undefined ? undefined : Math.min(look.width, 12),
                }}
                strokeDasharray={look.dash}
                markerEnd={look.arrow === false ? undefined : `url(#${id}arrow)`}
              />
              {edge.label ? (
                <text
                  className={edge.source === edge.target ? "graph-edge-label after" : "graph-edge-label"}
                  x={middle.x}
                  y={middle.y}
                  style={{ fill: look.ink }}
                >
                  {labelLines(edge.label)[0]}
                </text>
              ) : null}
            </g>
          );
        })}
        {nodes.map((node) => (
          <NodeShape key={node.id} box={boxes.get(node.id) as Box} label={node.label} look={looks.get(node.id) ?? {}} />
        ))}
      </svg>
    </Wide>
  );
}

/** Where an edge and its label reach to, beyond the nodes. */
function extentOf({ source, target, label = "" }: Edge, { middle }: Route): Point[] {
  const words = Math.min(label.length, 60) * 6.5;
  const left = source === target ? 0 : words / 2;
  return [
    { x: middle.x - left, y: middle.y },
    { x: middle.x + (source === target ? words + 8 : left), y: middle.y },
  ];
}

function NodeShape({ box, label, look }: { box: Box; label: string; look: Look }) {
  const { x, y, width, height, shape } = box;
  const [left, right, top, bottom] = [x - width / 2, x + width / 2, y - height / 2, y + height / 2];
  const paint = {
    className: "graph-node",
    style: { fill: look.fill, stroke: look.border, strokeWidth: look.borderWidth },
  };
  const lines = labelLines(label);
  const size = look.fontSize ?? 14;
  const slant = Math.min(width / 4, 18);
  return (
    <g opacity={look.opacity}>
      {shape === "ellipse" ? (
        <ellipse cx={x} cy={y} rx={width / 2} ry={height / 2} {...paint} />
      ) : shape === "diamond" ? (
        <path d={`M${left} ${y}L${x} ${top}L${right} ${y}L${x} ${bottom}z`} {...paint} />
      ) : shape === "hexagon" ? (
        <path
          d={`M${left} ${y}L${left + slant} ${top}H${right - slant}L${right} ${y}L${right - slant} ${bottom}H${left + slant}z`}
          {...paint}
        />
      ) : (
        <rect x={left} y={top} width={width} height={height} rx={6} {...paint} />
      )}
      <text className="graph-label" style={{ fill: look.ink ?? (look.fill && inkOn(look.fill)), fontSize: size }}>
        {lines.map((line, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <tspan key={index} x={x} y={y + (index - (lines.length - 1) / 2) * size * 1.25}>
            {line}
          </tspan>
        ))}
      </text>
    </g>
  );
}

/** The layout: at once where that is simple, else when the library has come. */
function useLayout(name: string, nodes: Node[], edges: Edge[], sizes: PictureProps["sizes"]): Layout | undefined {
  const simple = useMemo(() => (nodes.length ? simpleLayout(name, nodes, sizes) : undefined), [name, nodes, sizes]);
  const [later, setLater] = useState<{ of: Node[]; layout: Layout }>();
  useEffect(() => {
    if (simple || nodes.length === 0) return undefined;
    let current = true;
    layered(name, nodes, edges, sizes)
      .catch(() => simpleLayout("grid", nodes, sizes) as Layout)
      .then((layout) => current && setLater({ of: nodes, layout }));
    return () => {
      current = false;
    };
  }, [simple, name, nodes, edges, sizes]);
  return simple ?? (later?.of === nodes ? later.layout : undefined);
}

/** Nodes with ids of their own and edges between them, as many as one picture holds; and a sentence about the rest. */
function wellFormed({ nodes, edges }: Graph): { nodes: Node[]; edges: Edge[]; left: string } {
  const byId = new Map<string, Node>();
  for (const node of nodes) if (byId.size < MOST_NODES && !byId.has(node.id)) byId.set(node.id, node);
  const kept = edges.filter((edge) => byId.has(edge.source) && byId.has(edge.target)).slice(0, MOST_EDGES);
  const without = nodes.length - byId.size + (edges.length - kept.length);
  return {
    nodes: [...byId.values()],
    edges: kept,
    left: without ? `Not drawn: ${nodes.length - byId.size} nodes and ${edges.length - kept.length} edges.` : "",
  };
}

/** How far each edge is bent, in pixels: edges between the same two nodes lie side by side. */
function bendsOf(edges: Edge[]): number[] {
  const together = new Map<string, number[]>();
  edges.forEach(({ source, target }, index) => {
    const key = JSON.stringify([source, target].toSorted());
    const others = together.get(key);
    if (others) others.push(index);
    else together.set(key, [index]);
  });
  const bends = edges.map(() => 0);
  for (const group of together.values()) {
    group.forEach((index, place) => {
      const { source, target } = edges[index] as Edge;
      bends[index] = (place - (group.length - 1) / 2) * 26 * (source < target ? 1 : -1);
    });
  }
  return bends;
}
