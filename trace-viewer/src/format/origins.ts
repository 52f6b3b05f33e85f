/** Where traces may come from: this page's own origin, and those that the owner of the page allows. */

/**
 * The owner allows origins by a tag in the page, which `python -m tracer serve --allow-origin` fills in and a static site
 * may write itself: `<meta name="allowed-trace-origins" content="https://example.org https://example.net">`.
 */
export function allowedOrigins(): string[] {
  const tag = document.head.querySelector<HTMLMetaElement>(':scope > meta[name="allowed-trace-origins"]');
  return (tag?.content ?? "").split(/[\s,]+/).flatMap((text) => {
    try {
      const { origin, protocol } = new URL(text);
      return protocol === "https:" || protocol === "http:" ? [origin] : [];
    } catch {
      return [];
    }
  });
}

/** Whether the page may load what is at this address. */
export function isAllowed(url: URL): boolean {
  return isOwn(url) || allowedOrigins().includes(url.origin);
}

export function isOwn(url: URL): boolean {
  return url.origin === window.location.origin;
}
