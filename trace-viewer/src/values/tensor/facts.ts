/** What is to say of an array in numbers and words. */
import type { Tensor } from "../../format/generated";
import { visible } from "../escape";
import { fieldOf, type Cell, type Field } from "./field";
import { brief, pythonFloat } from "../numbers";

export interface Facts {
  min?: number | undefined;
  max?: number | undefined;
  mean?: number | undefined;
  std?: number | undefined;
  zeros: number;
  nan: number;
  inf: number;
  /** How many elements the counts are of. */
  of: number;
  approximate: boolean;
}

/** The record's statistics, or those of the elements when these are all here; undefined when neither is. */
export function factsOf(tensor: Tensor): Facts | undefined {
  const field = fieldOf(tensor);
  const { stats } = tensor;
  if (stats) {
    const whole = (n: unknown) => (typeof n === "number" && n > 0 ? n : 0);
    const number = (n: unknown) => (typeof n === "number" && Number.isFinite(n) ? n : undefined);
    return {
      min: number(stats.min),
      max: number(stats.max),
      mean: number(stats.mean),
      std: number(stats.std),
      zeros: whole(stats.zeros),
      nan: whole(stats.nan),
      inf: whole(stats.inf),
      of: (field?.shape ?? []).reduce((product, size) => product * size, 1),
      approximate: stats.approximate === true,
    };
  }
  if (!field?.whole || field.kind === "text") return undefined;
  return {
    ...moments(field),
    zeros: field.zeros,
    nan: field.nan,
    inf: field.inf,
    of: field.cells.length,
    approximate: false,
  };
}

function moments({ numbers, least, greatest, kind }: Field): Pick<Facts, "min" | "max" | "mean" | "std"> {
  if (kind === "complex" || least !== least) return {};
  let [sum, total] = [0, 0];
  for (const n of numbers) {
    if (n !== n) continue;
    sum += n;
    total++;
  }
  const mean = sum / total;
  let squares = 0;
  for (const n of numbers) if (n === n) squares += (n - mean) ** 2;
  return { min: least, max: greatest, mean, std: Math.sqrt(squares / total) };
}

/** Where a cell is: `[1, 0, 3]`, or by the names of the axes, `batch 1, head 0, seq 3`. */
export function placeOf(field: Field, cell: number, dimensions: string[] | null | undefined): string {
  const index = field.indexOf(cell);
  if (!Array.isArray(dimensions) || !dimensions.some(Boolean)) return `[${index.join(", ")}]`;
  return index.map((at, axis) => `${axisName(axis, dimensions)} ${at}`).join(", ");
}

/** What an axis is called: its name, else its number. */
export function axisName(axis: number, dimensions: string[] | null | undefined): string {
  const name = Array.isArray(dimensions) ? dimensions[axis] : "";
  return typeof name === "string" && name ? visible(name.slice(0, 40)) : `axis ${axis}`;
}

/** An element as Python writes it. */
export function cellText(cell: Cell, { dtype, kind }: Pick<Field, "dtype" | "kind">): string {
  if (cell === null || cell === undefined) return "None";
  if (typeof cell === "boolean") return cell ? "True" : "False";
  if (typeof cell === "number")
    return /float/.test(dtype) ? pythonFloat(cell).replaceAll("-", "−") : String(cell).replace("-", "−");
  const text = visible(String(cell).slice(0, 80));
  return kind === "text" ? `'${text}'` : text.replaceAll("-", "−");
}

/** `min −1.2, max 3.4, …` for a screen reader. */
export function spoken({ min, max, mean, std }: Facts): string {
  return Object.entries({ min, max, mean, std })
    .filter(([, fact]) => fact !== undefined)
    .map(([name, fact]) => `${name} ${brief(fact as number)}`)
    .join(", ");
}
