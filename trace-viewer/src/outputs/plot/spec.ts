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

/** The ground that a specification paints itself on, if it does: what is on it must be legible there, whatever the page is. */
export function groundOf(spec: Spec): string | undefined {
  const ground = spec.background ?? (isObject(spec.config) ? spec.config.background : undefined);
  return typeof ground === "string" && !/^(?:|none|transparent)$/i.test(ground.trim()) ? ground : undefined;
}

export interface PlotData {
  columns: string[];
  rows: string[][];
  /** How many rows there are in all. */
  count: number;
}

const MOST_ROWS = 60;
const MOST_COLUMNS = 8;

/** The data that a specification carries, as a table of words; undefined where it carries none. */
export function dataOf(spec: Spec): PlotData | undefined {
  const data = [spec, ...layersOf(spec)]
    .map(({ data }) => data)
    .find((each) => isObject(each) && Array.isArray(each.values));
  if (!isObject(data)) return undefined;
  const values = data.values as unknown[];
  const shown = values.slice(0, MOST_ROWS).map((row) => (isObject(row) ? row : { value: row }));
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))].slice(0, MOST_COLUMNS);
  if (columns.length === 0) return undefined;
  const cell = (row: Spec, column: string) => {
    const value = Object.hasOwn(row, column) ? row[column] : "";
    return (typeof value === "object" && value ? JSON.stringify(value) : String(value ?? "")).slice(0, 80);
  };
  return { columns, rows: shown.map((row) => columns.map((column) => cell(row, column))), count: values.length };
}

function layersOf(spec: Spec): Spec[] {
  return ["layer", "concat", "hconcat", "vconcat"].flatMap((name) => {
    const parts = spec[name];
    return Array.isArray(parts) ? parts.slice(0, 20).filter(isObject) : [];
  });
}
