import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { chromium } from "./dev/chromium.ts";
import { serveTraces } from "./dev/serve-traces.ts";

/** KaTeX's style sheet names each font three times; every browser that runs this viewer reads woff2. */
const woff2Only: Plugin = {
  name: "woff2-only",
  enforce: "pre",
  transform(code, id) {
    if (!/katex.*\.css/.test(id)) return undefined;
    return code
      .replace(/,\s*url\([^)]*\.woff\)\s*format\(["']?woff["']?\)/g, "")
      .replace(/,\s*url\([^)]*\.ttf\)\s*format\(["']?truetype["']?\)/g, "");
  },
};

export default defineConfig({
  base: "./",
  plugins: [woff2Only, react(), serveTraces()],
  // The page's security policy allows no data: fonts, so nothing is inlined; the heavy renderers are chunks of their own.
  // What every lecture needs is one script: of twenty, browsers ask six at a time, and for the trace only then.
  build: {
    assetsInlineLimit: 0,
    target: "es2023",
    // The first to know `light-dark()`: what stands in for it elsewhere does not follow the scheme of a single element.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "viewer", tags: ["$initial"] }] } } },
  },
  // Loaded on demand, so the development server would find them late, and reload the page then.
  optimizeDeps: { include: ["vega", "vega-lite", "vega-interpreter", "@dagrejs/dagre", "katex"] },
  server: { port: 5173, strictPort: true, fs: { allow: [".", "../tests/golden"] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          environment: "happy-dom",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: ["src/**/*.browser.test.tsx"],
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["src/**/*.browser.test.tsx"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromium }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
