/** The part of Cytoscape's style sheets that is about looks: which rules fit a node or an edge, and what they say. */

export type Shape = "rectangle" | "ellipse" | "diamond" | "hexagon";

/** How one node or edge looks, as far as the style sheet says. Colours are CSS colours, sizes pixels. */
export type Look = {
  fill?: string;
  ink?: string;
  border?: string;
  borderWidth?: number;
  shape?: Shape;
  width?: number;
  height?: number;
  fontSize?: number;
  line?: string;
  dash?: string;
  arrow?: boolean;
  opacity?: number;
};

type Data = Record<string, unknown>;

export type Styled = { group: "node" | "edge"; id: string; classes: string; data?: Data | null };

type Rule = { fits: (element: Styled) => boolean; look: (element: Styled) => Look };

/** A function from a node or edge to its look: later rules come before earlier ones, as in Cytoscape. */
export function readStylesheet(sheet: unknown): (element: Styled) => Look {
  const rules = Array.isArray(sheet) ? sheet.slice(0, 200).flatMap(readRule) : [];
  return (element) =>
    Object.assign({}, ...rules.filter((rule) => rule.fits(element)).map((rule) => rule.look(element))) as Look;
}

function readRule(rule: unknown): Rule[] {
  if (typeof rule !== "object" || rule === null) return [];
  const { selector, style, css } = rule as Record<string, unknown>;
  if (typeof selector !== "string") return [];
  const look = (element: Styled) => readLook((style ?? css) as unknown, element.data ?? {});
  return selector.split(",").flatMap((one) => {
    const fits = readSelector(one.trim());
    return fits ? [{ fits, look }] : [];
  });
}

/** `node`, `edge`, `*`, `.class`, `#id`, `[weight > 3]` and their combinations; any other selector fits nothing. */
function readSelector(selector: string): Rule["fits"] | undefined {
  const match = /^(node|edge|\*)?((?:[.#][\w-]+|\[[^\]]+\])*)$/.exec(selector);
  if (!match || selector === "") return undefined;
  const [, group, rest = ""] = match;
  const parts = (rest.match(/[.#][\w-]+|\[[^\]]+\]/g) ?? []).map(readPart);
  return (element) =>
    (!group || group === "*" || group === element.group) && parts.every((part) => part !== undefined && part(element));
}

function readPart(part: string): Rule["fits"] | undefined {
  const name = part.slice(1);
  if (part.startsWith("#")) return (element) => element.id === name;
  if (part.startsWith(".")) return (element) => element.classes.split(/\s+/).includes(name);
  const match = /^\[\s*([\w-]+)\s*(?:(!?=|[<>]=?)\s*("[^"]*"|'[^']*'|-?[\d.]+|true|false)\s*)?\]$/.exec(part);
  if (!match) return undefined;
  const [, field, operator, written = ""] = match;
  const wanted = /^["']/.test(written)
    ? written.slice(1, -1)
    : /^[tf]/.test(written)
      ? written === "true"
      : Number(written);
  return (element) => {
    const value = fieldOf(element.data ?? {}, field);
    if (!operator) return value !== undefined && value !== null && value !== false;
    if (operator === "=") return value === wanted;
    if (operator === "!=") return value !== wanted;
    if (typeof value !== "number" || typeof wanted !== "number") return false;
    const difference = value - wanted;
    return (operator.startsWith("<") ? difference < 0 : difference > 0) || (operator.length === 2 && difference === 0);
  };
}

/** A field that the author gave, and nothing that every object has. */
function fieldOf(data: Data, field: string): unknown {
  return Object.hasOwn(data, field) ? data[field] : undefined;
}

function readLook(style: unknown, data: Data): Look {
  const look: Look = {};
  if (typeof style !== "object" || style === null) return look;
  for (const [property, written] of Object.entries(style)) {
    const from = typeof written === "string" ? /^data\(\s*([\w-]+)\s*\)$/.exec(written.trim()) : null;
    const value: unknown = from ? fieldOf(data, from[1]) : written;
    switch (property.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)) {
      case "background-color":
        look.fill = color(value);
        break;
      case "color":
        look.ink = color(value);
        break;
      case "border-color":
        look.border = color(value);
        break;
      case "border-width":
        look.borderWidth = pixels(value, 12);
        break;
      case "shape":
        look.shape = shape(value);
        break;
      case "width":
        look.width = pixels(value, 600);
        break;
      case "height":
        look.height = pixels(value, 600);
        break;
      case "font-size":
        look.fontSize = pixels(value, 48);
        break;
      case "line-color":
        look.line = color(value);
        break;
      case "line-style":
        look.dash = value === "dashed" ? "6 4" : value === "dotted" ? "1.5 4" : undefined;
        break;
      case "target-arrow-shape":
        look.arrow = value !== "none";
        break;
      case "opacity":
        look.opacity = typeof value === "number" ? Math.min(1, Math.max(0, value)) : undefined;
        break;
    }
  }
  return Object.fromEntries(Object.entries(look).filter(([, value]) => value !== undefined));
}

/** A colour by name, in hexadecimal or as rgb()/hsl(); nothing else is let into the page's style. */
function color(value: unknown): string | undefined {
  const safe = /^(#[\da-f]{3,8}|[a-z]{3,24}|(?:rgb|hsl)a?\([\d.,%\s/]{1,40}\))$/i;
  return typeof value === "string" && safe.test(value.trim()) ? value.trim() : undefined;
}

function pixels(value: unknown, most: number): number | undefined {
  const n = typeof value === "string" && /^[\d.]+(px)?$/.test(value) ? parseFloat(value) : value;
  return typeof n === "number" && n >= 0 ? Math.min(n, most) : undefined;
}

function shape(value: unknown): Shape | undefined {
  if (typeof value !== "string") return undefined;
  if (value.includes("rectangle") || value === "square") return "rectangle";
  if (value === "ellipse" || value === "circle") return "ellipse";
  return value === "diamond" || value === "hexagon" ? value : undefined;
}
