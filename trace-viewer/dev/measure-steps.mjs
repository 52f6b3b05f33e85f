/**
 * How long a key press takes to the next paint in Chromium, over the first steps of a recorded lecture: the built viewer,
 * the real server. Milliseconds; a first pass, which loads what is loaded when first needed, is not counted.
 *
 *     npm run build && node dev/measure-steps.mjs [NAME [STEPS [KEY]]]         (tour 100 ArrowRight)
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright";

const root = path.resolve(import.meta.dirname, "../..");
const [name = "tour", steps = "100", key = "ArrowRight"] = process.argv.slice(2);
const PORT = 5298;
const venv = path.join(root, ".venv/bin/python");
const python = process.env.PYTHON ?? (fs.existsSync(venv) ? venv : "python3");

const VIEWS = {
  "values only": {},
  "values and costs": { costs: true },
  "values and memory": { memory: true },
  "on a telephone": { viewport: { width: 390, height: 844 } },
};

/** In the page: from the event's own time to the frame after the one it was drawn in. */
async function pressed(key) {
  const times = [];
  const settle = () => new Promise((resolve) => setTimeout(resolve, 30));
  window.addEventListener(
    "keydown",
    (event) => {
      const from = event.timeStamp;
      requestAnimationFrame(() => {
        const channel = new MessageChannel(); // its message comes once the frame is painted
        channel.port1.addEventListener("message", () => times.push(performance.now() - from), { once: true });
        channel.port1.start();
        channel.port2.postMessage(null);
      });
    },
    { capture: true },
  );
  window.measured = times;
  await settle();
  return key;
}

async function measure(browser, { viewport = { width: 1440, height: 900 }, ...settings }) {
  const page = await browser.newPage({ viewport });
  page.on("pageerror", (error) => console.error(error));
  await page.addInitScript((chosen) => {
    localStorage.setItem("executable-lectures.settings", JSON.stringify(chosen));
  }, settings);
  await page.goto(`http://127.0.0.1:${PORT}/?trace=var/traces/${name}.json&step=0`);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  for (let pass = 0; pass < 2; pass++) {
    if (pass === 1) await page.evaluate(pressed, key);
    for (let step = 0; step < Number(steps); step++) {
      await page.keyboard.press(key);
      await page.waitForTimeout(60);
    }
    await page.keyboard.press("Home");
    await page.waitForTimeout(500);
  }
  const times = (await page.evaluate(() => window.measured)).slice(0, Number(steps));
  await page.close();
  return times;
}

const server = spawn(python, ["-m", "tracer", "serve", "--no-open", "--port", String(PORT)], {
  cwd: root,
  stdio: "ignore",
});
try {
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(`http://127.0.0.1:${PORT}/`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const browser = await chromium.launch({
    executablePath: process.env.PLAYWRIGHT_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"],
  });
  for (const [what, view] of Object.entries(VIEWS)) {
    const times = await measure(browser, view);
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
    const worst = times.indexOf(sorted.at(-1));
    console.log(`${what.padEnd(20)} p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms (press ${worst + 1})`);
  }
  await browser.close();
} finally {
  server.kill();
}
