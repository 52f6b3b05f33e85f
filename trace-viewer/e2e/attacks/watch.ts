/** Watches a page for what no trace may do: run, lead away, open, send, cover, or leave in the page what could. */
import { expect, type Page } from "@playwright/test";

export interface Watch {
  /** What happened since it was last asked for. */
  seen(): string[];
}

export async function watch(page: Page, origin: string): Promise<Watch> {
  let seen: string[] = [];
  await page.addInitScript(() => {
    // A trace may be heard in a frame of its own, too.
    Object.defineProperty(window, "hacked", {
      set(by) {
        console.error(`a script of the trace ran: ${by}`);
      },
    });
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin)
      seen.push(`asked for ${url.href.slice(0, 200)}`);
  });
  page.on("dialog", (dialog) => {
    seen.push(`opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.context().on("page", (opened) => seen.push(`opened a window: ${opened.url()}`));
  page.on("framenavigated", (frame) => {
    if (frame !== page.mainFrame() || new URL(frame.url()).pathname !== "/")
      seen.push(`led to ${frame.url().slice(0, 200)}`);
  });
  page.on("download", (download) => seen.push(`downloaded ${download.url().slice(0, 200)}`));
  page.on("pageerror", (error) => seen.push(`failed: ${error.message.slice(0, 300)}`));
  page.on("console", (message) => {
    // What is not at this address is part of several attacks, and refused by the server; what the security policy has to
    // refuse should never have been tried.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      seen.push(`complained: ${message.text().slice(0, 300)}`);
  });
  return {
    seen: () => {
      const all = seen;
      seen = [];
      return all;
    },
  };
}

/** What in the page could run, load, send or cover, whoever would press it. */
export async function harmIn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const harm: string[] = [];
    const LEADS = new Set(["http:", "https:", "mailto:"]);
    for (const element of document.body.querySelectorAll("*")) {
      const name = element.localName;
      if (/^(?:script|iframe|frame|object|embed|base|meta|link|style|portal|foreignobject|animate|set)$/.test(name))
        harm.push(`<${name}>`);
      for (const { name: attribute, value } of element.attributes) {
        if (attribute.startsWith("on")) harm.push(`${name} ${attribute}`);
        if (/^(?:srcdoc|formaction|action|background|ping|poster|http-equiv)$/.test(attribute))
          harm.push(`${name} ${attribute}=${value}`);
        if (
          attribute === "style" &&
          /url\(|expression|image-set|@import|position:\s*fixed/i.test(value) &&
          !element.closest(".card, dialog")
        )
          harm.push(`${name} style=${value.slice(0, 100)}`);
        const url = /^(?:xlink:)?href$|^src$/.test(attribute) && value ? URL.parse(value, document.baseURI) : null;
        if (!url) continue;
        const own = url.origin === location.origin;
        if (attribute === "src" ? !own && !/^data:(?:image|video)\//i.test(value) : !own && !LEADS.has(url.protocol))
          harm.push(`${name} ${attribute}=${value.slice(0, 100)}`);
        if (attribute === "href" && !own && !(element.getAttribute("rel") ?? "").includes("noopener"))
          harm.push(`${name} leads out with our window: ${value.slice(0, 100)}`);
      }
    }
    const step = document.querySelector("[data-command=forward]");
    if (step && !document.querySelector("dialog[open]")) {
      const { left, top, width, height } = step.getBoundingClientRect();
      const there = document.elementFromPoint(left + width / 2, top + height / 2);
      if (!step.contains(there)) harm.push(`the button to step is covered by ${there?.className || there?.localName}`);
    }
    const { scrollWidth, clientWidth, scrollHeight } = document.documentElement;
    if (scrollWidth > clientWidth) harm.push(`the page is ${scrollWidth} wide where ${clientWidth} can be seen`);
    if (scrollHeight > 2_000_000) harm.push(`the page is ${scrollHeight} high`);
    if ("polluted" in {}) harm.push("the prototype of all objects has a field more");
    return [...new Set(harm)];
  });
}

/** The page still is what it is for: the lecture, or a sentence that says why it is not. */
export async function expectGiven(page: Page, gives: "lecture" | "problem"): Promise<void> {
  if (gives === "problem") {
    await expect(page.getByRole("main")).toContainText(/\w+ \w+ \w+/);
    await expect(page.locator(".page")).toHaveCount(0);
  } else await expect(page.locator(".page:not([hidden]) .row").first()).toBeVisible();
}
