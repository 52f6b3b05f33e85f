/** A Vega-Lite specification as we are willing to draw it. Pure: no Vega needed. */

export type Spec = Record<string, unknown>;

const HEIGHT = 280;
const LARGEST = 4000;

/** Room to keep for a plot that is not drawn yet, in pixels: its height, its axes and its title. */
export function heightOf(spec: Spec): number {
  const height = typeof spec.height === "number" ? Math.min(spec.height, LARGEST) : HEIGHT;
  return height + 48 + (spec.title ? 24 : 0);
}

/**
 * A copy that is ours to change: `container` sizes as numbers, nothing absurdly large, and none of what steers the
 * program around the plot (`usermeta`, `config.events`).
 */
export function tamed(spec: Spec, room: number): Spec {
  const { usermeta: _, ...rest } = structuredClone(spec);
  const tame: Spec = rest;
  tame.width = sized(tame.width, Math.max(120, room - 72));
  tame.height = sized(tame.height, HEIGHT);
  for (const side of ["width", "height"]) if (tame[side] === undefined) delete tame[side];
  if (isObject(tame.config)) delete tame.config.events;
  return tame;
}

/** Plots without sizes of their own fill the room they have, up to a comfortable width. */
export function defaultSize(room: number): { continuousWidth: number; continuousHeight: number } {
  return { continuousWidth: Math.max(120, Math.min(room - 72, 520)), continuousHeight: HEIGHT };
}

/** Whether it is written in full Vega rather than in Vega-Lite. */
export function isVega(spec: Spec): boolean {
  return typeof spec.$schema === "string" && /\/schema\/vega\/v\d/.test(spec.$schema);
}

function sized(size: unknown, container: number): unknown {
  if (size === "container") return container;
  return typeof size === "number" ? Math.max(1, Math.min(size, LARGEST)) : size;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
