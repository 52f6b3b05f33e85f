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

/** What the browser calls script, and style and layout, in its record of what it did. */
const LAYOUT = ["Layout", "UpdateLayoutTree"];
const SCRIPT = ["EventDispatch", "FunctionCall", "FireAnimationFrame", "FireIdleCallback", "TimerFire", "RunMicrotasks"];
const COUNTED = new Set([...LAYOUT, ...SCRIPT]);

/**
 * What pressing keys takes: of each press the script, style and layout of the main thread up to the frame that shows the step
 * (`work`; `layout` of it) and in the 30 ms after that (`later`), in milliseconds of the thread; `paint`: of the clock, up to
 * that frame.
 */
export async function measurePresses(page, tools, keys) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  const ended = new Promise((resolve) => tools.once("Tracing.tracingComplete", resolve));
  tools.on("Tracing.dataCollected", collect);
  await page.evaluate(watchPaint);
  const includedCategories = ["devtools.timeline", "blink.user_timing"];
  await tools.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories } });
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.evaluate(() => window.painted());
    await page.waitForTimeout(30);
  }
  await tools.send("Tracing.end");
  await ended;
  tools.off("Tracing.dataCollected", collect);
  return pressesIn(events).map((press, index) => ({ key: keys[index], ...press }));
}

/** The presses in the browser's record, between the marks of `watchPaint`. */
function pressesIn(events) {
  const { tid, pid } = events.find(({ name }) => name === "pressed");
  const main = events.filter((each) => each.tid === tid && each.pid === pid).toSorted((a, b) => a.ts - b.ts);
  const times = (mark) => main.filter(({ name }) => name === mark).map(({ ts }) => ts);
  const [pressed, painted] = [times("pressed"), times("painted")];
  const presses = pressed.map((at, index) => ({ work: 0, layout: 0, later: 0, paint: (painted[index] - at) / 1000 }));
  let end = 0; // of the latest piece of work: what begins before it is a part of it
  for (const { name, ph, ts, dur, tdur } of main) {
    if (ph !== "X" || !COUNTED.has(name)) continue;
    const index = pressed.findLastIndex((at) => at < ts + dur); // the event of the key begins just before its mark
    if (index < 0) continue;
    const isLater = painted[index] < ts + dur;
    if (!isLater && LAYOUT.includes(name)) presses[index].layout += tdur / 1000;
    if (ts < end) continue;
    end = ts + dur;
    presses[index][isLater ? "later" : "work"] += tdur / 1000;
  }
  return presses;
}

/** In the page: marks each press of a key, and the moment at which the frame after it is painted: `painted()` waits for that. */
function watchPaint() {
  if (window.painted) return;
  let waiting;
  const pressed = () => {
    performance.mark("pressed");
    waiting = new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          performance.mark("painted");
          resolve();
        };
        port2.postMessage(null);
      });
    });
  };
  window.addEventListener("keydown", pressed, { capture: true });
  window.painted = () => waiting;
}
