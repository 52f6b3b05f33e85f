import "../../theme/index.css";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser, userEvent } from "vitest/browser";
import type { Tensor, Trace, Value } from "../../format/generated";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { keepOpened } from "../../state/comparison";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import ComparePane from "./ComparePane";

let files = 0;

/** Two drawn runs, compared, at a position of the first. */
async function show(a: string | Trace, b: string | Trace, position = 0, values: Record<string, Value> = {}) {
  const [first, second] = [a, b].map((each) =>
    openLecture(typeof each === "string" ? traceFromText(each, values) : each),
  );
  const path = keepOpened(new File([], `other-${files++}.json`), second);
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "t.json", lecture: first },
    comparing: { path, step: -1, out: false },
    position,
  });
  const { container } = await render(<ComparePane />);
  await expect.poll(() => container.querySelector(".compare")).not.toBeNull();
  await expect.poll(() => container.querySelector("[aria-busy=true]")).toBeNull();
  return container;
}

const row = (page: Element, name: string) =>
  [...page.querySelectorAll(".compare-values tr")].find((each) => each.querySelector("th")?.textContent === name)!;
const cells = (page: Element, name: string) =>
  [...row(page, name).querySelectorAll("td")].map((cell) => cell.textContent);
const here = (page: Element, side: string) =>
  page.querySelector<HTMLElement>(`.source-row[data-here~="${side}"]`)?.dataset[side];
const list = (page: Element) => [...page.querySelectorAll(".compare-item")].map((item) => item.textContent);

const tensor = (elements: number[], more: Partial<Tensor> = {}): Tensor => ({
  kind: "tensor",
  type: "torch.Tensor",
  shape: [2, elements.length / 2],
  dtype: "float32",
  elements,
  stats: { min: Math.min(...elements), max: Math.max(...elements), mean: 1, std: 1 },
  ...more,
});

beforeEach(async () => {
  localStorage.clear();
  await browser.viewport(1440, 900);
});

describe("two runs side by side", () => {
  it("have their values beside each other, and say how far they are apart", async () => {
    const page = await show("1 x=1 y=2 z=3", "1 x=1 y=3 w=4", 0);
    expect(cells(page, "x")).toEqual(["1", "1", "same"]);
    expect(cells(page, "y")).toEqual(["2", "3", "≠+1+50 %"]);
    expect(cells(page, "z")).toEqual(["3", "not here", "≠only A"]);
    expect(cells(page, "w")).toEqual(["not here", "4", "≠only B"]);
    expect(list(page)).toEqual(["≠ y differs: 2 / 3"]);
  });

  it("move in step, and a line of one alone has no counterpart", async () => {
    const page = await show("1\n2\n3\n4", "1\n3\n4");
    expect([here(page, "a"), here(page, "b")]).toEqual(["1", "1"]);
    stepTo(1);
    await expect.poll(() => here(page, "a")).toBe("2");
    expect(here(page, "b")).toBe("1");
    expect(page.querySelector(".compare-sides")?.textContent).toContain("no counterpart; last at line 1");
    stepTo(2);
    await expect.poll(() => [here(page, "a"), here(page, "b")]).toEqual(["3", "3"]);
    expect(list(page)).toEqual([" then A runs line 2, B runs line 3"]);
  });

  it("leave the lines alone that a step does not touch", async () => {
    const page = await show("1\n2\n30\n3", "1\n2\n30\n3");
    const untouched = page.querySelector('.source-row[data-a="36"]')!.parentElement!;
    let changes = 0;
    const observer = new MutationObserver((records) => (changes += records.length));
    observer.observe(untouched, { attributes: true, childList: true, subtree: true, characterData: true });
    stepTo(1);
    await expect.poll(() => here(page, "b")).toBe("2");
    observer.disconnect();
    expect(changes).toBe(0);
  });

  it("agree as closely as the reader asks", async () => {
    const page = await show("1 loss=2.3012", "1 loss=2.3013");
    expect(list(page)).toEqual(["≠ loss differs: 2.3012 / 2.3013"]);
    const select = page.querySelector<HTMLSelectElement>(".compare-tolerance select")!;
    await userEvent.selectOptions(select, "0.001");
    await expect.poll(() => page.querySelector(".compare-list .nothing")?.textContent).toContain("1 step, and all");
    expect(row(page, "loss").getAttribute("data-differs")).toBeNull();
    await userEvent.selectOptions(select, "0.000001");
    await expect.poll(() => list(page)).toHaveLength(1);
  });

  it("are left by Escape, but not while a field has the keys", async () => {
    const page = await show("1 x=1", "1 x=2");
    page.querySelector<HTMLSelectElement>("select")!.focus();
    await userEvent.keyboard("{Escape}");
    expect(store.getState().comparing).not.toBeNull();
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard("{Escape}");
    expect(store.getState().comparing).toBeNull();
  });

  it("show code of one side alone in its own column, and what is the same once", async () => {
    const [a, b] = [traceFromText("1\n2"), traceFromText("1\n2")];
    a.files[0].text = "def main():\n    f()\n    removed_line()\n";
    b.files[0].text = "def main():\n    f()\n";
    const page = await show(a, b);
    const kinds = [...page.querySelectorAll<HTMLElement>(".source-row")].map(({ dataset }) => dataset.kind);
    expect(kinds).toEqual(["same", "same", "a"]);
    const box = (selector: string) => page.querySelector(selector)!.getBoundingClientRect();
    const [whole, only] = [box('[data-kind="same"] .source-code'), box('[data-kind="a"] .source-code')];
    expect(only.width).toBeLessThan(whole.width * 0.6);
    expect(only.left).toBe(whole.left);
  });
});

describe("arrays", () => {
  it("are compared by their facts and element by element, with a picture of the difference", async () => {
    const values = { t: tensor([1, 2, 3, 4]), u: tensor([1, 2, 3, 4.5]) };
    const page = await show("1 w=$t", "1 w=$u", 0, values);
    await expect
      .poll(() => page.querySelector(".compare-apart-words")?.textContent)
      .toBe("1 of 4 elements differ; by 0.5 at most, 0.125 on average.");
    const facts = [...page.querySelectorAll(".compare-facts-table tbody tr")].map((each) => each.textContent);
    expect(facts).toContain("max44.5≠+0.5");
    expect(facts).toContain("shape[2, 2][2, 2]same");
    await expect.poll(() => page.querySelector(".compare-picture .lens")).not.toBeNull();
    expect(page.querySelector(".compare-picture")?.textContent).toContain("0.5");
  });

  it("of another dtype are alike where their numbers are, and say so", async () => {
    const values = { t: tensor([1, 2]), u: tensor([1, 2], { dtype: "bfloat16" }) };
    const page = await show("1 w=$t", "1 w=$u", 0, values);
    expect(cells(page, "w").at(-1)).toBe("same numbers");
  });
});

it("hostile values and outputs leave the page standing", async () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of what a guard has caught
  const evil = {
    t: { kind: "tensor", shape: "x", dtype: 4, elements: 1e9, stats: { min: {}, max: [] } } as unknown as Value,
    u: { kind: "nobody knows", items: 3 } as unknown as Value,
  };
  const [a, b] = ["1 t=$t u=$u __proto__=1\n2", "1 t=$u u=$t __proto__=2\n2"].map((text) => traceFromText(text, evil));
  for (const trace of [a, b]) {
    trace.outputs.push({ kind: "image", source: "javascript:alert(1)" }, { kind: "no kind" } as never);
    trace.shown = { step: [0, 0], at: [0, 0], output: [0, 1] } as never;
  }
  b.outputs[0] = { kind: "text", text: 7 } as never;
  const page = await show(a, b);
  expect(page.querySelector(".compare")).not.toBeNull();
  expect(page.querySelector("img[src^=javascript], a[href^=javascript]")).toBeNull();
  expect(row(page, "__proto__").getAttribute("data-differs")).toBe("true");
  quiet.mockRestore();
});

it("on a phone everything fits, and no target is small", async () => {
  await browser.viewport(390, 844);
  const page = await show('1 x=1\n2 words="a rather long string that goes on and on and on and on"', "1 x=2\n2", 1);
  expect(document.documentElement.scrollWidth).toBe(390);
  for (const button of page.querySelectorAll<HTMLElement>(".compare-tools button, .compare-switch button")) {
    expect(button.getBoundingClientRect().height).toBeGreaterThanOrEqual(34);
  }
});
