/** An author's `style`, cut down to what changes the look of one output and nothing around it. */
import type { CSSProperties } from "react";
import type { Words } from "../format/generated";
import { inkOn, legible } from "../theme/legible";

const PROPERTIES = new Set(
  `color backgroundColor opacity borderRadius boxShadow textShadow
   fontSize fontWeight fontStyle fontFamily fontVariant lineHeight letterSpacing
   textAlign textDecoration textTransform textIndent whiteSpace display verticalAlign float clear
   width maxWidth minWidth height maxHeight minHeight aspectRatio objectFit
   margin marginTop marginRight marginBottom marginLeft
   padding paddingTop paddingRight paddingBottom paddingLeft
   border borderTop borderRight borderBottom borderLeft borderColor borderWidth borderStyle`.split(/\s+/),
);

/** Plain words, numbers, colours and lengths, and these functions only: nothing that loads, reads or computes elsewhere. */
const VALUE = /^[\w\s.,#%"'()+/-]{1,120}$/;
const FUNCTIONS = new Set(["rgb", "rgba", "hsl", "hsla", "oklch", "oklab", "calc", "min", "max", "clamp"]);
const DISPLAYS = new Set(["block", "inline", "inline-block", "none", "flex", "grid"]);

/** The safe part of a style, its colours legible in the scheme that is on; undefined when nothing is left of it. */
export function authorStyle(style: Words["style"]): CSSProperties | undefined {
  const safe = safeStyle(style);
  if (!safe) return undefined;
  const { color, backgroundColor } = safe;
  if (backgroundColor) return { ...safe, color: color ?? inkOn(String(backgroundColor)) };
  return color ? { ...safe, color: legible(color) } : safe;
}

/** The safe part of a style; undefined when nothing is left of it. */
export function safeStyle(style: Words["style"]): CSSProperties | undefined {
  const safe: [string, string | number][] = [];
  for (const [name, value] of Object.entries(style ?? {})) {
    if (PROPERTIES.has(name) && isSafe(name, value)) safe.push([name, value]);
  }
  return safe.length ? (Object.fromEntries(safe) as CSSProperties) : undefined;
}

function isSafe(name: string, value: unknown): value is string | number {
  if (typeof value === "number") return value >= 0 && value <= largest(name, "px"); // neither NaN nor negative
  if (typeof value !== "string" || !VALUE.test(value)) return false;
  const sizes = value.matchAll(/(\d*\.?\d+(?:e[+-]?\d+)?)([a-z%]*)/gi);
  if (![...sizes].every(([, size, unit]) => Number(size) <= largest(name, unit.toLowerCase()))) return false;
  if (name === "display") return DISPLAYS.has(value);
  if (name.startsWith("margin") && value.includes("-")) return false; // A negative margin would cover its neighbours.
  return [...value.matchAll(/([\w-]*)\(/g)].every((call) => FUNCTIONS.has(call[1] ?? ""));
}

/** So large may a size be, that one output does not drive out all others: in pixels, or in what is some of them. */
function largest(name: string, unit: string): number {
  const isText = name === "fontSize" || name === "letterSpacing" || name === "lineHeight";
  if (unit === "" || unit === "px" || unit === "pt") return isText ? 300 : 4000;
  if (unit === "%") return 1000;
  return isText ? 20 : 250;
}
