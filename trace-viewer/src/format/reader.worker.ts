import { readBody, type TraceParts } from "./parse";

/**
 * Reads a trace beside the viewer, while that itself loads: `public/early.js` starts it, and gives it the address for a name.
 * Posts what it has read, or null where it has read nothing: what there is to say of that the viewer finds out when it asks
 * for the trace itself.
 */
void read(self.name)
  .catch(() => null)
  .then((parts) => {
    postMessage(parts, { transfer: parts?.columns.map(({ cells }) => cells.buffer) ?? [] });
    close();
  });

async function read(url: string): Promise<TraceParts | null> {
  const response = await fetch(url, { credentials: "same-origin" });
  return response.ok ? (await readBody(response)).end() : null;
}
