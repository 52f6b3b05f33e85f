/** Thousands of actions drawn from a seed: every command by its keys, clicks on lines, the scrubber. */
import { heapKept, newPage, open, settle } from "./page.mjs";
import { mb, median } from "./table.mjs";

const SEED = 20261121;
/** Actions between two looks at the heap. */
const STRETCH = 200;

export async function enduranceRow({ browser, address }, name, keys, actions) {
  const { page, tools, errors, close } = await newPage(browser);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  page.on("filechooser", () => undefined);
  await open(page, `${address}/?trace=var/traces/${name}.json`);
  const random = randomFrom(SEED);
  const heaps = [];
  const done = [];
  for (let action = 1; action <= actions; action++) {
    done.push(await act(page, random, keys));
    if (action % STRETCH > 0) continue;
    await page.keyboard.press("Escape");
    await settle(page);
    heaps.push(await heapKept(tools));
  }
  const open_ = await page.evaluate(() => document.querySelector(".page") !== null);
  await close();
  // The first stretch loads what is loaded when first needed.
  const third = Math.max(1, Math.floor((heaps.length - 1) / 3));
  const growth = median(heaps.slice(-third)) / median(heaps.slice(1, 1 + third)) - 1;
  for (const error of errors) console.error(`${name}: ${error} (after ${done.slice(-10).join(" ")})`);
  return {
    label: `${name}: ${actions.toLocaleString("en")} random actions`,
    figures: {
      p50: `${errors.length} errors`,
      p95: `${mb(heaps.at(1) ?? heaps[0])} → ${mb(heaps.at(-1))}, ${(growth * 100).toFixed(0)} %`,
    },
    target: "no error, heap +20 %",
    met: errors.length === 0 && growth <= 0.2 && open_,
  };
}

async function act(page, random, keys) {
  const oneOf = (items) => items[Math.floor(random() * items.length)];
  const which = random();
  const inDialog = (await page.locator("dialog[open]").count()) > 0;
  if (inDialog && which < 0.4) return press(page, "Escape");
  if (which < 0.8) return press(page, oneOf(keys));
  const selector = which < 0.92 ? ".page:not([hidden]) .row .number" : ".scrubber input";
  const share = random();
  const place = await page.evaluate(
    ([selector, share]) => {
      const boxes = [...document.querySelectorAll(selector)]
        .map((element) => element.getBoundingClientRect())
        .filter(({ top, bottom, width }) => width > 0 && top > 60 && bottom < innerHeight);
      const box = boxes[Math.floor(share * boxes.length)];
      return box && { x: box.left + box.width * (boxes.length > 1 ? 0.5 : share), y: box.top + box.height / 2 };
    },
    [selector, share],
  );
  if (!place) return "nothing";
  await page.mouse.click(place.x, place.y);
  return `click ${selector}`;
}

/** A key as the registry has it, as Playwright wants it. */
async function press(page, key) {
  await page.keyboard.press(key.replace("Ctrl+", "Control+").replace(/\+([A-Z])$/, (_, letter) => `+${letter}`));
  await page.waitForTimeout(10);
  return key;
}

/** A stream of numbers in [0, 1): mulberry32. */
function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
