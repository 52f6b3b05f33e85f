import { expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import "../theme/index.css";
import type { Tokens, Value } from "../format/generated";
import { ValueView } from "./ValueView";

const tokens = (pieces: string[], rest: Partial<Tokens> = {}): Tokens => ({
  kind: "tokens",
  type: "list",
  ids: pieces.map((_, i) => 100 + i),
  pieces,
  length: pieces.length,
  ...rest,
});

async function show(value: Value, before?: Value) {
  const page = (await render(<ValueView value={value} before={before} />)).container;
  await expect.poll(() => page.querySelector(".token-list")).not.toBeNull();
  return page;
}

const chips = (page: Element) => [...page.querySelectorAll<HTMLElement>(".token[role=option]")];

it("tokens are chips over their text; neighbours differ, spaces and line ends are seen", async () => {
  const page = await show(tokens(["Hello", " world", "!", "\n", "\tagain", "", "\\xe2\\x80"]));
  expect(chips(page).map((chip) => chip.textContent)).toEqual([
    "Hello",
    " world",
    "!",
    "\\n",
    "\\tagain",
    "∅",
    "\\xe2\\x80",
  ]);
  expect(chips(page)[1]?.querySelector(".value-space")?.textContent).toBe(" ");
  expect(page.querySelectorAll("br")).toHaveLength(1);
  const colors = chips(page).map((chip) => getComputedStyle(chip).backgroundColor);
  colors.forEach((color, i) => expect(color).not.toBe(colors[i - 1]));
  expect(page.textContent).toContain("7 tokens");
});

it("the pointer and the arrow keys tell the id of a token, and move nothing else", async () => {
  const page = await show(tokens(["a", "b", "c"]));
  const told = () => page.querySelector(".token-told")?.textContent;
  await userEvent.hover(chips(page)[1] as Element);
  await expect.poll(told).toBe("[1] id 101 'b'");
  const elsewhere = vi.fn<() => void>();
  window.addEventListener("keydown", elsewhere);
  (page.querySelector(".token-list") as HTMLElement).focus();
  await userEvent.keyboard("{ArrowRight}");
  await userEvent.keyboard("{End}");
  await expect.poll(told).toBe("[2] id 102 'c'");
  expect(page.querySelector(".token-list")?.getAttribute("aria-activedescendant")).toBe(chips(page)[2]?.id);
  expect(elsewhere).not.toHaveBeenCalled();
  await userEvent.keyboard("q");
  expect(elsewhere).toHaveBeenCalled();
  window.removeEventListener("keydown", elsewhere);
});

it("ids stand below on demand", async () => {
  const page = await show(tokens(["a", "b"]));
  expect(page.querySelector(".token-id")).toBeNull();
  await userEvent.click(page.querySelector(".value-toggle") as Element);
  await expect.poll(() => [...page.querySelectorAll(".token-id")].map((id) => id.textContent)).toEqual(["100", "101"]);
});

it("many come by the page, and say how many are not recorded", async () => {
  const page = await show(tokens(Array<string>(2000).fill("x"), { length: 90_000 }));
  expect(chips(page)).toHaveLength(400);
  await userEvent.click(page.querySelector(".text-button") as Element);
  await expect.poll(() => chips(page).length).toBe(2000);
  expect(page.textContent).toContain("and 88,000 more, not recorded");
});

it("a merge marks the new token and shows those that it took", async () => {
  const page = await show(tokens(["th", "e"], { ids: [300, 101] }), tokens(["t", "h", "e"], { ids: [116, 104, 101] }));
  expect(chips(page).map((chip) => chip.dataset.change)).toEqual(["added", undefined]);
  expect([...page.querySelectorAll("del")].map((gone) => gone.textContent)).toEqual(["t", "h"]);
});

it("a batch is a list of token lists", async () => {
  const row = tokens(["a", " long", " enough", " text", " of", " many", " tokens", " to", " be", " cut"]);
  const page = (await render(<ValueView value={{ kind: "sequence", type: "Tensor", items: [row, row], length: 2 }} />))
    .container;
  await expect.poll(() => page.querySelectorAll(".token").length).toBe(20);
  expect(page.querySelectorAll<HTMLElement>(".token")[0]?.title).toBe("id 100");
});

it.each<[string, Partial<Tokens>]>([
  ["fewer texts than ids", { pieces: ["a"] }],
  ["fewer ids than texts", { ids: [1] }],
  ["a hostile text", { pieces: ["<img src=x onerror=alert(1)>\u202e", "b"] }],
  ["ids that are no numbers", { ids: ["x", null] as unknown as number[] }],
])("%s are shown as far as they go", async (_, rest) => {
  const page = await show(tokens(["a", "b"], rest));
  expect(chips(page).length).toBeGreaterThan(0);
  expect(page.querySelector("img")).toBeNull();
});
