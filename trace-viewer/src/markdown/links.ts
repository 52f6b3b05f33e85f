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

/** So much of an address is printed: nobody types more. */
const LONGEST_PRINTED = 200;

/** The address as paper shows it behind a link, where only a screen can follow it; undefined if the link's words say it. */
export function printedAddress(href: string, words: unknown): string | undefined {
  if (!isRemote(href)) return undefined;
  const address = href.replace(/^(?:https?:\/\/(?:www\.)?|mailto:)/i, "").replace(/\/$/, "");
  return String(words).includes(address) ? undefined : address.slice(0, LONGEST_PRINTED);
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
