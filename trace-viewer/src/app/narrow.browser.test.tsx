import "../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser, userEvent } from "vitest/browser";
import { commands } from "../commands/registry";
import { openLecture } from "../logic/lecture";
import { traceFromText } from "../logic/trace-from-text";
import { setSettings } from "../state/actions";
import { defaults } from "../state/settings";
import { initialState, store } from "../state/store";
import "./app.css";
import { LecturePage } from "./LecturePage";

async function show(settings = {}) {
  const lecture = openLecture(traceFromText("loop 1-2\n1 x=1 mem:cpu:4,4,8,2,1:9\n2 note:aside >hello\n1 x=2\n2\n3"));
  store.setState({
    ...initialState(),
    settings: { ...defaults, ...settings },
    opened: { status: "ready", path: "t.json", lecture },
    position: 0,
  });
  const { container } = await render(<LecturePage />);
  return container;
}

const found = (page: Element, selector: string) => page.querySelector<HTMLElement>(selector)!;
const row = (page: Element, id: string) => found(page, `dialog [data-command=${id}]`);
const settings = () => store.getState().settings;

beforeEach(async () => {
  localStorage.clear();
  await browser.viewport(390, 844);
});

describe("on a telephone, the list of what can be done", () => {
  it("opens by a button that says more, has a line for every command, and no keys", async () => {
    const page = await show();
    const more = found(page, ".top [data-command=help]");
    expect(more.getAttribute("aria-label")).toBe("More");
    await userEvent.click(more);
    await expect.poll(() => found(page, "dialog h2")?.textContent).toBe("More");
    for (const { id } of commands.filter(({ id }) => id !== "help")) {
      const { height, left, right } = row(page, id).getBoundingClientRect();
      expect([id, height >= 44, left >= 0, right <= 390]).toEqual([id, true, true, true]);
    }
    expect(found(page, "dialog .kbd").offsetWidth).toBe(0);
  });

  it("switches what is shown, and says what is on", async () => {
    const page = await show();
    await userEvent.click(found(page, ".top [data-command=help]"));
    await expect.poll(() => row(page, "costs")).toBeTruthy();
    for (const id of ["variables", "printed", "memory", "costs", "turns", "notes", "animate", "raw"] as const) {
      const before = settings()[id];
      expect(row(page, id).getAttribute("aria-checked")).toBe(String(before));
      await userEvent.click(row(page, id));
      expect(settings()[id]).toBe(!before);
      await expect.poll(() => row(page, id).getAttribute("aria-checked")).toBe(String(!before));
    }
    await userEvent.click(row(page, "run"));
    await expect.poll(() => found(page, "dialog h2").textContent).toBe("About this run");
  });
});

describe("the sheet", () => {
  const handle = (page: Element) => found(page, ".side-handle");
  const chosen = (page: Element) => found(page, ".side-tabs [aria-pressed=true]").textContent;
  const seen = (page: Element, name: string) => found(page, `.side [aria-label="${name}"]`)?.offsetHeight > 0;

  it("says what it shows", async () => {
    const page = await show();
    expect(handle(page).ariaLabel).toBe("Show the values");
    expect(handle(page).textContent).toContain("x");
    setSettings({ variables: false, costs: true });
    await expect.poll(() => handle(page).ariaLabel).toBe("Hide the costs"); // what is switched on is shown
    expect(handle(page).textContent).toBe("Costs");
    setSettings({ variables: true, memory: true });
    await expect.poll(() => handle(page).ariaLabel).toBe("Hide the values, the memory and the costs");
    await userEvent.click(handle(page));
    await expect.poll(() => handle(page).ariaLabel).toBe("Show the values, the memory and the costs");
    expect(handle(page).textContent).toContain("+ 2 more");
  });

  it("has a tab for each part that is on, and goes to one that is switched on", async () => {
    const page = await show({ memory: true });
    await userEvent.click(handle(page));
    expect(handle(page).textContent).toBe("Variables");
    expect(chosen(page)).toBe("Variables");
    setSettings({ costs: true });
    await expect.poll(() => chosen(page)).toBe("Costs");
    await expect.poll(() => seen(page, "Costs")).toBe(true);
    expect(seen(page, "Variables")).toBe(false);
    await userEvent.click(found(page, ".side-tabs button:nth-child(2)"));
    await expect.poll(() => seen(page, "Memory")).toBe(true);
    setSettings({ memory: false });
    await expect.poll(() => chosen(page)).toBe("Variables");
    expect(seen(page, "Variables")).toBe(true);
  });

  it("opens at what has just changed, however much stands above that", async () => {
    const page = await show();
    const names = Array.from({ length: 30 }, (_, at) => `name${at}`);
    const lecture = openLecture(traceFromText(names.map((name, at) => `${at + 1} ${name}=${at}`).join("\n")));
    store.setState({ opened: { status: "ready", path: "t.json", lecture }, position: names.length - 1 });
    const changed = () => found(page, ".side .variable[data-name=name29]");
    await expect.poll(changed).toBeTruthy();
    await userEvent.click(handle(page));
    const inside = () => {
      const [value, sheet] = [changed(), found(page, ".side-body")].map((part) => part.getBoundingClientRect());
      return value.height > 0 && value.top >= sheet.top && value.bottom <= sheet.bottom;
    };
    await expect.poll(inside).toBe(true);
  });

  it("is a panel beside the lecture, with all of it, where there is room", async () => {
    await browser.viewport(1440, 900);
    const page = await show({ costs: true });
    await expect.poll(() => seen(page, "Costs") && seen(page, "Variables")).toBe(true);
    expect(found(page, ".side-tabs").offsetWidth).toBe(0);
  });

  it("is not there for a part that the lecture does not have", async () => {
    const page = await show({ variables: false, memory: true });
    expect(found(page, ".side")).toBeTruthy();
    const { lecture } = store.getState().opened as { lecture: ReturnType<typeof openLecture> };
    store.setState({
      opened: {
        status: "ready",
        path: "t.json",
        lecture: openLecture({ ...lecture.trace, memory: traceFromText("1").memory }),
      },
    });
    await expect.poll(() => found(page, ".side")).toBeNull();
  });
});
