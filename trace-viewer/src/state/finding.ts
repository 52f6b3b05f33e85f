import type { Group } from "../logic/search/arrange";
import type { Hit, Kind } from "../logic/search/hit";
import type { Found } from "../logic/search/run";
import { jumpTo, peekAt, say, scrubTo } from "./actions";
import { lectureOf, store, type Overlay } from "./store";

/** A search and what it found: kept while the lecture is open, so that it can be come back to and gone on with. */
export interface Search {
  text: string;
  /** The kinds that are listed; none chosen: all. */
  kinds: readonly Kind[];
  /** What was found for `of`, which is the text once that was looked for. */
  of: string;
  found: Found;
  /** What is listed, in this order. */
  groups: readonly Group[];
  /** The hit that is marked in the list, by its id, or "". */
  at: string;
}

export function setSearch(change: Partial<Search>): void {
  store.setState(({ search }) => ({ search: { ...(search ?? NO_SEARCH), ...change } }));
}

const NO_SEARCH: Search = {
  text: "",
  kinds: [],
  of: "",
  found: { hits: [], counts: { words: 0, code: 0, names: 0, values: 0, output: 0 }, done: true, hint: "" },
  groups: [],
  at: "",
};

/** Go to where something was found. */
export function goToHit({ id, position, file, line }: Hit): void {
  setSearch({ at: id });
  if (position >= 0) jumpTo(position);
  else peekAt(file, line);
}

/** Show it behind the search, which stays; `first`: the first look, which is to be come back from. */
export function lookAtHit({ id, position, file, line }: Hit, first: boolean): void {
  setSearch({ at: id });
  if (position >= 0) scrubTo(position, first);
  else if (lectureOf(store.getState())?.trace.files[file]) store.setState({ peek: { file, line }, motion: "jump" });
}

/** Whether there is a next or previous hit to go to, without the search being open. */
export function hasHits({ search }: { search: Search | null }): boolean {
  return search !== null && search.groups.length > 0;
}

/** Go to the next hit of the last search, or the one before; from the last, to the first. */
export function goToNextHit(by: 1 | -1): void {
  const { search, position } = store.getState();
  const hits = search?.groups.flatMap((group) => group.hits) ?? [];
  if (!search || hits.length === 0) return;
  const at = hits.findIndex(({ id }) => id === search.at);
  const after = hits.findIndex((hit) => hit.position > position);
  const start = at >= 0 ? at + by : (after < 0 ? hits.length : after) + Math.min(by, 0);
  const next = (start + hits.length) % hits.length;
  goToHit(hits[next]);
  const around = start !== next ? (by > 0 ? ", from the beginning again" : ", from the end again") : "";
  say(`${next + 1} of ${hits.length} for “${search.text.slice(0, 60)}”${around}`);
}

/** Open the command palette: at everything, or at what a sign stands for (`:` a number, `@` functions, `#` headings). */
export function openPalette(start = ""): void {
  store.setState({ overlay: "palette", palette: start });
}

/** What is loading, and has been typed into meanwhile. */
let ahead: Overlay | null = null;

/** Put a letter typed while its field is still loading where the field will find it. Whether it was one. */
export function typeAhead(event: KeyboardEvent): boolean {
  const { overlay, search, palette } = store.getState();
  if (overlay !== "search" && overlay !== "palette" && overlay !== "contents") return false;
  if (event.ctrlKey || event.metaKey || event.key.length !== 1 || document.querySelector("dialog[open]")) return false;
  // What was looked for before is typed over.
  if (overlay === "search") setSearch({ text: (ahead === overlay && search ? search.text : "") + event.key });
  else store.setState({ palette: palette + event.key });
  ahead = overlay;
  event.preventDefault();
  return true;
}

/** Whether something was typed before the field was there. */
export function isTypedAhead(): boolean {
  return ahead !== null;
}

/** The field is there. */
export function endTypeAhead(): void {
  ahead = null;
}
