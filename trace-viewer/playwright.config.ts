import { existsSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "@playwright/test";
import { chromium } from "./dev/chromium.ts";

const root = path.resolve(import.meta.dirname, "..");
const own = path.join(root, ".venv/bin/python");
const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
const port = Number(process.env.E2E_PORT ?? 8765);

/** The built viewer, served by the real server, showing the real lecture: `npm run build` and `execute.py` come first. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  // A recording of what happened more than doubles the time of a test, so only one that has failed is tried again with it.
  // What passes then is told as flaky: its race is to be looked for.
  retries: 1,
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    launchOptions: chromium,
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    trace: "on-first-retry",
  },
  webServer: {
    command: `${python} -m tracer serve --port ${port} --no-open`,
    cwd: root,
    url: `http://127.0.0.1:${port}/api/traces`,
    reuseExistingServer: false,
    stdout: "ignore",
    gracefulShutdown: { signal: "SIGINT", timeout: 3000 },
  },
});
