/**
 * Reads the trace that the address names while the viewer is still on its way, in a worker, which the built page names.
 * Without one the trace is asked for. `src/format/load.ts` takes what has come.
 */
(() => {
  const path = new URLSearchParams(location.search).get("trace");
  if (!path || !URL.canParse(path, document.baseURI)) return;
  const { href: url, origin } = new URL(path, document.baseURI);
  if (origin !== location.origin) return;
  const { reader } = document.currentScript.dataset;
  if (reader) {
    const worker = new Worker(reader, { name: url });
    const parts = new Promise((resolve) => {
      worker.addEventListener("message", ({ data }) => resolve(data));
      worker.addEventListener("error", () => resolve(null));
    });
    window.earlyTrace = { url, worker: { parts, stop: () => worker.terminate() } };
  } else {
    const response = fetch(url, { credentials: "same-origin" });
    response.catch(() => {}); // whoever takes it says so
    window.earlyTrace = { url, response };
  }
})();
