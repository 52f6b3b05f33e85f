/**
 * How long the viewer's script runs to draw the lens on the largest array a trace may hold (65,536 elements), in Chromium,
 * built as for use. Milliseconds, of 30 fresh arrays each: reading the cells, colours, painting, React.
 *
 *     node dev/measure-lens.mjs
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import react from "@vitejs/plugin-react";
import { chromium } from "playwright";
import { build, preview } from "vite";

const root = path.resolve(import.meta.dirname, "..");
const outDir = await fs.mkdtemp(path.join(os.tmpdir(), "measure-lens-"));
const settings = { configFile: false, root, logLevel: "error", build: { outDir, emptyOutDir: true } };
try {
  await build({
    ...settings,
    plugins: [react()],
    build: { ...settings.build, target: "es2023", rollupOptions: { input: path.join(root, "dev/measure-lens.html") } },
  });
  const server = await preview({ ...settings, preview: { port: 5299, strictPort: true } });
  const browser = await chromium.launch({
    executablePath: process.env.PLAYWRIGHT_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on("pageerror", (error) => console.error(error));
  await page.goto("http://localhost:5299/dev/measure-lens.html");
  const times = await page.evaluate(() => window.measured);
  for (const [what, each] of Object.entries(times)) {
    const sorted = each.toSorted((a, b) => a - b);
    const at = (share) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
    console.log(`${what.padEnd(24)} median ${at(0.5)} ms, least ${at(0)} ms, most ${at(1)} ms`);
  }
  await browser.close();
  await server.close();
} finally {
  await fs.rm(outDir, { recursive: true, force: true });
}
