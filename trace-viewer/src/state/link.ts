import { say } from "./actions";
import { addressOf } from "./address";
import { store } from "./store";

/** Copy the address of the present place, and say so. */
export async function copyLink(): Promise<void> {
  const state = store.getState();
  const search = addressOf(state);
  if (search === null) return;
  await copyAddress(search);
}

export async function copyAddress(search: string): Promise<void> {
  const { opened } = store.getState();
  if (opened.status === "ready" && opened.file) return say("This trace is a file of your own: no link leads to it.");
  const link = window.location.origin + window.location.pathname + search;
  if (await copied(link)) return say("Link copied");
  window.history.replaceState(null, "", link);
  say("This browser lets no page copy: the link is in the address bar.");
}

/** Browsers have a clipboard for pages that came over https, or from this machine; others know the old way, at best. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromPage(text);
  }
}

function copiedFromPage(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
