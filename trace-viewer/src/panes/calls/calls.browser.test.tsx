import "../../theme/index.css";
import "../../app/app.css";
import { beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page, userEvent } from "vitest/browser";
import { LecturePage } from "../../app/LecturePage";
import type { Trace } from "../../format/generated";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";

async function show(trace: Trace, position = 0) {
  const lecture = openLecture(trace);
  store.setState({
    ...initialState(),
    settings: { ...defaults, calls: true, variables: false },
    opened: { status: "ready", path: "t.json", lecture },
    position,
  });
  const screen = await render(<LecturePage />);
  await expect.element(screen.getByRole("tree")).toBeVisible();
  return { lecture, root: screen.container };
}

const tree = (root: Element) => root.querySelector<HTMLElement>("[role=tree]")!;
const rows = (root: Element) => [...root.querySelectorAll("[role=treeitem]")];
const here = (root: Element) => root.querySelector("[role=treeitem][aria-current]");

/** main runs line 2 so many times, and each time it calls f10. */
function manyCalls(count: number): Trace {
  const trace = traceFromText("1\n2\n  10\n3");
  const [first, turn, inside, last] = trace.steps.statement;
  const statement = [first];
  const call = [0];
  const parent = [-1];
  for (let i = 0; i < count; i++) {
    parent.push(statement.length);
    statement.push(turn, inside);
    call.push(0, i + 1);
  }
  statement.push(last);
  call.push(0);
  const steps = statement.length;
  trace.steps = {
    statement,
    call,
    start: statement.map(() => 1000),
    duration: statement.map(() => 1000),
    end: statement.map(() => 0),
  };
  trace.calls = {
    function: parent.map((made) => (made < 0 ? 0 : 1)),
    parent,
    track: parent.map(() => 0),
  };
  trace.summary.steps = steps;
  return trace;
}

beforeEach(async () => {
  localStorage.clear();
  await page.viewport(1440, 900);
});

describe("the tree of calls", () => {
  it("of 300,000 calls makes only the rows in view, and follows the steps", { timeout: 60_000 }, async () => {
    const many = 300_000;
    const { lecture, root } = await show(manyCalls(many));
    expect(tree(root).textContent).toContain("× 299,998 more like these");
    const { positions } = lecture;
    const enter = (call: number) => positions.entry[lecture.trace.steps.call.indexOf(call)];
    stepTo(enter(150_000));
    await expect.poll(() => here(root)?.getAttribute("aria-posinset")).toBe("150000");
    const times: number[] = [];
    for (let call = 150_001; call < 150_040; call++) {
      const began = performance.now();
      stepTo(enter(call));
      await expect.poll(() => here(root)?.getAttribute("aria-posinset"), { interval: 1 }).toBe(String(call));
      times.push(performance.now() - began);
    }
    expect(times.toSorted((a, b) => a - b)[20]).toBeLessThan(200); // with all of the page, on a busy machine
    await userEvent.click([...rows(root)].find((row) => row.textContent.includes("more like these"))!);
    await expect.poll(() => tree(root).scrollHeight).toBeGreaterThan(1_000_000);
    tree(root).scrollTop = tree(root).scrollHeight;
    await expect.poll(() => rows(root).at(-1)?.getAttribute("aria-posinset")).toBe(String(many));
    expect(rows(root).length).toBeLessThan(80);
  });

  it("keeps open what was opened, from step to step and when it comes back", async () => {
    const { root } = await show(traceFromText("1\n2\n  10\n    20\n  11\n3\n  30\n4"));
    const open = () => rows(root).find((row) => row.textContent.includes("f10"))!;
    expect(open().getAttribute("aria-expanded")).toBe("false");
    await userEvent.click(open().querySelector(".calls-open")!);
    await expect.poll(() => open().getAttribute("aria-expanded")).toBe("true");
    stepTo(1);
    stepTo(8);
    await expect.poll(() => here(root)?.textContent).toContain("f30");
    expect(open().getAttribute("aria-expanded")).toBe("true");
    store.setState({ settings: { ...store.getState().settings, calls: false } });
    await expect.poll(() => tree(root)).toBeNull();
    store.setState({ settings: { ...store.getState().settings, calls: true } });
    await expect.poll(() => open()?.getAttribute("aria-expanded")).toBe("true");
  });

  it("closes around the reader only if they close it, and then marks nothing", async () => {
    const { root } = await show(traceFromText("1\n2\n  10\n    20\n  11\n3"), 3);
    await expect.poll(() => here(root)?.textContent).toContain("f20");
    tree(root).focus();
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
    await expect.poll(() => here(root)).toBeNull();
    expect(rows(root).map((row) => row.getAttribute("aria-expanded"))).toEqual(["true", "false"]);
    await userEvent.keyboard("{ArrowRight}");
    await expect.poll(() => here(root)?.textContent).toContain("f20");
  });

  it("stands, whatever names and values a trace has", async () => {
    const trace = traceFromText("1\n2\n  10\n^ x=1\n3", {});
    trace.strings = trace.strings.map((text) => (text === "f10" ? "__proto__" : text));
    trace.strings.push("__proto__", "constructor");
    trace.values.push({ kind: "tensor", shape: "no" } as never, { kind: "nothing known" } as never);
    const [a, b] = [trace.strings.length - 2, trace.strings.length - 1];
    const [bad, worse] = [trace.values.length - 2, trace.values.length - 1];
    trace.bindings = { step: [2, 2, 2], at: [2, 2, 2], name: [a, b, 0], value: [bad, worse, bad], role: [3, 3, 1] };
    const { root } = await show(trace, 2);
    await expect.poll(() => here(root)?.textContent).toContain("__proto__(__proto__=");
    await userEvent.fill(root.querySelector(".calls-filter")!, "constructor=");
    await expect.poll(() => rows(root).length).toBe(2);
  });
});
