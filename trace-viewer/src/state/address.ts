import { expectTrace } from "../format/load";
import { placeAt, readPlace, writePlace } from "../logic/place";
import { keepFile, openPlace } from "./actions";
import { lectureOf, store, type State } from "./store";

/** Browsers refuse more than about a hundred changes of the address in half a minute; steps can come faster. */
const QUIET_MS = 250;
/** A jump is in the history so long after it, when it has been painted: browsers take as long over that as we do to draw it. */
const JUMP_MS = 100;

/**
 * Keep the address of the page the shadow of the place: steps replace it, when they pause; jumps make an entry in the
 * history, so that the browser's back button leads back. Returns what stops it.
 */
export function followAddress(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let restoring = false; // a change that comes from the address itself
  let jumps: { from: State; to: State }[] = []; // that are not in the history yet

  const write = (how: "pushState" | "replaceState", state: State) => {
    const search = addressOf(state);
    if (search !== null && search !== window.location.search) window.history[how](null, "", withSearch(search));
  };

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const { from, to } of jumps.splice(0)) {
      write("replaceState", from);
      write("pushState", to);
    }
    write("replaceState", store.getState());
  };

  const changed = (state: State, before: State) => {
    if (state.opened.status !== "ready") jumps = []; // another entry leads where these were made
    if (restoring || state.opened.status !== "ready") return;
    const told = ["position", "peek", "opened", "comparing"] as const;
    if (told.every((part) => state[part] === before[part])) return;
    const left = state.past !== before.past && state.past.at(-1) === before.position;
    const looked = state.peek !== null && state.peek !== before.peek;
    if (state.opened === before.opened && (left || looked)) {
      if (jumps.length === 0) {
        clearTimeout(timer);
        timer = setTimeout(flush, JUMP_MS);
      }
      jumps.push({ from: before, to: state });
    } else if (jumps.length === 0) {
      clearTimeout(timer); // not while a key is held down
      timer = setTimeout(flush, QUIET_MS);
    }
  };

  const follow = () => {
    clearTimeout(timer);
    timer = undefined;
    jumps = [];
    restoring = true;
    void openPlace(readPlace(window.location.search)); // a place in the open lecture is shown before this returns
    restoring = false;
  };

  const unsubscribe = store.subscribe(changed);
  window.addEventListener("popstate", follow);
  window.addEventListener("pagehide", flush);
  follow();
  return () => {
    unsubscribe();
    clearTimeout(timer);
    window.removeEventListener("popstate", follow);
    window.removeEventListener("pagehide", flush);
  };
}

/** Open a trace from the reader's own disk: a place of its own in the browser's history, unless the address waits for it. */
export function openFile(file: File): Promise<void> {
  keepFile(file);
  if (readPlace(window.location.search).local !== file.name) {
    const start = { trace: null, local: file.name, step: 0, out: false, file: null, line: 1 };
    window.history.pushState(null, "", withSearch(writePlace(start)));
  }
  return openPlace(readPlace(window.location.search));
}

/** Follow a link to a trace without loading the viewer again: unless the reader wants it in another tab, or saved. */
function followLink(event: LinkClick): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { search } = event.currentTarget;
  window.history.pushState(null, "", withSearch(search));
  void openPlace(readPlace(search));
}

/** A press of the button mostly becomes a click: until it does, a tenth of a second later, the trace is on its way. */
function expectLink({ button, currentTarget }: Pick<LinkClick, "button" | "currentTarget">): void {
  const { trace } = readPlace(currentTarget.search);
  if (button === 0 && trace) expectTrace(trace);
}

/** What a link to a trace listens to. */
export const traceLink = { onPointerDown: expectLink, onClick: followLink };

type LinkClick = Pick<MouseEvent, "button" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "preventDefault"> & {
  currentTarget: HTMLAnchorElement;
};

/** The query of the address for a state, or null while no lecture is open. */
export function addressOf(state: State): string | null {
  const lecture = lectureOf(state);
  if (!lecture || state.opened.status !== "ready") return null;
  const { path, file } = state.opened;
  const from = file ? { trace: null, local: path } : { trace: path };
  return writePlace({ ...placeAt(lecture, from, state.position, state.peek), comparing: state.comparing });
}

function withSearch(search: string): string {
  return window.location.pathname + search;
}
