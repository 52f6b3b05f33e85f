/** What the same action costs here and in the model of edtrace's viewer, on the same lecture. */
import fs from "node:fs";
import path from "node:path";
import { measurePresses, newPage, open, settle } from "../page.mjs";
import { mb, median, ms, quantile } from "../table.mjs";

/** The actions that both have. */
const MOVES = [
  { label: "forward", keys: ["ArrowRight"] },
  { label: "back", keys: ["ArrowLeft"], from: 200 },
  { label: "over", keys: ["ArrowDown"] },
  { label: "out, and on into the next call", keys: ["u", ...Array(4).fill("ArrowRight")], from: 225 },
];
const WARM = 6;

export async function peerRows({ browser, address, presses }, lengths, traces) {
  const rows = [];
  for (const length of lengths) {
    const ours = { name: `made_up_${length}`, url: (name) => `${address}/?trace=var/traces/${name}.json` };
    const theirs = {
      name: `peer_${length}`,
      url: (name) => `${address}/peer/index.html?trace=var/traces/${name}.json`,
    };
    const [here, there] = [await measured(browser, ours, presses), await measured(browser, theirs, presses)];
    const size = ({ name }) => fs.statSync(path.join(traces, `${name}.json`)).size;
    const row = (label, mine, other, write) => ({
      label: `${length} steps, against the model: ${label}`,
      figures: { p50: write(mine), model: write(other), "model/ours": (other / mine).toFixed(1) },
    });
    rows.push(row("bytes of the trace", size(ours), size(theirs), mb));
    rows.push(row("opened, to first screen", here.opened, there.opened, ms));
    MOVES.forEach(({ label }, index) => {
      const result = row(label, median(here.moves[index]), median(there.moves[index]), ms);
      result.figures.p95 = ms(quantile(here.moves[index], 0.95));
      rows.push(result);
    });
  }
  return rows;
}

async function measured(browser, { name, url }, presses) {
  const { page, tools, close } = await newPage(browser);
  const opened = [];
  for (let time = 0; time < 4; time++) {
    await open(page, url(name));
    opened.push(await page.evaluate(() => window.readableAt - performance.timeOrigin));
  }
  const moves = [];
  for (const { keys, from = 0 } of MOVES) {
    await open(page, `${url(name)}&step=${from}`);
    await settle(page, 100);
    const pressed = Array.from({ length: presses / 2 + WARM }, (_, index) => keys[index % keys.length]);
    moves.push((await measurePresses(page, tools, pressed)).slice(WARM).map(({ work }) => work));
  }
  await close();
  return { opened: median(opened.slice(1)), moves };
}
