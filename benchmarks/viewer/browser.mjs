/** Starting what is measured: the built viewer, the project's server, Chromium. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

export const ROOT = path.resolve(import.meta.dirname, "../..");
const VIEWER = path.join(ROOT, "trace-viewer");

/** The viewer's own packages: this folder has none. */
const required = createRequire(path.join(VIEWER, "package.json"));

export async function launch() {
  const { chromium } = required("playwright");
  return chromium.launch({
    executablePath: process.env.PLAYWRIGHT_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/** Build the viewer as it is into a folder. */
export async function buildViewer(folder) {
  const { build } = await vite();
  await build({ root: VIEWER, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
}

/** The keys of every command of the viewer, as its registry has them. */
export async function commandKeys() {
  const { createServer } = await vite();
  const { Window } = await import(pathToFileURL(required.resolve("happy-dom")).href);
  const window = new Window();
  Object.assign(globalThis, { window, document: window.document, localStorage: window.localStorage });
  const server = await createServer({ root: VIEWER, logLevel: "error", server: { middlewareMode: true, ws: false } });
  try {
    const { commands } = await server.ssrLoadModule("/src/commands/registry.ts");
    return commands.flatMap(({ keys }) => keys);
  } finally {
    await server.close();
    for (const name of ["window", "document", "localStorage"]) delete globalThis[name];
  }
}

/** Vite works in the folder that it is started in. */
function vite() {
  process.chdir(VIEWER);
  return import(path.join(VIEWER, "node_modules/vite/dist/node/index.js"));
}

/** Serve a viewer and traces with the project's server; its address, and what stops it. */
export async function serve(viewer, traces) {
  const venv = path.join(ROOT, ".venv/bin/python");
  const python = process.env.PYTHON ?? (fs.existsSync(venv) ? venv : "python3");
  const script = path.join(import.meta.dirname, "serve.py");
  const server = spawn(python, [script, viewer, traces], { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (piece) => {
      said += piece;
      const found = /http:\/\/[\d.]+:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { address, stop: () => server.kill() };
}

/** Bytes of a file after gzip, as servers do it at their best. */
export function gzipped(file) {
  return gzipSync(fs.readFileSync(file), { level: 9 }).length;
}
