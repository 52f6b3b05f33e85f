import type { Value } from "../format/generated";

type Structured = Extract<Value, object>;
export type Kind = "none" | "bool" | "number" | "string" | Structured["kind"];

/** A value of one kind: `Of<"tensor">` is a Tensor, `Of<"number">` a number. */
export type Of<K extends Kind> = K extends "none"
  ? null
  : K extends "bool"
    ? boolean
    : K extends "number"
      ? number
      : K extends "string"
        ? string
        : Extract<Structured, { kind: K }>;

/** Which kind a value is. A record from elsewhere may hold kinds we do not know: look them up with `Object.hasOwn`. */
export function kindOf(value: Value): Kind {
  if (value === null || value === undefined) return "none";
  if (typeof value === "object") return value.kind;
  return typeof value === "boolean" ? "bool" : typeof value === "number" ? "number" : "string";
}

/** Calls the function that a table holds for the value's kind; undefined when it holds none. */
export function byKind<R, Rest extends unknown[]>(
  table: { [K in Kind]: (value: Of<K>, ...rest: Rest) => R },
  value: Value,
  ...rest: Rest
): R | undefined {
  const kind = kindOf(value);
  if (!Object.hasOwn(table, kind)) return undefined;
  return (table[kind] as (value: unknown, ...rest: Rest) => R)(value, ...rest);
}
