import { expect, test, type Page } from "@playwright/test";
import { elsewhere, nowhere } from "./attacks/addresses";
import { attacked, EVIL, inTraces, MARKUP, type Attack } from "./attacks/attack";
import { pictures } from "./attacks/pictures";
import { ranks } from "./attacks/ranks";
import { record } from "./attacks/record";
import { expectGiven, harmIn, watch, type Watch } from "./attacks/watch";
import { words } from "./attacks/words";

/**
 * A trace is hostile. Each of these is the golden record with one attack in it, opened in a browser under the policy that
 * the server gives the page: none runs a script, leads away, opens anything or asks another address for anything, and the
 * reader still gets the lecture, or a sentence. Many are opened in one page, as a reader would one after the other.
 */
const all: Attack[] = [...words, ...pictures, ...record, ...ranks];
const traces = inTraces(all);
const PAGES = 6;

/** All that can be shown is shown, so that every field of a record is drawn. */
const EVERYTHING = { notes: true, printed: true, memory: true, costs: true, turns: true, calls: true, variables: true };

/** Each page opens many traces, one after the other. */
test.describe.configure({ timeout: 180_000 });

let body = "";

async function start(page: Page, baseURL: string): Promise<Watch> {
  const watching = await watch(page, new URL(baseURL).origin);
  await page.route("**/var/traces/attack*.json", (route) => route.fulfill({ contentType: "application/json", body }));
  await page.addInitScript(
    (settings) => localStorage.setItem("executable-lectures.settings", settings),
    JSON.stringify(EVERYTHING),
  );
  return watching;
}

/** Open an address in the page that is there, as the browser's back button would. */
async function openNext(page: Page, query: string): Promise<void> {
  await page.evaluate((search) => {
    history.pushState(null, "", search);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `/${query}`);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
}

/** See what there is to see: the raw source, what ran, the contents, the end, another rank. */
async function lookAround(page: Page): Promise<string[]> {
  const harm: string[] = [];
  const look = async () => harm.push(...(await harmIn(page)));
  await page.waitForTimeout(120); // what loads when something needs it
  await look();
  await page.keyboard.press("r");
  await page.keyboard.press("i");
  await page.locator("dialog").waitFor();
  await look();
  await page.keyboard.press("Escape");
  await page.keyboard.press("r");
  await page.keyboard.press("v");
  await page.keyboard.press("Escape");
  await page.keyboard.press("End");
  await look();
  await page.keyboard.press(";"); // of several ranks, the next
  await look();
  return [...new Set(harm)];
}

test("there are as many attacks as there should be", () => {
  expect(all.length + elsewhere.length + nowhere.length).toBeGreaterThanOrEqual(150);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

for (let part = 0; part < PAGES; part++) {
  const some = traces.filter((_, at) => at % PAGES === part);
  test(`no trace does any harm, part ${part + 1}`, async ({ page, baseURL }) => {
    const { seen } = await start(page, baseURL!);
    await page.goto("/");
    for (const [at, attack] of some.entries()) {
      const gives = attack.gives ?? "lecture";
      body = attacked(attack);
      await openNext(page, `?trace=var/traces/attack-${at}.json`);
      await expectGiven(page, gives);
      if (attack.shows) await expect.soft(page.locator(attack.shows), attack.name).toBeVisible();
      const harm = gives === "lecture" ? await lookAround(page) : await harmIn(page);
      expect.soft({ attack: attack.name, harm, seen: seen() }).toEqual({ attack: attack.name, harm: [], seen: [] });
    }
  });
}

test("no address does any harm", async ({ page, baseURL }) => {
  const { seen } = await start(page, baseURL!);
  body = attacked({ name: "none", change: () => undefined });
  await page.goto(`/?${elsewhere[0]}`);
  await expectGiven(page, "problem");
  for (const [queries, gives] of [
    [elsewhere, "problem"],
    [nowhere.slice(0, -1), "lecture"],
    [nowhere.slice(-1), "problem"],
  ] as const) {
    for (const query of queries) {
      await openNext(page, `?${query}`);
      await expectGiven(page, gives);
      const harm = await harmIn(page);
      expect.soft({ query, harm, seen: seen() }).toEqual({ query, harm: [], seen: [] });
    }
  }
});

test("a list of traces does no harm, nor does a course", async ({ page, baseURL }) => {
  const { seen } = await start(page, baseURL!);
  const lecture = { id: MARKUP, order: 1, title: MARKUP, summary: MARKUP, needs: MARKUP, command: MARKUP };
  const lectures = [lecture, { ...lecture, id: "__proto__", needs: { gpu: 1e308, ranks: MARKUP, seconds: -1 } }, null];
  const courses = [
    { course: { title: MARKUP, description: MARKUP, lectures }, problem: null },
    { course: null, problem: MARKUP },
    { course: { ["__proto__"]: lecture, title: MARKUP, lectures: MARKUP }, problem: [MARKUP] },
    MARKUP,
  ];
  const entry = {
    name: MARKUP,
    title: MARKUP,
    url: `${EVIL}/x.json`,
    steps: 1e308,
    seconds: -1,
    outcome: { status: MARKUP, message: MARKUP },
    modified: MARKUP,
    bytes: -1,
    problem: null,
  };
  const lists = [
    [entry, { ...entry, url: "javascript:window.hacked=1" }, { ...entry, problem: MARKUP }],
    [null, 5, {}, { url: "__proto__", name: "constructor" }],
    { ["__proto__"]: entry },
    MARKUP,
  ];
  for (const [at, traces] of lists.entries()) {
    await page.route("**/api/traces", (route) => route.fulfill({ json: traces }));
    await page.route("**/api/course", (route) => route.fulfill({ json: courses[at] }));
    await page.goto("/");
    await expect(page.getByRole("main")).toBeVisible();
    expect.soft({ harm: await harmIn(page), seen: seen() }).toEqual({ harm: [], seen: [] });
    await page.unroute("**/api/traces");
    await page.unroute("**/api/course");
  }
});
