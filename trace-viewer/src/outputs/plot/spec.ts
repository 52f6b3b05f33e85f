/** A Vega-Lite specification as we are willing to draw it. Pure: no Vega needed. */

export type Spec = Record<string, unknown>;

const HEIGHT = 280;
const LARGEST = 4000;

/** In less room than this, in pixels, a legend stands above its plot: beside it, it would take a third of the width. */
const NARROW = 480;
/** The columns that it has there. */
export const LEGEND_COLUMNS = 2;

export function isNarrow(room: number): boolean {
  return room < NARROW;
}

/** Room to keep for a plot that is not drawn yet, in pixels: its height, its axes, its title, and a legend above it. */
export function heightOf(spec: Spec, room = NARROW): number {
  const height = typeof spec.height === "number" ? Math.min(spec.height, LARGEST) : HEIGHT;
  const entries = isNarrow(room) ? legendEntries(spec) : 0;
  return height + 48 + (spec.title ? 24 : 0) + (entries > 0 ? 36 + 15 * Math.ceil(entries / LEGEND_COLUMNS) : 0);
}

/**
 * A copy that is ours to change: `container` sizes as numbers, nothing absurdly large, and none of what steers the
 * program around the plot (`usermeta`, `config.events`).
 */
export function tamed(spec: Spec, room: number): Spec {
  const { usermeta: _, ...rest } = structuredClone(spec);
  const tame: Spec = rest;
  if (tame.width === "container" && !isComposed(tame) && tame.autosize === undefined) {
    // Axes and legend within the room, so that nothing is shrunk to fit, and words stay as large as they should be.
    tame.autosize = { type: "fit-x", contains: "padding" };
    tame.width = Math.max(120, room);
  }
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

/** Whether it is several plots in one. */
function isComposed(spec: Spec): boolean {
  const encoding = isObject(spec.encoding) ? spec.encoding : {};
  const parts = ["concat", "hconcat", "vconcat", "facet", "repeat", "spec"];
  return isVega(spec) || parts.some((part) => part in spec) || ["row", "column", "facet"].some((by) => by in encoding);
}

/** How many colours a plot explains, as far as its own data tell. */
function legendEntries(spec: Spec): number {
  const color = isObject(spec.encoding) ? spec.encoding.color : undefined;
  const values = isObject(spec.data) ? spec.data.values : undefined;
  if (!isObject(color) || typeof color.field !== "string" || color.legend === null || !Array.isArray(values)) return 0;
  const field = color.field.replaceAll("\\", "");
  return new Set(values.slice(0, 1000).map((row) => (isObject(row) && Object.hasOwn(row, field) ? row[field] : null)))
    .size;
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
