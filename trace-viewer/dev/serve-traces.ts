import fs from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "vite";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** The folders of the project that the viewer may read while it is being developed, as `python -m tracer serve` has them. */
const SERVED = ["var/traces", "var/files", "lectures/images"];

const TYPES: Record<string, string> = {
  ".json": "application/json",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".svg": "image/svg+xml",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
};

/** In development, what the Python server does in use: the traces, their files, and the list of them. Read only. */
export function serveTraces(): Plugin {
  return {
    name: "serve-traces",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const url = decodePath(request.url ?? "/");
        const send = (status: number, type: string, body: string | Buffer) => {
          // The same policy as the Python server's for what lectures bring: a picture may hold no script.
          response.writeHead(status, {
            "content-type": type,
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
          });
          response.end(request.method === "HEAD" ? undefined : body);
        };
        const reply = async () => {
          if (url === "api/traces") return send(200, "application/json", JSON.stringify(await listTraces()));
          const file = url === null ? null : await inside(url);
          if (!file) return send(404, "text/plain; charset=utf-8", "There is no such file here.");
          send(200, TYPES[path.extname(file).toLowerCase()] ?? "application/octet-stream", await fs.readFile(file));
        };
        if (url === "api/traces" || SERVED.some((folder) => url?.startsWith(folder + "/"))) reply().catch(next);
        else next();
      });
    },
  };
}

function decodePath(url: string): string | null {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0]!.replace(/^\/+/, ""));
  } catch {
    return null;
  }
}

/** The real path of a served file, or null when it is not one: links are followed first, and must end inside. */
async function inside(url: string): Promise<string | null> {
  try {
    const real = await fs.realpath(path.join(ROOT, url));
    const within = SERVED.some((folder) => real.startsWith(path.join(ROOT, folder) + path.sep));
    return within && (await fs.stat(real)).isFile() ? real : null;
  } catch {
    return null;
  }
}

/** As `api/traces` of the Python server, whose README describes it; here each file is read whole, each time. */
async function listTraces(): Promise<unknown[]> {
  const folder = path.join(ROOT, "var/traces");
  const names = await fs.readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).toSorted();
  return Promise.all(files.map((name) => describe(folder, name)));
}

async function describe(folder: string, fileName: string): Promise<unknown> {
  const { size, mtime } = await fs.stat(path.join(folder, fileName));
  const name = fileName.replace(/\.json$/, "");
  const url = `var/traces/${encodeURIComponent(fileName)}`;
  const file = { name, url, modified: mtime.toISOString(), bytes: size };
  try {
    const { summary } = JSON.parse(await fs.readFile(path.join(folder, fileName), "utf8")) as { summary: object };
    return { title: name, steps: null, seconds: null, outcome: null, ...summary, ...file };
  } catch {
    const problem = "The file is not JSON, so it is no trace.";
    return { title: name, steps: null, seconds: null, outcome: null, ...file, problem };
  }
}
