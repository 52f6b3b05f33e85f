import path from "node:path";
import { build, type Plugin } from "vite";

const WORKER = path.resolve(import.meta.dirname, "../src/format/reader.worker.ts");
const EARLY = 'src="./early.js"';

/** Builds the worker that reads traces into one script, and tells `public/early.js` on the page where that is. */
export function traceReader(): Plugin {
  let script = "";
  return {
    name: "trace-reader",
    apply: "build",
    async buildStart() {
      const output = { format: "iife", entryFileNames: "assets/reader-[hash].js" } as const;
      const built = await build({
        configFile: false,
        publicDir: false,
        logLevel: "error",
        build: { write: false, target: "es2023", rolldownOptions: { input: WORKER, output } },
      });
      if (!("output" in built)) throw new Error("the reader of traces is one script");
      const { fileName, code } = built.output[0];
      this.emitFile({ type: "asset", fileName, source: code });
      script = fileName;
    },
    transformIndexHtml: {
      order: "post",
      handler(page) {
        if (!page.includes(EARLY)) throw new Error(`the page has no script with ${EARLY}`);
        return page.replace(EARLY, `${EARLY} data-reader="./${script}"`);
      },
    },
  };
}
