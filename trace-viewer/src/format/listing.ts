/** The list of traces that a server keeps at `api/traces`, and what it says in words. */

export type Listed = {
  name: string;
  url: string;
  title: string;
  steps: number | null;
  seconds: number | null;
  outcome: { status: string; message: string } | null;
  modified: string;
  bytes: number;
  problem: string | null;
  /** A file of it was edited since it was recorded. */
  changed: boolean;
};

export type Listing =
  | { state: "ready"; traces: Listed[] }
  /** There is no list here: the page was published without a server that makes one. */
  | { state: "absent" }
  | { state: "failed"; message: string };

/** Asks for the list. Never throws: what went wrong is part of the answer. */
export async function fetchListing(signal?: AbortSignal): Promise<Listing> {
  let response: Response;
  try {
    response = await fetch(new URL("api/traces", document.baseURI), {
      signal,
      headers: { accept: "application/json" },
    });
  } catch {
    return { state: "failed", message: "The server does not answer. Is it still running?" };
  }
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  if (response.status === 404 || (response.ok && !isJson)) return { state: "absent" };
  if (!response.ok)
    return { state: "failed", message: `The server could not list the traces: it answered ${response.status}.` };
  try {
    const answer: unknown = await response.json();
    return { state: "ready", traces: Array.isArray(answer) ? answer.flatMap(readEntry) : [] };
  } catch {
    return { state: "failed", message: "The server's list of traces is not JSON." };
  }
}

/** "Lecture 3: Attention" is chapter 3, Attention. */
export function chapterOf(title: string): { number: number | null; words: string } {
  const [, number, words] = /^Lecture\s+(\d{1,3})\s*[:.–—-]\s*(\S.*)$/.exec(title) ?? [];
  return number && words ? { number: Number(number), words } : { number: null, words: title };
}

/** In the order of a table of contents: chapters by their number, then the rest as it came. */
export function inOrder(traces: Listed[]): Listed[] {
  const place = ({ title }: Listed) => chapterOf(title).number ?? Infinity;
  return traces.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

/** The address of the viewer with a trace open. */
export function viewerLink(url: string): string {
  return `?trace=${encodeURIComponent(url).replaceAll("%2F", "/")}`;
}

/** 0.42 s, 12 s, 3 min 20 s, 2 h 5 min. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds < 0.995 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 12 kB, 3.4 MB. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** "5 minutes ago", "yesterday"; a date when it is longer than a month ago; "" for what is no date. */
export function ago(moment: string, now = Date.now()): string {
  const then = Date.parse(moment);
  if (Number.isNaN(then)) return "";
  const seconds = (then - now) / 1000;
  if (Math.abs(seconds) > 30 * 86_400) return new Date(then).toLocaleDateString("en-GB", { dateStyle: "medium" });
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return "just now";
}

function readEntry(entry: unknown): Listed[] {
  if (typeof entry !== "object" || entry === null) return [];
  const given = entry as Record<string, unknown>;
  const { name, url } = given;
  if (typeof name !== "string" || typeof url !== "string") return [];
  const outcome = given.outcome as { status?: unknown; message?: unknown } | null | undefined;
  return [
    {
      name,
      url,
      title: text(given.title) || name,
      steps: number(given.steps),
      seconds: number(given.seconds),
      outcome:
        outcome && typeof outcome.status === "string"
          ? { status: outcome.status, message: text(outcome.message) }
          : null,
      modified: text(given.modified),
      bytes: number(given.bytes) ?? 0,
      problem: text(given.problem) || null,
      changed: given.changed === true,
    },
  ];
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 1000) : "";
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}
