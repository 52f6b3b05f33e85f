export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What can be said in words: a string, a number, or true and false. */
export function words(value: unknown): string {
  return typeof value === "string" ? value : ["number", "boolean"].includes(typeof value) ? String(value) : "";
}
