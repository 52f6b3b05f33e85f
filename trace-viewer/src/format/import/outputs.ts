/** Renderings of foreign traces, as outputs. */
import type { Output, Target } from "../generated";
import { isObject, words } from "./objects";

export interface Rendering {
  type?: unknown;
  data?: unknown;
  style?: unknown;
  external_link?: unknown;
  internal_link?: unknown;
}

/** `targetOf` finds a place in the recorded source, if it is there. */
export function toOutput(
  { type, data, style: given, external_link, internal_link }: Rendering,
  targetOf: (link: Record<string, unknown>, name: string) => Target | null,
): Output {
  const text = words(data);
  const style = toStyle(given);
  const styled = style ? { style } : {};
  switch (type) {
    case "markdown":
      if (isVerbatim(given)) return { kind: "text", text, verbatim: true };
      return { kind: "text", text, ...styled };
    case "image":
      return { kind: "image", source: fromRoot(text), ...styled };
    case "video":
      return { kind: "video", source: fromRoot(text), ...styled };
    case "note":
      return { kind: "note", text };
    case "plot":
      if (isObject(data)) return { kind: "plot", spec: data };
      break;
    case "graph":
      if (isObject(data)) return { ...toGraph(data), ...styled };
      break;
    case "link": {
      const target = isObject(internal_link) ? targetOf(internal_link, text) : null;
      if (target) return { kind: "link", label: text || target.name, target, ...styled };
      const reference = isObject(external_link) ? toReference(external_link) : null;
      const label = text || reference?.title || reference?.url || placeOf(internal_link) || "link";
      return { kind: "link", label, ...(reference && { reference }), ...styled };
    }
    default: // "text" is verbatim; of a type that came later the words are shown, if it has any
      if (typeof data === "string") return { kind: "text", text, verbatim: true, ...styled };
  }
  return { kind: "placeholder", of: words(type) || "output", label: text, reason: "This viewer cannot show it." };
}

const VERBATIM = { whiteSpace: "pre", fontFamily: "monospace" };

/** Verbatim text comes as one rendering a line. */
export function joined(renderings: Rendering[]): Rendering[] {
  const whole: Rendering[] = [];
  const lines: string[] = [];
  const join = () => {
    if (lines.length > 0) whole.push({ type: "markdown", data: lines.splice(0).join("\n"), style: VERBATIM });
  };
  for (const rendering of renderings) {
    if (rendering.type === "markdown" && isVerbatim(rendering.style)) lines.push(words(rendering.data));
    else {
      join();
      whole.push(rendering);
    }
  }
  join();
  return whole;
}

function isVerbatim(style: unknown): boolean {
  return isObject(style) && style.whiteSpace === "pre" && style.fontFamily === "monospace";
}

function toStyle(style: unknown): Record<string, string | number> | null {
  const entries = Object.entries(isObject(style) ? style : {}).filter(
    ([, value]) => typeof value === "string" || Number.isFinite(value),
  );
  return entries.length > 0 ? (Object.fromEntries(entries) as Record<string, string | number>) : null;
}

/** A source that is not in the trace is named, at least. */
function placeOf(link: unknown): string {
  return isObject(link) && words(link.path) ? `${words(link.path)}:${words(link.line_number)}` : "";
}

function toReference(link: Record<string, unknown>) {
  const found: Record<string, string | string[]> = {};
  for (const key of ["title", "organization", "date", "url", "description", "notes"]) {
    if (typeof link[key] === "string") found[key] = link[key];
  }
  if (Array.isArray(link.authors)) found.authors = link.authors.filter((author) => typeof author === "string");
  return found as { title?: string; url?: string };
}

/** Foreign traces name pictures from the root of the project; a trace of ours from its own folder, `var/traces`. */
function fromRoot(path: string): string {
  return /^[a-z]+:/i.test(path) || path.startsWith("/") ? path : `../../${path}`;
}

type Element = Record<string, unknown>;
type Fields = Record<string, string | number | boolean | null>;

/** A graph comes in Cytoscape's form: `{data: {id, label, …}, position: {x, y}, classes}`. */
function toGraph({ nodes, edges, layout, stylesheet, width, height }: Element): Extract<Output, { kind: "graph" }> {
  return {
    kind: "graph",
    nodes: list(nodes).map(({ data, position, classes }) => {
      const fields = isObject(data) ? data : {};
      const at = isObject(position) ? position : {};
      const id = words(fields.id);
      const label = words(fields.label) || id;
      return {
        id,
        label,
        ...(Number.isFinite(at.x) && Number.isFinite(at.y) && { x: at.x as number, y: at.y as number }),
        ...(words(classes) && { classes: words(classes) }),
        ...further(fields, ["id", "label"]),
      };
    }),
    edges: list(edges).map(({ data, classes }) => {
      const fields = isObject(data) ? data : {};
      return {
        source: words(fields.source),
        target: words(fields.target),
        ...(words(fields.label) && { label: words(fields.label) }),
        ...(words(classes) && { classes: words(classes) }),
        ...further(fields, ["id", "source", "target", "label"]),
      };
    }),
    ...(isObject(layout) && typeof layout.name === "string" && layout.name !== "preset" && { layout: layout.name }),
    ...pixels({ width, height }),
    ...(list(stylesheet).length > 0 && { stylesheet: list(stylesheet) }),
  };
}

function further(fields: Element, known: string[]): { data?: Fields } {
  const entries = Object.entries(fields).filter(
    ([key, value]) => !known.includes(key) && (["string", "boolean"].includes(typeof value) || Number.isFinite(value)),
  );
  return entries.length > 0 ? { data: Object.fromEntries(entries) as Fields } : {};
}

function list(elements: unknown): Element[] {
  return Array.isArray(elements) ? elements.filter(isObject) : [];
}

/** Sizes that differ from those that a graph has by itself. */
function pixels(sizes: { width: unknown; height: unknown }): { width?: number; height?: number } {
  const known = Object.entries(sizes)
    .filter(([, size]) => Number.isFinite(size) && (size as number) >= 1 && (size as number) <= 10_000)
    .map(([name, size]) => [name, Math.floor(size as number)] as const)
    .filter(([name, size]) => size !== (name === "width" ? 500 : 200));
  return Object.fromEntries(known);
}
