import { lastAtMost } from "../logic/columns";
import { addressOf } from "./address";
import { store, type State } from "./store";

/** Where a reader was when they last left a lecture. Kept in this browser; the start page leads back there. */
export interface LastRead {
  trace: string;
  /** The query of the address. */
  search: string;
  /** The heading above it, or "". */
  section: string;
  /** As the instrument counts: in positions, from 1. */
  number: number;
  count: number;
}

const KEY = "executable-lectures.last-read";

/** Keep the place whenever a lecture is left, for the start page or altogether. Returns what stops it. */
export function followReading(): () => void {
  const left = () => keep(store.getState());
  const hidden = () => document.visibilityState === "hidden" && left(); // on a telephone the last that a page hears
  const unsubscribe = store.subscribe((state, before) => {
    if (state.opened !== before.opened) keep(before);
  });
  window.addEventListener("pagehide", left);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    unsubscribe();
    window.removeEventListener("pagehide", left);
    document.removeEventListener("visibilitychange", hidden);
  };
}

/** The place that was kept, or null. */
export function lastRead(): LastRead | null {
  try {
    const { trace, search, section, number, count } = JSON.parse(
      localStorage.getItem(KEY) ?? "{}",
    ) as Partial<LastRead>;
    const isWhole = typeof trace === "string" && typeof search === "string" && search.startsWith("?");
    if (!isWhole || typeof section !== "string" || !isCount(number) || !isCount(count)) return null;
    return { trace, search, section, number, count };
  } catch {
    return null; // no storage, or not ours
  }
}

/** Who has not stepped, or reads a file of their own, has no place to come back to. */
function keep(state: State): void {
  const { opened, position } = state;
  const search = addressOf(state);
  if (opened.status !== "ready" || opened.file || position <= 0 || search === null) return;
  const { headings, positions } = opened.lecture;
  const section = headings[lastAtMost(position, 0, headings.length, (at) => headings[at].position)]?.text ?? "";
  const place: LastRead = {
    trace: opened.path,
    search,
    section,
    number: position + 1,
    count: positions.count,
  };
  try {
    localStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // Then it is forgotten.
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
