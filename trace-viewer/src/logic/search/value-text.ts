import type { Value } from "../../format/generated";

/** Characters of a value that are searched, and how deep inside it. */
const MOST = 2000;
const DEEPEST = 6;
/** Elements of an array that are searched as text. */
const MOST_ELEMENTS = 64;

/** A value as text to search in: about what Python would print, without the quotes of a string alone. */
export function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  const pieces: string[] = [];
  try {
    write(value, pieces, { left: MOST }, 0);
  } catch {
    // Not what the format promises: what was read of it is searched.
  }
  return pieces.join("");
}

/** The number of parts that a container may say it has is bounded by what it holds. */
function write(value: Value, pieces: string[], room: { left: number }, depth: number): void {
  const put = (text: unknown) => {
    if (typeof text !== "string" || room.left <= 0) return;
    pieces.push(text.length > room.left ? text.slice(0, room.left) : text);
    room.left -= text.length;
  };
  const all = <T>(items: readonly T[], each: (item: T) => void) => {
    for (let i = 0; i < items.length && room.left > 0; i++) {
      if (i > 0) put(", ");
      each(items[i]);
    }
  };
  const inside = (item: Value) => write(item, pieces, room, depth + 1);
  if (depth > DEEPEST || room.left <= 0) return;
  if (value === null || value === undefined) return put("None");
  if (typeof value === "boolean") return put(value ? "True" : "False");
  if (typeof value === "number") return put(String(value));
  if (typeof value === "string") return put(`'${value}'`);
  switch (value.kind) {
    case "int":
    case "text":
    case "bytes":
    case "formula":
      return put(value.text);
    case "float":
      return put(Number.isInteger(value.value) ? `${value.value}.0` : String(value.value));
    case "complex":
      return put(`${value.real}+${value.imag}j`);
    case "sequence":
      put(value.type === "list" ? "[" : value.type === "tuple" ? "(" : `${value.type}(`);
      all(value.items, inside);
      return put(value.type === "list" ? "]" : ")");
    case "mapping":
      put("{");
      all(value.entries, ([key, item]) => {
        inside(key);
        put(": ");
        inside(item);
      });
      return put("}");
    case "instance":
    case "module":
      put(`${value.type}(`);
      all(value.fields, ([field, item]) => {
        put(`${field}=`);
        inside(item);
      });
      if (value.kind === "module") all(value.parameters, ({ name }) => put(name));
      return put(")");
    case "tensor":
      put(`[${value.shape.join(", ")}] ${value.dtype}`);
      if (value.device) put(` ${value.device}`);
      if (value.elements && value.elements.length <= MOST_ELEMENTS) {
        put(" ");
        all(value.elements, (element) => put(String(element)));
      }
      return;
    case "tokens":
      return all(value.pieces, (piece) => put(piece));
    case "records":
      all(value.columns, (column) => put(String(column)));
      for (const row of value.rows) {
        if (room.left <= 0) return;
        put("\n");
        all(row, inside);
      }
      return;
    case "definition":
      return put(`${value.type} ${value.name}${value.signature ?? ""}`);
    case "opaque":
      return put(value.text ?? value.type);
    case "cut":
      return put(value.type);
  }
}
