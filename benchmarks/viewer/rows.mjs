/** What is measured, a function a part of the table. Each gives rows, as `table.mjs` has them. */
import fs from "node:fs";
import path from "node:path";
import { gzipped } from "./browser.mjs";
import { heapKept, measurePresses, newPage, open, settle } from "./page.mjs";
import { kb, mb, median, ms, quantile } from "./table.mjs";

const traceURL = (address, name) => `${address}/?trace=var/traces/${name}.json`;

/** A step of the made-up lecture that is in a call, in a loop. */
const INSIDE = 225;

/** Key presses, by what they do: what is pressed before, or where it is begun, and what is measured. */
const MOVES = [
  { label: "forward", key: "ArrowRight" },
  { label: "back", key: "ArrowLeft", before: ["End"] },
  { label: "over", key: "ArrowDown" },
  { label: "out, and on into the next call", keys: ["u", ...Array(4).fill("ArrowRight")], from: INSIDE },
  { label: "next turn of the loop, and previous", keys: ["}", "{"], from: INSIDE },
  { label: "far: end, beginning", keys: ["End", "Home"] },
];

/** Work of the main thread from key press to paint, in several traces, `from` a step of one if not from its beginning. */
export async function pressRows({ browser, address, presses }, traces) {
  const rows = [];
  for (const { name, label, settings, moves, from = 0 } of traces) {
    const { page, tools, errors, close } = await newPage(browser, settings);
    for (const move of MOVES.filter((each) => !moves || moves.includes(each.label))) {
      const keys = move.keys ?? [move.key];
      await open(page, `${traceURL(address, name)}&step=${move.from ?? from}`);
      for (const key of move.before ?? []) await page.keyboard.press(key);
      await settle(page);
      const all = [...Array(presses + WARM).keys()].map((index) => keys[index % keys.length]);
      const measured = (await measurePresses(page, tools, all)).slice(WARM);
      rows.push(pressRow(`${label}: ${move.label}`, measured));
    }
    mustBeQuiet(errors, name);
    await close();
  }
  return rows;
}

/** The first presses load what is loaded when first needed, and are compiled: they are not counted. */
const WARM = 10;

function pressRow(label, measured) {
  const work = measured.map((press) => press.work);
  const [half, most] = [median(work), quantile(work, 0.95)];
  return {
    label,
    figures: {
      p50: ms(half),
      p95: ms(most),
      "of it layout": ms(median(measured.map((press) => press.layout))),
      "after paint": ms(median(measured.map((press) => press.later))),
      "key to paint": ms(median(measured.map((press) => press.paint))),
    },
    target: "8 / 16 ms",
    met: half <= 8 && most <= 16,
  };
}

/** From the click on the start page to the first painted lines, on a server and in a browser that have seen it before. */
export async function clickRow({ browser, address, times }, name) {
  const { page, errors, close } = await newPage(browser);
  const taken = [];
  for (let time = 0; time < times + 2; time++) {
    await page.goto(`${address}/`);
    const link = page.locator(`a[href*="${name}.json"]`).first();
    await link.waitFor();
    await link.evaluate((element) => {
      element.addEventListener("click", ({ timeStamp }) => {
        sessionStorage.setItem("clicked", String(performance.timeOrigin + timeStamp));
      });
    });
    await settle(page, 200);
    await link.click();
    await page.waitForFunction(() => window.readableAt !== undefined);
    taken.push(await page.evaluate(() => window.readableAt - Number(sessionStorage.getItem("clicked"))));
    await settle(page, 100);
  }
  mustBeQuiet(errors, name);
  await close();
  return timeRow(`${name}: click to first readable screen`, taken.slice(2), 300);
}

/**
 * Opening a long trace: in a browser that has shown `before` a few times, and so knows the viewer but not the trace, and in one
 * that has seen neither; and what of the heap is kept when all is done.
 */
export async function openingRows({ browser, address, times }, name, label, before) {
  const readable = (page) => page.evaluate(() => window.readableAt - performance.timeOrigin);
  const known = [];
  const reader = await newPage(browser);
  for (let time = 0; time < VISITS; time++) {
    await open(reader.page, traceURL(address, before));
    await settle(reader.page, 1000);
  }
  for (let time = 0; time < times; time++) {
    // What follows the question mark says nothing to the server, and to the browser that it is another file.
    await open(reader.page, `${address}/?trace=${encodeURIComponent(`var/traces/${name}.json?${time}`)}`);
    known.push(await readable(reader.page));
    await settle(reader.page, 1000);
  }
  mustBeQuiet(reader.errors, name);
  await reader.close();
  const first = [];
  const kept = [];
  for (let time = 0; time < times; time++) {
    const { page, tools, errors, close } = await newPage(browser);
    await open(page, traceURL(address, name));
    first.push(await readable(page));
    await settle(page, 1000);
    kept.push(await heapKept(tools));
    mustBeQuiet(errors, name);
    await close();
  }
  return [
    timeRow(`${label}: opened, to first screen`, known.slice(1), 1000),
    timeRow(`${label}: the same, the first time that the browser shows anything of ours`, first.slice(1)),
    {
      label: `${label}: heap kept`,
      figures: { p50: mb(median(kept)), p95: mb(quantile(kept, 0.95)) },
      target: "60 MB",
      met: median(kept) <= 60e6,
    },
  ];
}

/** So often a page is shown until the browser keeps its scripts compiled. */
const VISITS = 4;

/** `most`: what is to be reached, if anything is. */
function timeRow(label, taken, most) {
  const figures = { p50: ms(median(taken)), p95: ms(quantile(taken, 0.95)) };
  return { label, figures, ...(most && { target: `${most} ms`, met: median(taken) <= most }) };
}

/** Scripts by when they are loaded: for reading any lecture, and on demand. */
export function weightRows(viewer) {
  const page = fs.readFileSync(path.join(viewer, "index.html"), "utf8");
  const assets = fs.readdirSync(path.join(viewer, "assets")).filter((name) => name.endsWith(".js"));
  const weigh = (name) => gzipped(path.join(viewer, "assets", name));
  const first = assets.filter((name) => page.includes(`assets/${name}`));
  const later = assets.filter((name) => !first.includes(name)).toSorted((a, b) => weigh(b) - weigh(a));
  const sum = (names) => names.reduce((total, name) => total + weigh(name), 0);
  const row = (label, bytes, rest = {}) => ({ label, figures: { p50: kb(bytes) }, ...rest });
  return [
    row("script of the first load, gzip", sum(first), { target: "200 kB", met: sum(first) <= 200e3 }),
    ...first.map((name) => row(`  ${name}`, weigh(name))),
    ...later.filter((name) => weigh(name) > 5e3).map((name) => row(`  on demand: ${name}`, weigh(name))),
    row(
      `  on demand: ${later.filter((name) => weigh(name) <= 5e3).length} smaller ones`,
      sum(later.filter((name) => weigh(name) <= 5e3)),
    ),
  ];
}

/** The first hits of a search over a long trace. */
export async function searchRow({ browser, address, times }, name, label) {
  const { page, errors, close } = await newPage(browser);
  await open(page, traceURL(address, name));
  await settle(page, 1000);
  await page.keyboard.press("/");
  const field = page.locator("dialog input").first();
  await field.waitFor();
  const taken = [];
  for (let time = 0; time < times * SEARCHED.length; time++) {
    await field.fill("");
    await settle(page, 100);
    const text = SEARCHED[time % SEARCHED.length];
    await page.evaluate(watchHits, text);
    await field.fill(text);
    taken.push(await page.evaluate(() => window.hits));
  }
  mustBeQuiet(errors, name);
  await close();
  return timeRow(`${label}: search, from input to first hits painted`, taken, 100);
}

/** Words, a name, code, a number among the values, what was printed, a question. */
const SEARCHED = ["strong", "share", "range(turns)", "8190", "epoch 3", "state == 5000"];

/** In the page: `hits` is how long it is from the input to the frame with the first hits for a text. */
function watchHits(text) {
  let from = 0;
  window.addEventListener("input", () => (from = performance.now()), { once: true, capture: true });
  window.hits = new Promise((resolve) => {
    const look = () => {
      const search = document.querySelector(".search");
      if (search.dataset.for === text && Number(search.dataset.hits) > 0) {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - from);
        port2.postMessage(null);
      } else if (search.dataset.for === text && search.dataset.done) throw new Error(`nothing found for ${text}`);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

export function mustBeQuiet(errors, what) {
  if (errors.length > 0) throw new Error(`${what}: ${errors.join("; ")}`);
}
