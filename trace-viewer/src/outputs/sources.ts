/** Where pictures and films come from: beside the trace, or inside it. */

/** The address of a source relative to the trace at `base`; undefined for one that may not be loaded. */
export function sourceUrl(source: string, base: string): URL | undefined {
  try {
    const url = new URL(source, new URL(base, document.baseURI));
    if (url.protocol === "data:") return /^data:(image|video)\//i.test(source) ? url : undefined;
    return ["http:", "https:", "blob:", "file:"].includes(url.protocol) && sameKind(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the page may load it itself; else it can only be linked to. */
export function isOurs(url: URL): boolean {
  return (
    url.protocol === "data:" || url.protocol === "blob:" || url.protocol === "file:" || url.origin === location.origin
  );
}

/** A page from the web may not reach into the reader's files. */
function sameKind(url: URL): boolean {
  return url.protocol !== "file:" || location.protocol === "file:";
}
