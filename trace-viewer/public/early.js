/** Asks for the trace that the address names while the viewer is still on its way: `src/format/load.ts` takes the answer. */
(() => {
  const path = new URLSearchParams(location.search).get("trace");
  if (!path || !URL.canParse(path, document.baseURI)) return;
  const url = new URL(path, document.baseURI);
  if (url.origin !== location.origin) return;
  /** Else no more of it would come than the browser holds for a reader. */
  const keepReading = (response) => {
    if (response.status !== 200) return response;
    const all = new CountQueuingStrategy({ highWaterMark: Infinity });
    return new Response(response.body?.pipeThrough(new TransformStream({}, undefined, all)));
  };
  const response = fetch(url, { credentials: "same-origin" }).then(keepReading);
  response.catch(() => {}); // whoever takes it says so
  window.earlyTrace = { url: url.href, response };
})();
