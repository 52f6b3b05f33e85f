/**
 * How fast and how light the viewer is: `node benchmarks/viewer/run.mjs`, from anywhere. Builds it, makes up its traces,
 * serves both, and prints one table with what is to be reached. Needs what the viewer's end-to-end tests need.
 *
 *     --quick       fewer repetitions and random actions
 *     --only PART   presses, opening, weight, search, endurance, peer: one part or several, with commas
 *     --markdown    print the table for a report
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildViewer, commandKeys, launch, ROOT, serve } from "./browser.mjs";
import { enduranceRow } from "./endurance.mjs";
import { madeUpTrace } from "./made-up.mjs";
import { asPeerTrace } from "./peer/as-peer.mjs";
import { peerRows } from "./peer/rows.mjs";
import { clickRow, openingRows, pressRows, searchRow, weightRows } from "./rows.mjs";
import { asMarkdown, asText } from "./table.mjs";

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, only: { type: "string" }, markdown: { type: "boolean" } },
});
const PARTS = ["presses", "opening", "weight", "search", "endurance", "peer"];
const chosen = options.only?.split(",") ?? PARTS;
const unknown = chosen.find((part) => !PARTS.includes(part));
if (unknown) throw new Error(`There is no part ${unknown}: choose of ${PARTS.join(", ")}.`);

const LENGTHS = { "1k": 1_000, "100k": 100_000, "1M": 1_000_000 };
const RECORDED = {
  lecture_01: "python execute.py -m lecture_01",
  tour: "python execute.py -m tour --costs",
  lecture_06: "python execute.py -m lecture_06",
  lecture_07: "python execute.py -m lecture_07",
};

/** The parts, in the order of the table. */
const measure = {
  presses: (at) =>
    pressRows(at, [
      ...Object.keys(LENGTHS).map((length) => ({ name: `made_up_${length}`, label: `${length} steps` })),
      { name: "lecture_01", label: "lecture_01, into files not seen before", moves: ["forward"] },
      { name: "tour", label: "tour, values and costs", settings: { costs: true }, moves: ["forward", "back"] },
      { name: "lecture_06", label: "lecture_06, in a kernel, its grid and memory", from: inKernel(), moves: ["forward"] },
      { name: "lecture_07", label: "lecture_07, four ranks side by side", from: "200&rank=0", moves: ["forward"] },
    ]),
  opening: async (at) => [await clickRow(at, "lecture_01"), ...(await openingRows(at, "made_up_1M", "1M steps", "lecture_01"))],
  weight: () => weightRows(viewer),
  search: async (at) => [await searchRow(at, "made_up_1M", "1M steps")],
  endurance: async (at) => {
    const keys = await commandKeys();
    const actions = options.quick ? 600 : 2000;
    return [await enduranceRow(at, "lecture_01", keys, actions), await enduranceRow(at, "tour", keys, actions)];
  },
  peer: (at) => peerRows(at, ["1k", "100k"], traces),
};

function writeTraces() {
  const write = (name, trace) => fs.writeFileSync(path.join(traces, `${name}.json`), JSON.stringify(trace));
  for (const [length, steps] of Object.entries(LENGTHS)) {
    const trace = madeUpTrace(steps);
    write(`made_up_${length}`, trace);
    if (chosen.includes("peer") && steps <= 100_000) write(`peer_${length}`, asPeerTrace(trace));
  }
  for (const [name, command] of Object.entries(RECORDED)) {
    const file = path.join(ROOT, "var/traces", `${name}.json`);
    if (!fs.existsSync(file)) throw new Error(`There is no ${file}: run \`${command}\` first.`);
    fs.copyFileSync(file, path.join(traces, `${name}.json`));
  }
}

/** The first step of lecture_06 that a program of a kernel ran. */
function inKernel() {
  const { programs, steps } = JSON.parse(fs.readFileSync(path.join(traces, "lecture_06.json"), "utf8"));
  return steps.call.indexOf(programs.call[0]);
}

function say(what) {
  process.stderr.write(`${what} …\n`);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "viewer-benchmark-"));
const [viewer, traces] = [path.join(folder, "viewer"), path.join(folder, "traces")];
let server, browser;
try {
  say("building the viewer");
  await buildViewer(viewer);
  fs.cpSync(path.join(import.meta.dirname, "peer"), path.join(viewer, "peer"), { recursive: true });
  say("making up traces");
  fs.mkdirSync(traces);
  writeTraces();
  server = await serve(viewer, traces);
  browser = await launch();
  const at = { browser, address: server.address, presses: options.quick ? 20 : 60, times: options.quick ? 4 : 11 };
  const rows = [];
  for (const part of PARTS) {
    if (!chosen.includes(part)) continue;
    say(part);
    rows.push(...(await measure[part](at)));
  }
  const machine = `Chromium ${browser.version()}, Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0].model.trim()}`;
  const load = `load average ${os.loadavg()[0].toFixed(1)} at the end`;
  console.log(`\n${options.markdown ? asMarkdown(rows) : asText(rows)}\n\n${machine}; ${load}`);
} finally {
  await browser?.close();
  server?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
