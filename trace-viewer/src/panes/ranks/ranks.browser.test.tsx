import "../../theme/index.css";
import { beforeEach, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import { openRun } from "../../logic/open";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, lectureOf, store } from "../../state/store";
import RanksPane from "./RanksPane";

/** Rank 1 comes 30 ns late, ends by an exception, and never comes to line 3. */
const DRAWN = `
  rank 0
    1 x=1 same=7
    2 comm:all_reduce:0,1:0:16:2100+40
    3
  rank 1
    1 x=2 same=7
    2 comm:all_reduce:0,1:0:16:2130+10 !`;

async function pane(position: number) {
  const trace = traceFromText(DRAWN);
  trace.ranks[1].outcome = { status: "failed", message: "ValueError: <b>boom</b>" };
  const lecture = await openRun(trace);
  store.setState({
    ...initialState(),
    settings: { ...defaults },
    opened: { status: "ready", path: "t.json", lecture },
    position,
  });
  const { container } = await render(
    <div style={{ width: 360 }}>
      <RanksPane />
    </div>,
  );
  await expect.poll(() => container.textContent).not.toContain("being worked out");
  return container;
}

const rowsOf = (root: Element) =>
  [...root.querySelectorAll(".ranks-where tbody tr")].map((row) => row.textContent?.replace(/\s+/g, " "));

beforeEach(() => localStorage.clear());

it("has every rank at the reader's line, and their values beside each other", async () => {
  const root = await pane(0);
  expect(root.querySelector(".ranks-place")?.textContent).toBe("Rank 0 of 2");
  expect(rowsOf(root)).toEqual(["01 def main():here", "11 def main():failed: ValueError: <b>boom</b>+3 µs"]);
  expect([...root.querySelectorAll(".ranks-name")].map((name) => name.textContent)).toEqual([
    "xdiffersrank 01rank 1 ≠ differs2",
    "samethe samerank 07rank 17",
  ]);
});

it("says who never came to a line, and where all were at the moment", async () => {
  const root = await pane(2);
  expect(rowsOf(root)[1]).toContain("never came here");
  stepTo(0);
  await userEvent.click([...root.querySelectorAll("button")].find((button) => button.textContent === "same moment")!);
  await expect.poll(() => rowsOf(root)[1]).toContain("had not begun");
});

it("tells who waited for whom, by shape and in words, and leads there", async () => {
  const root = await pane(1);
  const operation = root.querySelector(".ranks-operation")!;
  expect([...operation.querySelectorAll(".ranks-wait")].map((words) => words.textContent)).toEqual([
    "waited 30 ns",
    "◆ last",
  ]);
  expect(operation.textContent).toContain("Rank 1 came last, 30 ns after the first.");
  expect(root.querySelectorAll(".ranks-link circle")).toHaveLength(1);
  expect(root.querySelectorAll(".ranks-link path")).toHaveLength(1);
  await userEvent.click(operation.querySelectorAll("button")[1]);
  await expect.poll(() => lectureOf(store.getState())?.rank?.number).toBe(1);
  expect(store.getState().position).toBe(1);
});
