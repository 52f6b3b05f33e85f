import { lazy, Suspense } from "react";
import type { Graph, Output } from "../../format/generated";
import type { OutputProps } from "../OutputView";

const load = () => import("./GraphOutput");
const GraphOutput = lazy(load);

/** `graph()`: what draws it is loaded when there is one. Its room is kept until then. */
export function LazyGraph(props: OutputProps<Graph>) {
  return (
    <Suspense fallback={<div style={{ height: heightOf(props.output) }} />}>
      <GraphOutput {...props} />
    </Suspense>
  );
}

/** In pixels: what the author wished, within reason. */
export function heightOf({ height }: Graph): number {
  return Math.min(Math.max(height ?? 200, 40), 4000);
}

/** Starts loading what draws graphs, if one is among these outputs; resolves when they can be drawn. */
export async function preloadGraphs(outputs: Output[]): Promise<void> {
  if (!outputs.some(({ kind }) => kind === "graph")) return;
  await load().catch(() => undefined); // offline just now, perhaps: the graph itself tries again
}
