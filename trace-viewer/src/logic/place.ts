import type { Lecture } from "./lecture";

/** Where a reader is, as the address of the page says it: `?trace=…&step=12&phase=out`. */
export interface Place {
  trace: string | null;
  step: number;
  out: boolean;
  /** A place in the source that is being looked at, away from the step. */
  file: string | null;
  line: number;
}

/** Version 1 of the address. It is written without a number; a later one will say `v=2`, and read this one still. */
export function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  return {
    trace: query.get("trace") || null,
    step: query.has("step") ? Number(query.get("step") || NaN) : 0,
    out: query.get("phase") === "out",
    file: query.get("file") || null,
    line: Number(query.get("line")) || 1,
  };
}

export function writePlace({ trace, step, out, file, line }: Place): string {
  const parts: string[] = [];
  if (trace) parts.push(`trace=${encode(trace)}`);
  if (trace && step > 0) parts.push(`step=${step}`);
  if (trace && out) parts.push("phase=out");
  if (trace && file) parts.push(`file=${encode(file)}`, `line=${line}`);
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

/** Slashes and colons stay readable: the query may hold them. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%3A", ":");
}

export interface Located {
  position: number;
  peek: { file: number; line: number } | null;
  /** What the address asked for and could not have, for the reader. */
  problem: string | null;
}

/** Find a place in a lecture; where it does not exist, the nearest one that does. */
export function locate({ positions, trace }: Lecture, { step, out, file, line }: Place): Located {
  const steps = positions.entry.length;
  const wanted = Number.isInteger(step) ? step : 0;
  const found = Math.min(Math.max(wanted, 0), steps - 1);
  let problem: string | null = null;
  if (!Number.isInteger(step)) problem = "The address names no proper step: this is the beginning.";
  else if (found !== step && steps > 0) problem = `There is no step ${step}: this is the nearest, step ${found}.`;
  const index = file === null ? -1 : trace.files.findIndex(({ path }) => path === file);
  if (file !== null && index < 0) problem = `${file} is not part of this trace.`;
  return {
    position: steps === 0 ? -1 : out ? positions.exit[found] : positions.entry[found],
    peek: index < 0 ? null : { file: index, line },
    problem,
  };
}
