/** Where pictures and films come from: beside the trace, or inside it. */

import { isAllowed, isOwn } from "../format/origins";

/** The address of a source relative to the trace at `base`; undefined for one that may not be loaded. */
export function sourceUrl(source: string, base: string): URL | undefined {
  try {
    const url = new URL(source, new URL(base, document.baseURI));
    if (url.protocol === "data:") return /^data:(image|video)\//i.test(source) ? url : undefined;
    // What a page made itself has that page's origin: another one's cannot be had.
    if (url.protocol === "blob:") return url.origin === location.origin ? url : undefined;
    return ["http:", "https:", "file:"].includes(url.protocol) && sameKind(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the page may load it itself; else it can only be linked to. Of other addresses it may load what lies beside a trace
 * from there, where the page's owner allows such traces.
 */
export function isOurs(url: URL, base: string): boolean {
  if (["data:", "blob:", "file:"].includes(url.protocol) || isOwn(url)) return true;
  return isAllowed(url) && base.startsWith(`${url.origin}/`);
}

/** How to load it: of another address without cookies, and without saying from which page. */
export function loading(url: URL): { crossOrigin?: "anonymous"; referrerPolicy?: "no-referrer" } {
  return url.protocol.startsWith("http") && !isOwn(url)
    ? { crossOrigin: "anonymous", referrerPolicy: "no-referrer" }
    : {};
}

/** A page from the web may not reach into the reader's files. */
function sameKind(url: URL): boolean {
  return url.protocol !== "file:" || location.protocol === "file:";
}
