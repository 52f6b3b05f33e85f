/** The viewer in Chromium: opening it, pressing keys, and what the browser says that took. */

export const VIEWPORT = { width: 1440, height: 900 };

/** A page with the viewer's settings and a session with the browser's own instruments. Errors are kept in `errors`. */
export async function newPage(browser, settings = {}) {
  const context = await browser.newContext({ viewport: VIEWPORT, reducedMotion: "reduce" });
  const page = await context.newPage();
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.addInitScript(
    (chosen) => {
      if (chosen) localStorage.setItem("executable-lectures.settings", chosen);
    },
    Object.keys(settings).length > 0 && JSON.stringify(settings),
  );
  await page.addInitScript(watchReadable);
  const browserTools = await context.newCDPSession(page);
  return { page, errors, tools: browserTools, close: () => context.close() };
}

/** In the page: notes when the lecture can first be read, which is when a line of it has been painted. */
function watchReadable() {
  const look = () => {
    const line = document.querySelector(".page:not([hidden]) .row");
    if (!line || line.getBoundingClientRect().height === 0) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel(); // its message comes once the frame is painted
    port1.onmessage = () => (window.readableAt = performance.timeOrigin + performance.now());
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
}

export async function open(page, url) {
  await page.goto(url);
  await page.waitForFunction(
    () => window.readableAt !== undefined && document.documentElement.dataset.ready !== undefined,
  );
}

/**
 * Until nothing has moved for a moment: what is loaded late, and what is done in idle time, is over. It is when idle moments
 * come whole, a few in a row.
 */
export async function settle(page, quietMs = 300) {
  await page.evaluate(
    async ({ quiet, whole, inARow, most }) => {
      const idle = () => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 }));
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const end = performance.now() + most;
      for (let rested = 0; rested < inARow && performance.now() < end;) {
        const moment = await idle();
        rested = !moment.didTimeout && moment.timeRemaining() >= whole ? rested + 1 : 0;
        await wait(20);
      }
      await wait(quiet);
    },
    { quiet: quietMs, whole: 45, inARow: 4, most: 5000 },
  );
}

/** Bytes of the heap that are kept: objects, and the buffers behind typed arrays. */
export async function heapKept(tools) {
  await tools.send("HeapProfiler.enable");
  for (let times = 0; times < 3; times++) await tools.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = await tools.send("Runtime.getHeapUsage");
  return usedSize + backingStorageSize;
}

/** What pressing keys takes: of each press the work of the main thread, and the time to the next painted frame. */
export async function measurePresses(page, tools, keys) {
  await tools.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.evaluate(watchPaint);
  const presses = [];
  for (const key of keys) {
    const before = await counters(tools);
    await page.keyboard.press(key);
    const paint = await page.evaluate(() => window.painted());
    await page.waitForTimeout(30);
    const after = await counters(tools);
    const spent = (name) => (after[name] - before[name]) * 1000;
    presses.push({
      key,
      paint,
      work: spent("ScriptDuration") + spent("LayoutDuration") + spent("RecalcStyleDuration"),
      script: spent("ScriptDuration"),
      layout: spent("LayoutDuration") + spent("RecalcStyleDuration"),
      task: spent("TaskDuration"),
    });
  }
  await tools.send("Performance.disable");
  return presses;
}

async function counters(tools) {
  const { metrics } = await tools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** In the page: `painted()` waits for the frame after the last key press, and says how long it came after. */
function watchPaint() {
  if (window.painted) return;
  let waiting;
  window.addEventListener(
    "keydown",
    (event) => {
      const from = event.timeStamp;
      waiting = new Promise((resolve) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - from);
          port2.postMessage(null);
        });
      });
    },
    { capture: true },
  );
  window.painted = () => waiting;
}
