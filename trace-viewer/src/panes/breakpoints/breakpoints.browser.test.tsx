import "../../theme/index.css";
import "../../app/app.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser, userEvent } from "vitest/browser";
import { LecturePage } from "../../app/LecturePage";
import { command } from "../../commands/registry";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { setOverlay, setSettings, stepTo } from "../../state/actions";
import { addWatch, setLineBreakpoint, toggleBreakpoint } from "../../state/breakpoints";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";

// positions: 0:1 1:2 2:3 3:2 4:3 5:2 6:3 7:4
const LOOP = "1\n2 loss=3\n3\n2 loss=2\n3\n2 loss=1\n3\n4";

async function show(drawing = LOOP, position = 0) {
  const lecture = openLecture(traceFromText(drawing));
  store.setState({
    ...initialState(),
    settings: { ...defaults, outline: false },
    opened: { status: "ready", path: "t.json", lecture },
    position,
  });
  const { container } = await render(<LecturePage />);
  await expect.poll(() => container.querySelector(".row[data-line]")).toBeTruthy();
  return container;
}

const row = (page: Element, line: number) => page.querySelector<HTMLElement>(`.row[data-line="${line}"]`)!;
const marked = (page: Element) =>
  [...page.querySelectorAll<HTMLElement>("[data-breakpoint]")].map(
    ({ dataset }) => `${dataset.line} ${dataset.breakpoint}`,
  );
const menu = () => document.querySelector<HTMLElement>(".line-menu");
const items = () => [...document.querySelectorAll(".line-menu [role^=menuitem]")].map(({ textContent }) => textContent);
const item = (words: string) =>
  [...document.querySelectorAll<HTMLElement>(".line-menu [role^=menuitem]")].find(({ textContent }) =>
    textContent!.startsWith(words),
  )!;
const field = () => document.querySelector<HTMLInputElement>(".condition input[type=text]")!;
const words = () => document.querySelector(".condition-words")!.textContent;

/** Open the menu of a line, once the page listens to it. */
async function openMenu(page: Element, line: number) {
  const number = row(page, line).querySelector(".number")!;
  await expect
    .poll(() => {
      number.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
      return menu()?.matches(":popover-open");
    })
    .toBe(true);
}

beforeEach(async () => {
  localStorage.clear();
  await browser.viewport(1200, 800);
});

it("a context click before the menu has loaded opens it, and not that of the browser", async () => {
  const page = await show();
  const click = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
  row(page, 2).querySelector(".number")!.dispatchEvent(click);
  expect(click.defaultPrevented).toBe(true);
  await expect.poll(() => menu()?.matches(":popover-open")).toBe(true);
});

describe("beside the lines", () => {
  it("breakpoints are marked by their kind, in words too, whenever the lines are drawn", async () => {
    const page = await show();
    toggleBreakpoint({ file: 0, line: 3 });
    setLineBreakpoint(0, 2, "loss < 2");
    await expect.poll(() => marked(page)).toEqual(["2 condition", "3 always"]);
    const number = row(page, 2).querySelector(".number")!;
    expect(number.getAttribute("aria-description")).toBe("Breakpoint where loss < 2");
    expect(getComputedStyle(number).opacity).toBe("1");
    setSettings({ raw: true });
    await expect.poll(() => marked(page)).toEqual(["2 condition", "3 always"]);
    toggleBreakpoint({ file: 0, line: 2 });
    await expect.poll(() => marked(page)).toEqual(["3 always"]);
    expect(row(page, 2).querySelector(".number")!.hasAttribute("aria-description")).toBe(false);
  });

  it("they are there on a telephone, where there are no numbers", async () => {
    await browser.viewport(390, 800);
    const page = await show();
    toggleBreakpoint({ file: 0, line: 3 });
    await expect.poll(() => marked(page)).toEqual(["3 always"]);
    const { left, width } = row(page, 3).getBoundingClientRect();
    expect([left >= 0, width <= 390]).toEqual([true, true]);
    expect(getComputedStyle(row(page, 3).querySelector(".number")!).visibility).toBe("visible");
  });
});

describe("the menu of a line", () => {
  it("opens by a context click, goes by arrow keys, and gives the focus back", async () => {
    const page = await show(LOOP, 2);
    const before = page.querySelector<HTMLElement>("[data-command=forward]")!;
    before.focus();
    await openMenu(page, 3);
    expect(items()).toEqual([
      "Run to this lineturn 2 of 3, step 5",
      "Back to this linedid not run before",
      "First timeturn 1 of 3, step 3",
      "Last timeturn 3 of 3, step 7",
      "Breakpoint herex",
      "Condition…",
      "Copy link to this line",
    ]);
    expect(document.activeElement?.textContent).toContain("Run to this line");
    await userEvent.keyboard("{ArrowDown}");
    expect(document.activeElement?.textContent).toContain("Back to this line");
    await userEvent.keyboard("{ArrowUp}{ArrowUp}");
    expect(document.activeElement?.textContent).toContain("Copy link");
    await userEvent.keyboard("l");
    expect(store.getState().position).toBe(2); // its keys are no commands
    await userEvent.keyboard("{Escape}");
    await expect.poll(menu).toBeNull();
    expect(store.getState().lineMenu).toBeNull();
    expect(document.activeElement).toBe(before);
  });

  it("goes to other times of the line, and says where there is none", async () => {
    const page = await show(LOOP, 2);
    await openMenu(page, 3);
    await userEvent.click(item("Run to this line"));
    expect(store.getState()).toMatchObject({ position: 4, past: [2] });
    await openMenu(page, 3);
    await userEvent.click(item("Last time"));
    expect(store.getState().position).toBe(6);
    await openMenu(page, 3);
    expect(item("Run to this line").getAttribute("aria-disabled")).toBe("true");
    item("Run to this line").click();
    expect(store.getState()).toMatchObject({ position: 6, message: "Line 3 does not run again." });
    await openMenu(page, 7);
    item("Run to this line").click();
    expect(store.getState().message).toBe("Line 7 did not run in this recording.");
  });

  it("opens for the current line by its key, within the window", async () => {
    const page = await show(LOOP, 7);
    await openMenu(page, 3); // so that what opens it is loaded
    await userEvent.keyboard("{Escape}");
    await expect.poll(menu).toBeNull();
    command("lineMenu").run(store.getState());
    await expect.poll(() => menu()?.textContent ?? "").toContain("Line 4");
    const { left, right, top, bottom } = menu()!.getBoundingClientRect();
    expect([left >= 0, right <= 1200, top >= 0, bottom <= 800]).toEqual([true, true, true, true]);
  });

  it("sets a condition, and says under it what is wrong while it is typed", async () => {
    const page = await show();
    await openMenu(page, 2);
    await userEvent.click(item("Condition…"));
    await expect.poll(() => document.activeElement).toBe(field());
    await userEvent.fill(field(), "lss < 2");
    await expect.poll(words).toBe("lss is no name recorded in this lecture; did you mean loss?");
    expect(field().getAttribute("aria-invalid")).toBe("true");
    await userEvent.keyboard("{Enter}");
    expect(store.getState().breakpoints).toEqual([]);
    await userEvent.fill(field(), "loss <");
    await expect.poll(words).toBe(""); // not yet wrong
    await userEvent.fill(field(), "loss < 3");
    await expect.poll(words).toBe("2 stops");
    await userEvent.keyboard("{Enter}");
    await expect.poll(menu).toBeNull();
    expect(store.getState().breakpoints).toMatchObject([{ line: 2, condition: "loss < 3" }]);
    await openMenu(page, 2);
    await userEvent.click(item("Condition…"));
    await expect.poll(() => field()?.value).toBe("loss < 3");
    await userEvent.fill(field(), "");
    await userEvent.keyboard("{Enter}");
    expect(store.getState().breakpoints).toMatchObject([{ line: 2, condition: "" }]);
  });
});

describe("the list of breakpoints", () => {
  const rows = () => [...document.querySelectorAll<HTMLElement>(".breakpoint-list > li")];
  const button = (of: HTMLElement, name: string) =>
    [...of.querySelectorAll("button")].find((each) => each.textContent === name || each.ariaLabel?.startsWith(name))!;

  it("has them all, with their source, condition and stops, and goes there", async () => {
    await show(LOOP, 4);
    toggleBreakpoint({ file: 0, line: 3 });
    addWatch("loss < 2");
    setOverlay("breakpoints");
    await expect
      .poll(() => rows().map((each) => each.querySelector(".breakpoint-what")?.textContent))
      .toEqual(["line_3()line 3 of drawn.py · 3 stops", "loss < 2where it becomes true · 1 stop"]);
    await userEvent.click(button(rows()[0], "Next"));
    await expect.poll(() => store.getState()).toMatchObject({ position: 6, overlay: null });
    setOverlay("breakpoints");
    await expect.poll(() => rows().length).toBe(2);
    await userEvent.click(button(rows()[1], "First"));
    await expect.poll(() => store.getState().position).toBe(5);
    expect(store.getState().message).toBe("Stopped at line 2, loss < 2 became true, turn 3 of 3.");
  });

  it("adds a condition, changes one, switches off and removes, and keeps the focus", async () => {
    const page = await show();
    toggleBreakpoint({ file: 0, line: 3 });
    setOverlay("breakpoints");
    await expect.poll(() => document.activeElement?.matches(".condition input")).toBe(true);
    await userEvent.keyboard("{Enter}");
    await expect.poll(words).toBe("Write a condition, such as loss < 2.");
    await userEvent.fill(field(), "loss == 2");
    await expect.poll(words).toBe("1 stop");
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => rows().length).toBe(2);
    expect(field().value).toBe("");
    await userEvent.click(button(rows()[1], "Condition"));
    const edited = () => rows()[1].querySelector<HTMLInputElement>(".condition input")!;
    await expect.poll(() => document.activeElement).toBe(edited());
    await userEvent.fill(edited(), "loss == 1");
    await expect.poll(() => rows()[1].querySelector(".condition-words")?.textContent).toBe("1 stop");
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => store.getState().breakpoints[1].condition).toBe("loss == 1");
    await userEvent.click(rows()[0].querySelector("input[type=checkbox]")!);
    await expect.poll(() => marked(page)).toEqual(["3 off"]);
    await userEvent.click(button(rows()[0], "Remove"));
    await expect.poll(() => rows().length).toBe(1);
    expect(document.activeElement).toBe(field());
  });

  it("tells of a line that is not in this recording, and of what could not be decided", async () => {
    await show('1 x="a"\n2 x=3');
    toggleBreakpoint({ file: 0, line: 2 });
    addWatch("x > 2");
    const [first, second] = store.getState().breakpoints;
    store.setState({ breakpoints: [{ ...first, file: -1, line: 0 }, second], overlay: "breakpoints" });
    await expect.poll(() => rows().length).toBe(2);
    expect(rows()[0].textContent).toContain("once line 2 of drawn.py · this line is not in this recording");
    await expect
      .poll(() => rows()[1].textContent)
      .toContain("Undecided at 1 place: > does not stand between a string and a number.");
  });
});

describe("a lecture with breakpoints", () => {
  it("is stepped through without touching the lines that a step does not", async () => {
    const page = await show();
    toggleBreakpoint({ file: 0, line: 3 });
    await expect.poll(() => marked(page)).toEqual(["3 always"]);
    const changed: string[] = [];
    const observer = new MutationObserver((changes) =>
      changed.push(
        ...changes.map(({ attributeName, target }) => `${attributeName} ${(target as HTMLElement).className}`),
      ),
    );
    observer.observe(page.querySelector(".lecture")!, { attributeFilter: ["data-breakpoint"], subtree: true });
    for (let position = 1; position < 8; position++) stepTo(position);
    await new Promise((resolve) => setTimeout(resolve, 100));
    observer.disconnect();
    expect(changed).toEqual([]);
  });
});
