/** What the open trace is compared with, as the address says it: `&with=var/traces/other.json&wstep=12&wphase=out`. */
export interface Comparing {
  /** The other trace, or the open one again. */
  path: string;
  /** Where the other side stands; -1: wherever the open trace leads. */
  step: number;
  out: boolean;
}

/** What a trace from a file of the reader's is called by: no address leads to it. */
export const FROM_FILE = "file of the reader: ";

export function readComparing(query: URLSearchParams): Comparing | null {
  const path = query.get("with");
  if (!path || path.startsWith(FROM_FILE)) return null;
  const step = query.has("wstep") ? Number(query.get("wstep") || NaN) : -1;
  return { path, step: Number.isSafeInteger(step) && step >= 0 ? step : -1, out: query.get("wphase") === "out" };
}

export function comparingParts({ path, step, out }: Comparing, encode: (text: string) => string): string[] {
  if (path.startsWith(FROM_FILE)) return [];
  const parts = [`with=${encode(path)}`];
  if (step >= 0) parts.push(`wstep=${step}`);
  if (step >= 0 && out) parts.push("wphase=out");
  return parts;
}
