/** Which addresses a lecture may lead to: web pages, mail, and places relative to the page. */

const PROTOCOLS = new Set(["http:", "https:", "mailto:"]);
const NOWHERE = "https://nowhere.invalid/";

/** The address if it is safe to follow, else undefined. Read as a browser reads it, tabs and control characters included. */
export function safeHref(address: string): string | undefined {
  const url = parsed(address);
  return url && PROTOCOLS.has(url.protocol) ? address.trim() : undefined;
}

/** Whether the address leads to another site. */
export function isRemote(address: string): boolean {
  const url = parsed(address);
  return url !== undefined && url.origin !== new URL(NOWHERE).origin && url.origin !== globalThis.location?.origin;
}

/** What `<a>` gets to open a page without handing it our window. */
export const OUTWARD = { target: "_blank", rel: "noopener noreferrer" } as const;

function parsed(address: string): URL | undefined {
  try {
    return new URL(address, NOWHERE);
  } catch {
    return undefined;
  }
}
