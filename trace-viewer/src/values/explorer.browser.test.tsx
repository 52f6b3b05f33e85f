import { describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import "../theme/index.css";
import type { Value } from "../format/generated";
import { ValueView } from "./ValueView";

const list = (items: Value[], length = items.length): Value => ({ kind: "sequence", type: "list", items, length });
const dict = (entries: [Value, Value][]): Value => ({ kind: "mapping", type: "dict", entries, length: entries.length });
const words = (text: string) => list(text.split(" "));
const long = "word ".repeat(30).trim();

const summaries = (page: Element) => [...page.querySelectorAll("summary")];
const open = (page: Element) => page.querySelectorAll("details[open]").length;

describe("what is opened stays open", () => {
  it("from step to step, by name and path", async () => {
    const value = (n: number): Value =>
      dict([
        ["first", words(`${long} ${n}`)],
        ["second", words(`${long} ${n}`)],
      ]);
    const view = await render(<ValueView id="7 config" value={value(1)} />);
    await userEvent.click(summaries(view.container)[2] as Element);
    await expect.poll(() => open(view.container)).toBe(2);

    await view.rerender(<ValueView id="7 other" value={3} />);
    expect(open(view.container)).toBe(0);
    await view.rerender(<ValueView id="7 config" value={value(2)} />);
    await expect.poll(() => open(view.container)).toBe(2);
    expect(summaries(view.container)[2]?.parentElement?.hasAttribute("open")).toBe(true);
    await view.unmount();

    const again = await render(<ValueView id="7 config" value={value(3)} />);
    await expect.poll(() => open(again.container)).toBe(2);
    const elsewhere = await render(<ValueView id="8 config" value={value(3)} />);
    expect(open(elsewhere.container)).toBe(1);
  });

  it("and what is closed stays closed", async () => {
    const value: Value = dict([["only", long]]);
    const view = await render(<ValueView id="9 closed" value={value} />);
    expect(open(view.container)).toBe(1);
    await userEvent.click(summaries(view.container)[0] as Element);
    await expect.poll(() => open(view.container)).toBe(0);
    await view.unmount();
    const again = await render(<ValueView id="9 closed" value={value} />);
    expect(open(again.container)).toBe(0);
  });

  it("by the keyboard", async () => {
    const view = await render(<ValueView value={words(`${long} keyboard`)} />);
    const summary = summaries(view.container)[0] as HTMLElement;
    summary.focus();
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => open(view.container)).toBe(1);
  });

  it("a value without a name forgets with its place", async () => {
    const view = await render(<ValueView value={words(long)} />);
    await userEvent.click(summaries(view.container)[0] as Element);
    await expect.poll(() => open(view.container)).toBe(1);
    await view.unmount();
    expect(open((await render(<ValueView value={words(long)} />)).container)).toBe(0);
  });
});

describe("a list that is something else, too", () => {
  const button = (page: Element, text: string) =>
    [...page.querySelectorAll<HTMLElement>(".value-toggle")].find((each) => each.textContent === text) as HTMLElement;

  it("words are tokens on demand, and stay so", async () => {
    const view = await render(<ValueView id="1 words" value={list(["The", " cat", " sat"])} />);
    expect(view.container.textContent).toContain("['The', ' cat', ' sat']");
    await userEvent.click(button(view.container, "as tokens"));
    await expect.poll(() => view.container.querySelectorAll(".token").length).toBe(3);
    await view.rerender(
      <ValueView
        id="1 words"
        value={list(["The", " cat", " sat", " on"])}
        changed
        before={list(["The", " cat", " sat"])}
      />,
    );
    await expect.poll(() => view.container.querySelectorAll(".token").length).toBe(4);
    expect(view.container.querySelectorAll(".token[data-change='added']")).toHaveLength(1);
    await userEvent.click(button(view.container, "as tokens"));
    await expect.poll(() => view.container.querySelectorAll(".token").length).toBe(0);
  });

  it("like records are a table on demand", async () => {
    const record = (step: number): Value =>
      dict([
        ["step", step],
        ["loss", 1 / step],
      ]);
    const view = await render(<ValueView value={list([record(1), record(2), record(3)], 50)} />);
    await userEvent.click(button(view.container, "as table"));
    await expect.poll(() => view.container.querySelectorAll("tbody tr").length).toBe(3);
    expect(view.container.querySelector("thead")?.textContent).toContain("steploss");
    expect(view.container.textContent).toContain("and 47 more rows, not recorded");
  });

  it("numbers are not", async () => {
    const view = await render(<ValueView value={list([1, 2])} />);
    expect(view.container.querySelector("button")).toBeNull();
  });
});

describe("strings", () => {
  const toggle = (page: Element, text: string) =>
    [...page.querySelectorAll<HTMLElement>(".value-toggle")].find((each) => each.textContent === text) as HTMLElement;

  it("keep their lines; what could deceive is always seen, spaces on demand", async () => {
    const page = (await render(<ValueView value={"one \n\ttwo\u202e"} />)).container;
    expect(page.querySelector(".value-space")).toBeNull();
    expect([...page.querySelectorAll(".value-escape")].map((e) => e.textContent)).toEqual(["\\u202e"]);
    await userEvent.click(toggle(page, "whitespace"));
    await expect.poll(() => page.querySelectorAll(".value-space").length).toBe(1);
    expect([...page.querySelectorAll(".value-escape")].map((e) => e.textContent)).toEqual(["\\n", "\\t", "\\u202e"]);
  });

  it("wrap, or scroll", async () => {
    const page = (await render(<ValueView value={`${"wide ".repeat(200)}\nnarrow`} />)).container;
    const box = page.querySelector(".value-string-text") as HTMLElement;
    expect(box.scrollWidth).toBeLessThanOrEqual(box.clientWidth);
    await userEvent.click(toggle(page, "wrap"));
    await expect.poll(() => box.scrollWidth).toBeGreaterThan(box.clientWidth);
    expect(box.tabIndex).toBe(0);
  });
});
