import "../../theme/index.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser, userEvent } from "vitest/browser";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { goToNextHit } from "../../state/finding";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";
import SearchPane from "./SearchPane";

function open(trace = traceFromText('1 "# Start"\n1 x=0\n2 x=1\n3 "## Middle"\n3 x=0 >needle')) {
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "t.json", lecture: openLecture(trace) },
    position: 0,
    overlay: "search",
  });
}

const field = () => document.querySelector("input[role=combobox]") as HTMLInputElement;
const search = () => document.querySelector(".search") as HTMLElement;
const options = () => [...document.querySelectorAll("[role=option]")].map(({ textContent }) => textContent);
const heads = () => [...document.querySelectorAll(".pick-head")].map(({ textContent }) => textContent);
const done = async (typed: string) =>
  await expect.poll(() => [search().dataset.for, search().dataset.done]).toEqual([typed, "true"]);

beforeEach(async () => {
  localStorage.clear();
  await browser.viewport(1440, 900);
});

describe("the search", () => {
  it("has the focus, and lists by section what is found, with the match marked", async () => {
    open();
    await render(<SearchPane />);
    expect(document.activeElement).toBe(field());
    await userEvent.keyboard("x == 0");
    await done("x == 0");
    expect(heads()[0]).toBe("Where x became 0");
    await expect
      .poll(() => options().slice(0, 2))
      .toEqual(["x = 0valuedrawn.py:1step 2", "x = 0valuedrawn.py:3step 5"]);
    await userEvent.clear(field());
    await userEvent.keyboard("needle");
    await done("needle");
    expect(document.querySelector("[role=option] mark")?.textContent).toBe("needle");
    expect(heads()).toEqual(["Middle"]);
  });

  it("shows what a trace holds as text, however it is made", async () => {
    const trace = traceFromText("1 x=1\n2 >out");
    trace.strings[trace.bindings.name[0]] = "<img src=x onerror=alert(1)>needle\u202e";
    trace.strings[trace.printed.text[0]] = "needle \u202eneedle\u0007";
    trace.files[0].path = "lectures/\u202e<b>.py";
    open(trace);
    await render(<SearchPane />);
    await userEvent.keyboard("needle");
    await done("needle");
    await expect.poll(() => options().join()).toContain("<img src=x onerror=alert(1)>needle\\u202e in main");
    expect(options().join()).toContain("needle \\u202eneedle\\x07");
    expect(document.querySelector(".search img, .search-place b")).toBeNull();
  });

  it("makes the rows of a long list as they are come to", async () => {
    const trace = traceFromText("1 x=1");
    trace.files[0].text = Array.from({ length: 400 }, (_, i) => `needle(${i})`).join("\n");
    open(trace);
    await render(<SearchPane />);
    await userEvent.keyboard("code: needle");
    await done("code: needle");
    await expect
      .poll(() => document.querySelector("dialog [role=status]")?.textContent)
      .toBe("400 results in 2 places");
    expect(options().length).toBeLessThan(100);
    await userEvent.keyboard("{ArrowUp}"); // from the first to the last
    await expect.poll(() => options().length).toBe(400);
    const [list, marked] = [".pick-list", "[aria-selected=true]"].map((each) =>
      document.querySelector(each)!.getBoundingClientRect(),
    );
    expect(marked.bottom).toBeLessThanOrEqual(list.bottom + 1);
    expect(document.querySelector("[aria-selected=true]")?.getAttribute("aria-posinset")).toBe("400");
  });

  it("goes on from result to result, and round", async () => {
    open();
    const screen = await render(<SearchPane />);
    await userEvent.keyboard("x == 0");
    await done("x == 0");
    await userEvent.keyboard("{Enter}");
    expect(store.getState()).toMatchObject({ overlay: null, position: 1 });
    await screen.unmount();
    const count = store.getState().search!.groups.flatMap(({ hits }) => hits).length;
    goToNextHit(1);
    expect(store.getState()).toMatchObject({ position: 4, message: `2 of ${count} for “x == 0”` });
    goToNextHit(-1);
    goToNextHit(-1);
    expect(store.getState().message).toBe(`${count} of ${count} for “x == 0”, from the end again`);
    goToNextHit(1);
    expect(store.getState()).toMatchObject({
      position: 1,
      message: `1 of ${count} for “x == 0”, from the beginning again`,
    });
  });

  it("tells nothing of what was asked before, once something else is typed", async () => {
    open();
    await render(<SearchPane />);
    await userEvent.keyboard("needle");
    await done("needle");
    await userEvent.keyboard("zzz");
    await done("needlezzz");
    expect(options()).toEqual([]);
    expect(document.querySelector("dialog [role=status]")?.textContent).toBe("Nothing found");
    await userEvent.clear(field());
    await expect.poll(() => heads()).toEqual(["Here you could look for"]);
  });
});

describe("a dialog", () => {
  it("gives the focus back to what had it, however it is closed", async () => {
    open();
    const button = document.body.appendChild(document.createElement("button"));
    for (const close of ["unmount", "Escape"]) {
      store.setState({ overlay: "search" });
      button.focus();
      const screen = await render(<SearchPane />);
      expect(document.activeElement).toBe(field());
      if (close === "Escape") await userEvent.keyboard("{Escape}");
      await screen.unmount();
      expect(document.activeElement).toBe(button);
    }
    await expect.poll(() => store.getState().overlay).toBeNull();
    button.remove();
  });
});
