import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, type Page } from "@playwright/test";
import { traceFromText } from "../src/logic/trace-from-text";
import {
  currentLine,
  expectAccessible,
  expectLine,
  expectNoSidewaysScroll,
  open,
  openTrace,
  test,
  TRACE,
} from "./lecture";

const fixtures = path.resolve(import.meta.dirname, "../src/format/import/fixtures");
const fixture = (name: string) => readFileSync(path.join(fixtures, `${name}.json`));
const own = () => JSON.stringify(traceFromText('1 x=1\n2 "# From a file"\n3\n  10 y=2\n  11\n4'));

// Who listens from the beginning misses no chooser: Chromium is told of the first listener while the first key is on its way.
test.beforeEach(({ page }) => void page.on("filechooser", () => {}));

/** Choose a file by keyboard. */
async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  const asked = page.waitForEvent("filechooser");
  await page.keyboard.press("Shift+O");
  await (await asked).setFiles({ name, mimeType: "application/json", buffer });
}

/** Drop files on the page, as a browser does. */
async function drop(page: Page, ...files: { name: string; body: string }[]): Promise<void> {
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, body } of given) transfer.items.add(new File([body], name));
    return transfer;
  }, files);
  await page.dispatchEvent("body", "dragenter", { dataTransfer: data });
  await expect(async () => {
    await page.dispatchEvent("body", "dragover", { dataTransfer: data }); // as long as it is there, a browser says so
    await expect(page.getByText("Drop the trace to open it")).toBeVisible({ timeout: 300 });
  }).toPass();
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await expect(page.getByText("Drop the trace to open it")).toBeHidden();
}

const heading = (page: Page, name: string) => page.getByRole("article").getByRole("heading", { name });

test.describe("a trace of the reader's own", () => {
  test("opens by the picker, on the start page, with a button and with a key", async ({ page }) => {
    await open(page, "");
    const asked = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open a trace file" }).click();
    await (await asked).setFiles({ name: "mine.json", mimeType: "application/json", buffer: Buffer.from(own()) });
    await expect(heading(page, "From a file")).toBeVisible();
    await page.keyboard.press("ArrowRight");
    await expectLine(page, 2);
    await expect(page).toHaveURL(/\?local=mine\.json&step=1&.*at=main:2$/);
    await page.goBack();
    await expect(page.getByRole("button", { name: "Open a trace file" })).toBeVisible();
    await page.goForward();
    await expectLine(page, 2);
  });

  test("opens over a lecture, and back leads to that", async ({ page }) => {
    await open(page, `?trace=${TRACE}`);
    const title = await page.title();
    await choose(page, "mine.json", Buffer.from(own()));
    await expect(heading(page, "From a file")).toBeVisible();
    await page.keyboard.press("y");
    await expect(page.locator(".passing-message")).toContainText("no link leads to it");
    await page.goBack();
    await expect(page).toHaveTitle(title);
  });

  test("is found no more after a reload; opened again, it shows the place", async ({ page }) => {
    await open(page, "");
    await choose(page, "mine.json", Buffer.from(own()));
    await expect(heading(page, "From a file")).toBeVisible();
    await page.keyboard.press("End");
    await expectLine(page, 4);
    await expect(page).toHaveURL(/&at=main:4/);
    await page.reload();
    await expect(page.getByRole("heading", { name: "This file must be opened again" })).toBeVisible();
    await expect(page.getByRole("main")).toContainText("mine.json came from your own disk");
    await expectAccessible(page, "main");
    await choose(page, "mine.json", Buffer.from(own()));
    await expectLine(page, 4);
  });

  test("may be compressed, and is told when it is no trace", async ({ page }) => {
    await open(page, "");
    await choose(page, "mine.json.gz", gzipSync(own()));
    await expect(heading(page, "From a file")).toBeVisible();
    await choose(page, "hello.json", Buffer.from("hello"));
    await expect(page.getByRole("main")).toContainText("It is not JSON.");
    await choose(page, "broken.json.gz", gzipSync(own()).subarray(0, 60));
    await expect(page.getByRole("main")).toContainText("choose it again");
    await choose(page, "bomb.json.gz", gzipSync(Buffer.alloc(501_000_000)));
    await expect(page.getByRole("main")).toContainText("more than the 500 MB");
  });

  test("is dropped on the start page, on a lecture, on a problem", async ({ page }) => {
    await open(page, "");
    await drop(page, { name: "mine.json", body: own() });
    await expect(heading(page, "From a file")).toBeVisible();
    await drop(page, { name: "none.json", body: "{}" });
    await expect(page.getByRole("main")).toContainText("not the record of a lecture");
    await drop(page, { name: "a.json", body: own() }, { name: "b.json", body: own() });
    await expect(heading(page, "From a file")).toBeVisible();
    await expect(page.locator(".passing-message")).toHaveText("One trace at a time: this is a.json.");
  });

  test("is not what words that are dragged are", async ({ page }) => {
    await open(page, "");
    const words = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.setData("text/plain", "words");
      return transfer;
    });
    await page.dispatchEvent("body", "dragover", { dataTransfer: words });
    await expect(page.getByText("Drop the trace to open it")).toHaveCount(0);
  });
});

test.describe("old traces", () => {
  for (const [name, title] of [
    ["edtrace-calls", "Counting words"],
    ["before-edtrace", "An older lecture"],
  ]) {
    test(`${name} opens by its address, and can be stepped through to the end and back`, async ({ page }) => {
      await openTrace(page, fixture(name).toString());
      await expect(heading(page, title)).toBeVisible();
      const first = await currentLine(page).getAttribute("data-line");
      await page.keyboard.press("End");
      await expect(currentLine(page)).not.toHaveAttribute("data-line", first!);
      for (let i = 0; i < 12; i++) await page.keyboard.press(i % 2 ? "k" : "h");
      await page.keyboard.press("i");
      await expect(page.getByRole("dialog")).toContainText("recorded by edtrace, or by the engine before it");
      await expectAccessible(page, "dialog", ["light"]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("w");
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNoSidewaysScroll(page);
    });

    test(`${name} opens by picker and by drop`, async ({ page }) => {
      await open(page, "");
      await choose(page, "old.json", fixture(name));
      await expect(heading(page, title)).toBeVisible();
      await drop(page, { name: "older.json", body: fixture(name).toString() });
      await expect(page).toHaveURL(/local=older\.json/);
      await expect(heading(page, title)).toBeVisible();
    });
  }

  test("have calls, turns and values", async ({ page }) => {
    await openTrace(page, fixture("edtrace-calls").toString(), "&step=57");
    const stack = page.locator(".top-place");
    await page.keyboard.press("Home");
    for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowRight");
    await expect(stack).toContainText("count");
    await page.keyboard.press("u");
    await expectLine(page, 13);
    await expect(page.locator(".variables [data-name=counts]")).toBeVisible();
  });
});

test.describe("traces of other addresses", () => {
  let other: Server;
  let server: ChildProcess;
  let origin = "";
  let viewer = "";
  const asked: { url: string; cookie: string; referer: string }[] = [];

  test.beforeAll(async () => {
    other = createServer((request, response) => {
      const { cookie = "", referer = "" } = request.headers;
      asked.push({ url: request.url ?? "", cookie, referer });
      const isOpen = !request.url!.includes("closed");
      if (request.url!.includes("leads-on")) return response.writeHead(302, { location: "/trace.json" }).end();
      const head = isOpen ? { "access-control-allow-origin": "*", "set-cookie": "secret=1" } : {};
      response.writeHead(200, { "content-type": "application/json", ...head }).end(own());
    });
    await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

    const root = path.resolve(import.meta.dirname, "../..");
    const venv = path.join(root, ".venv/bin/python");
    const python = process.env.PYTHON ?? (existsSync(venv) ? venv : "python3");
    const options = ["--port", "0", "--no-open", "--allow-origin", origin];
    server = spawn(python, ["-u", "-m", "tracer", "serve", ...options], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    viewer = await new Promise<string>((resolve, reject) => {
      server.stdout!.on("data", (data) => {
        const found = /Serving (http:\/\/[^/]+)/.exec(String(data));
        if (found) resolve(found[1]);
      });
      server.on("exit", () => reject(new Error("The server ended.")));
    });
  });

  test.afterAll(() => {
    server.removeAllListeners("exit");
    server.kill("SIGINT");
    other.close();
  });

  const ready = (page: Page) => page.locator("html[data-ready]").waitFor({ state: "attached" });

  test("open where the server's owner allows it, and are sent nothing", async ({ page }) => {
    await page.context().addCookies([{ name: "mine", value: "1", url: origin }]);
    await page.goto(`${viewer}/?trace=${origin}/trace.json&step=3`);
    await expect(heading(page, "From a file")).toBeVisible();
    await expectLine(page, 10);
    const [request] = asked.filter(({ url }) => url === "/trace.json");
    expect(request).toEqual({ url: "/trace.json", cookie: "", referer: "" });
    await page.keyboard.press("End");
    await expect(page).toHaveURL(/trace=http:\/\/127\.0\.0\.1:\d+\/trace\.json&step=/);
  });

  test("are refused from anywhere else, in a sentence", async ({ page }) => {
    const before = asked.length;
    for (const there of [
      `${origin.replace("127.0.0.1", "localhost")}/t.json`,
      "https://example.org/t.json",
      "//example.org/t.json",
    ]) {
      await page.goto(`${viewer}/?trace=${there}`);
      await ready(page);
      await expect(page.getByRole("main")).toContainText("opens traces of its own address only");
    }
    expect(asked.length).toBe(before);
  });
});

test("what has changed since the run is told, with what to do", async ({ page }) => {
  const trace = traceFromText("1 x=1\n2");
  trace.files[0].sha256 = "0".repeat(64);
  let changed: string[] = [];
  await page.route("**/api/sources/made-up.json", (route) =>
    route.fulfill({ contentType: "application/json", body: JSON.stringify({ changed, gone: [] }) }),
  );
  await openTrace(page, trace);
  const chip = page.getByRole("button", { name: "drawn.py has changed since this was recorded" });
  await expect(chip).toHaveCount(0);
  changed = ["lectures/drawn.py"];
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(chip).toBeVisible();
  await chip.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("drawn.py has changed since this was recorded");
  await expect(dialog.locator(".facts-changed code")).toHaveText("python execute.py -m drawn");
  await expectAccessible(page, "dialog");
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(chip).toBeVisible();
  await expectNoSidewaysScroll(page);
});
