import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import { LecturePage } from "../../app/LecturePage";
import type { Trace } from "../../format/generated";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { setSettings, stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";

const SOURCE = `import os
import sys


def main():
    text("# Sums")
    total = 0  # @inspect total
    for i in range(3):
        text(f"turn {i}")  # @animate
        total = add(total, i)  # @inspect total
    if total > 100:
        print("big")


def add(a, b):
    return a + b
`;

/** The page of a small lecture in which one loop calls one function, with something about it changed. */
async function page(change: (trace: Trace) => void = () => undefined) {
  const trace = traceFromText(`
    6 "# Sums"
    7 total=0
    8
    9 "turn 0"
    4
      20 return=0
    ^ total=0
    8
    9 "turn 1"
    4
      20 return=1
    ^ total=1
    8
    5`);
  // Line 4 of the drawing is the call in line 10 of the source, line 5 its branch, line 20 the body of add.
  const lines = new Map([
    [4, 10],
    [5, 11],
    [20, 16],
  ]);
  trace.statements.line = trace.statements.line.map((line) => lines.get(line) ?? line);
  trace.statements.end_line = trace.statements.line;
  trace.functions = { ...trace.functions, line: [5, 15], end_line: [12, 16] };
  const [file] = trace.files;
  file.text = SOURCE;
  file.directives = SOURCE.split("\n").flatMap((text, index) => {
    const column = text.search(/# @/);
    if (column < 0) return [];
    const name = text.includes("@animate") ? ("animate" as const) : ("inspect" as const);
    return [{ name, arguments: [], line: index + 1, column, end_column: text.length }];
  });
  change(trace);
  const lecture = openLecture(trace);
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "var/traces/t.json", lecture },
    position: 0,
  });
  const screen = await render(<LecturePage />);
  return { screen, root: screen.container };
}

const lineAt = (root: Element) => root.querySelector("[aria-current=step]")?.getAttribute("data-line");
const code = (root: Element) => [...root.querySelectorAll(".lecture .source")].map((line) => line.textContent.trim());

beforeEach(() => localStorage.clear());

describe("the lecture on the page", () => {
  it("shows words in place of their calls, and code without its directives", async () => {
    const { screen, root } = await page();
    await expect.element(screen.getByRole("article").getByRole("heading", { name: "Sums" })).toBeVisible();
    expect(code(root)).toEqual([
      "total = 0",
      "for i in range(3):",
      "total = add(total, i)",
      "if total > 100:",
      'print("big")',
      "def add(a, b):",
      "return a + b",
    ]);
    expect(root.querySelector(".unreached")?.textContent).toContain('print("big")');
  });

  it("opens the imports when asked", async () => {
    const { screen, root } = await page();
    await userEvent.click(screen.getByRole("button", { name: /Imports/ }));
    expect(code(root).slice(0, 2)).toEqual(["import os", "import sys"]);
  });

  it("shows the source as it is when that is asked for", async () => {
    const { screen, root } = await page();
    setSettings({ raw: true });
    await expect.element(screen.getByText("def main():")).toBeVisible();
    expect(code(root)).toContain("total = 0  # @inspect total");
    expect(root.querySelector(".outputs")).not.toBeNull();
  });

  it("marks the way into a call and the way out, and the caller in between", async () => {
    const { root } = await page();
    const mark = (line: number) => root.querySelector(`[data-line="${line}"]`)?.getAttribute("data-mark");
    stepTo(4);
    await expect.poll(() => mark(10)).toBe("in");
    stepTo(5);
    await expect.poll(() => mark(16)).toBe("at");
    expect(mark(10)).toBe("caller");
    stepTo(6);
    await expect.poll(() => mark(10)).toBe("out");
    expect(root.querySelectorAll("[aria-current=step]")).toHaveLength(1);
  });

  it("shows each turn its own words, and those to come only where the author does not animate", async () => {
    const { root } = await page();
    const words = () => root.querySelector<HTMLElement>('[data-line="9"] .outputs')!;
    expect(getComputedStyle(words()).visibility).toBe("hidden");
    stepTo(3);
    await expect.poll(() => getComputedStyle(words()).visibility).toBe("visible");
    expect(words().textContent).toBe("turn 0");
    stepTo(8);
    await expect.poll(() => words().textContent).toBe("turn 1");
  });

  it("goes to the next turn of a line that is clicked", async () => {
    const { screen, root } = await page();
    const line = screen.getByText("for i in range(3):", { exact: true });
    await userEvent.click(line);
    await expect.poll(() => lineAt(root)).toBe("8");
    expect(store.getState().position).toBe(2);
    await userEvent.click(line);
    expect(store.getState().position).toBe(7);
    await userEvent.click(screen.getByText('print("big")'));
    await expect.element(screen.getByText("Line 12 did not run in this recording.")).toBeVisible();
  });

  it("shows values beside it, what changed and what was returned", async () => {
    const { screen } = await page();
    stepTo(10);
    const panel = screen.getByRole("region", { name: "Variables" });
    await expect.element(panel).toHaveTextContent(/returns.*1/);
    stepTo(11);
    await expect.poll(() => document.querySelector("[data-name=total]")?.textContent).toMatch(/total \(changed\).*1/);
    stepTo(12);
    await expect.poll(() => document.querySelector("[data-name=total]")?.textContent).not.toContain("changed");
  });

  it("says beside a line how many of its turns were not recorded, and where they would follow", async () => {
    const { screen, root } = await page((trace) => {
      const [header, body] = [8, 9].map((line) => trace.statements.line.indexOf(line));
      const last = (statement: number) => trace.steps.statement.lastIndexOf(statement);
      trace.elided = { statement: [header, body], step: [last(header), last(body)], count: [21, 1] };
    });
    const beside = (line: number) => root.querySelector(`[data-line="${line}"] .more-turns`)?.textContent;
    expect(beside(7)).toBeUndefined();
    expect(beside(8)).toBe("… 21 more turns not recorded");
    expect(beside(9)).toBe("… 1 more turn not recorded");
    const status = screen.getByRole("region", { name: "Stepping" });
    stepTo(2);
    await expect.element(status).toHaveTextContent("turn 1 of 3");
    await expect.element(status).not.toHaveTextContent("not recorded");
    stepTo(12);
    await expect.element(status).toHaveTextContent("turn 3 of 3 · 21 more not recorded");
  });

  it("shows an exception where a step ended by it, though it was handled, and not after", async () => {
    const { screen } = await page((trace) => {
      trace.failures.push({ type: "KeyError", message: "'missing'", traceback: [] });
      trace.raised = { step: [1], failure: [0] };
      trace.steps.end[1] = 3;
    });
    const panel = screen.getByRole("region", { name: "Variables" });
    stepTo(1);
    await expect.element(panel).toHaveTextContent("raises KeyError: 'missing'");
    stepTo(2);
    await expect.element(panel).not.toHaveTextContent("raises");
  });

  it("leaves the lines alone that a step does not touch", async () => {
    const { root } = await page();
    const untouched = root.querySelector('[data-line="16"]')!;
    let changes = 0;
    const observer = new MutationObserver((records) => (changes += records.length));
    observer.observe(untouched, { attributes: true, childList: true, subtree: true, characterData: true });
    stepTo(1);
    await expect.poll(() => lineAt(root)).toBe("7");
    stepTo(2);
    await expect.poll(() => lineAt(root)).toBe("8");
    expect(changes).toBe(0);
    observer.disconnect();
  });
});
