import type { Value } from "../format/generated";

/** The last part of an expression and what it is a part of: `self.weight` is `.weight` of `self`. Null for a plain name. */
export function splitExpression(expression: string): { whole: string; part: string } | null {
  if (expression.endsWith("]")) {
    let depth = 0;
    for (let at = expression.length - 1; at > 0; at--) {
      if (expression[at] === "]") depth++;
      else if (expression[at] === "[" && --depth === 0)
        return { whole: expression.slice(0, at), part: expression.slice(at) };
    }
    return null;
  }
  const dot = /^(.+)(\.[\p{L}_][\p{L}\p{N}_]*)$/u.exec(expression);
  return dot && { whole: dot[1], part: dot[2] };
}

/** A part of a recorded value, `.weight` or `["lo"]`, as far as the record holds it; undefined for what it does not. */
export function partOf(value: Value, part: string): Value | undefined {
  if (value === null || typeof value !== "object") return undefined;
  try {
    return part.startsWith(".") ? attributeOf(value, part.slice(1)) : itemOf(value, part.slice(1, -1));
  } catch {
    return undefined; // not what the format promises
  }
}

function attributeOf(value: object & Value, name: string): Value | undefined {
  switch (value.kind) {
    case "instance":
    case "module":
      return value.fields.find(([field]) => field === name)?.[1];
    case "tensor": {
      if (name === "shape") return { kind: "sequence", type: "tuple", items: value.shape, length: value.shape.length };
      if (name === "ndim") return value.shape.length;
      if (name === "dtype") return { kind: "opaque", type: "dtype", text: value.dtype };
      return name === "device" && value.device ? { kind: "opaque", type: "device", text: value.device } : undefined;
    }
  }
  return undefined;
}

function itemOf(value: object & Value, written: string): Value | undefined {
  const key = literal(written);
  if (key === undefined) return undefined;
  if (value.kind === "mapping") return value.entries.find(([each]) => each === key)?.[1];
  if (value.kind !== "sequence" || typeof key !== "number" || !Number.isInteger(key)) return undefined;
  const index = key < 0 ? value.length + key : key;
  return index >= 0 && index < value.items.length ? value.items[index] : undefined;
}

/** A number or a plain string as Python writes it. */
function literal(written: string): string | number | undefined {
  if (/^-?\d{1,9}$/.test(written)) return Number(written);
  return /^(["'])([^"'\\]*)\1$/.exec(written)?.[2];
}
