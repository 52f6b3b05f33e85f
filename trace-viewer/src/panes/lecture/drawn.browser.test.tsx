import "../../theme/index.css";
import { beforeEach, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser } from "vitest/browser";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { peekAt, stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import { LecturePane } from "./LecturePane";
import { FURTHEST } from "./useLayAhead";

const LINES = 1200;

/** A long file, in which lines 1, 2 and 3 ran. */
async function show() {
  const trace = traceFromText("1\n2\n3");
  trace.files[0].text = Array.from({ length: LINES }, (_, index) => `line_${index + 1} = ${index}`).join("\n");
  trace.statements.line = trace.statements.end_line = [1, 2, LINES - 10];
  const opened = { status: "ready", path: "t.json", lecture: openLecture(trace) } as const;
  store.setState({ ...initialState(), settings: { ...defaults, raw: true }, opened, position: 0 });
  const { container } = await render(<LecturePane />);
  return container;
}

const row = (page: Element, line: number) => page.querySelector(`.row[data-line="${line}"]`);

beforeEach(async () => {
  localStorage.clear();
  await browser.viewport(1000, 700);
});

it("draws what is in sight at once, and the rest when there is time", async () => {
  const page = await show();
  expect(row(page, 1)).not.toBeNull();
  expect(page.querySelectorAll(".row").length).toBeLessThan(LINES / 2);
  await expect.poll(() => page.querySelectorAll(".row").length, { timeout: 20_000 }).toBe(LINES);
});

it("draws at once where a step, or a look at a line, leads to", async () => {
  const page = await show();
  expect(row(page, LINES - 10)).toBeNull();
  stepTo(2);
  await expect.poll(() => row(page, LINES - 10)?.getAttribute("aria-current")).toBe("step");
  expect(row(page, LINES)).not.toBeNull();
  peekAt(0, LINES / 2);
  await expect.poll(() => row(page, LINES / 2)?.getAttribute("data-mark")).toBe("looked");
});

it("draws at once what stands behind a function that is folded away", async () => {
  const trace = traceFromText("1\n2");
  const body = Array.from({ length: LINES }, (_, index) => `    line_${index} = 0`);
  trace.files[0].text = ["x = 0", "y = 0", "", "def long():", ...body, "", "after = 1"].join("\n");
  const opened = { status: "ready", path: "t.json", lecture: openLecture(trace) } as const;
  store.setState({ ...initialState(), settings: defaults, opened, position: 0 });
  const { container } = await render(<LecturePane />);
  expect(row(container, LINES + 6)).not.toBeNull();
  expect(row(container, LINES / 2)).toBeNull();
  expect(container.querySelector(".folded-button")).not.toBeNull();
});

it("moves nothing when it draws the rest", async () => {
  const page = await show();
  stepTo(2);
  await expect.poll(() => row(page, LINES - 10)).not.toBeNull();
  const top = () => row(page, LINES - 10)!.getBoundingClientRect().top;
  const before = top();
  await expect.poll(() => page.querySelectorAll(".row").length, { timeout: 20_000 }).toBe(LINES);
  expect(Math.abs(top() - before)).toBeLessThan(2);
});

it("draws the file that comes next before the reader is in it, where nobody sees it", async () => {
  const trace = traceFromText("1\n  10\n  11\n2");
  trace.files.push({ ...trace.files[0], path: "lectures/other.py", text: "# only here\n".repeat(40) });
  trace.statements.file = trace.statements.line.map((line) => (line >= 10 ? 1 : 0));
  const opened = { status: "ready", path: "t.json", lecture: openLecture(trace) } as const;
  store.setState({ ...initialState(), settings: { ...defaults, raw: true }, opened, position: 0 });
  const { container } = await render(<LecturePane />);
  const other = () => container.querySelector('.page[data-file="1"]');
  await expect.poll(() => other()?.querySelector('[data-line="10"]') ?? null).not.toBeNull();
  expect(other()!.querySelector(".row")!.checkVisibility()).toBe(false);
  expect(container.querySelectorAll("[aria-current=step]").length).toBe(1);
  stepTo(1);
  await expect.poll(() => other()!.querySelector("[aria-current=step]")?.getAttribute("data-line")).toBe("10");
  expect(other()!.querySelector(".row")!.checkVisibility()).toBe(true);
});

it("lays out what is near while the page is at rest, and not what is far", async () => {
  const asked = vi.spyOn(Element.prototype, "getBoundingClientRect");
  const page = await show();
  const isLaidOut = (line: number) => asked.mock.contexts.includes(row(page, line)!);
  const firsts = () => [...page.querySelectorAll(".block")].map((block) => block.querySelector<HTMLElement>(".row"));
  await expect.poll(() => firsts().every((first) => first !== null), { timeout: 20_000 }).toBe(true);
  const lines = firsts().map((first) => Number(first!.dataset.line));
  await expect.poll(() => lines.filter(isLaidOut), { timeout: 20_000 }).toEqual(lines.slice(0, FURTHEST + 1));
  asked.mockRestore();
});
