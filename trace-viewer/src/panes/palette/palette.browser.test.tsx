import "../../theme/index.css";
import { beforeEach, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser, userEvent } from "vitest/browser";
import { commands } from "../../commands/registry";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { openPalette } from "../../state/finding";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import PalettePane from "./PalettePane";

const LOOPS = "loop 1-3\n1 x=0\n2\n3\n  10 y=1\n1 x=1\n2\n1 x=2\n2\n1\n4";

async function open(start = "", position = 1) {
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "t.json", lecture: openLecture(traceFromText(LOOPS)) },
    position,
  });
  openPalette(start);
  return render(<PalettePane />);
}

const options = () =>
  [...document.querySelectorAll("[role=option] .palette-label")].map(({ textContent }) => textContent);
const heads = () => [...document.querySelectorAll(".pick-head")].map(({ textContent }) => textContent);

beforeEach(async () => {
  localStorage.clear();
  await browser.viewport(1440, 900);
});

it("lists every command that applies now, each with its key", async () => {
  await open();
  const applying = commands.filter(({ id, when }) => id !== "palette" && when(store.getState()));
  await expect.poll(() => options().toSorted()).toEqual(applying.map(({ label }) => label).toSorted());
  expect(options()).not.toContain("Memory"); // there is none in this trace
  const row = [...document.querySelectorAll("[role=option]")].find(({ textContent }) =>
    textContent?.startsWith("Raw code"),
  );
  expect(row?.textContent).toBe("Raw codeoffr");
});

it("ranks by what was typed, and marks the letters that fit", async () => {
  await open();
  await userEvent.keyboard("sob");
  await expect.poll(() => options()[0]).toBe("Step out, backwards");
  expect([...document.querySelectorAll("[aria-selected=true] b")].map(({ textContent }) => textContent)).toEqual([
    "S",
    "o",
    "b",
  ]);
  await userEvent.keyboard("{Control>}a{/Control}f10");
  await expect.poll(() => heads()).toEqual(["Functions"]);
});

it("puts what was chosen last first, and forgets what is no command", async () => {
  localStorage.setItem("executable-lectures.recent-commands", '["theme", "rm -rf", 5, "theme", "raw"]');
  const screen = await open();
  await expect.poll(() => [heads()[0], ...options().slice(0, 2)]).toEqual(["Last chosen", "Light or dark", "Raw code"]);
  await userEvent.keyboard("costs{Enter}");
  expect(store.getState()).toMatchObject({ overlay: null, settings: { costs: true } });
  await screen.unmount();
  await open();
  await expect.poll(() => options()[0]).toBe("Costs");
});

it("asks for a number, and goes to the step, the line or the turn of it", async () => {
  const screen = await open(":");
  await expect.poll(() => options()).toEqual(["Go to step …", "Go to line …", "Go to turn …"]);
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  await expect.poll(() => (document.querySelector("input[role=combobox]") as HTMLInputElement).value).toBe(":t ");
  await userEvent.keyboard("3");
  await expect.poll(() => options()).toEqual(["Go to turn 3"]);
  await userEvent.keyboard("{Enter}");
  expect(store.getState()).toMatchObject({ overlay: null, past: [1] });
  const { position } = store.getState();
  expect(openLecture(traceFromText(LOOPS)).placeOf(7).line).toBe(2);
  expect(position).toBeGreaterThan(6);
  await screen.unmount();

  const again = await open(":99");
  await expect
    .poll(() => document.querySelector("[role=option]")?.textContent)
    .toContain("there is no step 99: this is the last");
  await userEvent.keyboard("{Enter}");
  expect(store.getState().position).toBe(store.getState().opened.status === "ready" ? 10 : -1);
  await again.unmount();

  await open("", 3);
  await userEvent.keyboard("2");
  await expect.poll(() => options().slice(0, 2)).toEqual(["Go to step 2", "Go to line 2"]);
});
