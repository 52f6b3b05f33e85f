import "../theme/index.css";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { commands } from "vitest/browser";
import { damagedTree, randomFrom } from "../format/damage";
import type { Trace } from "../format/generated";
import { readTrace } from "../format/whole";
import { TraceProblem } from "../format/problem";
import { openLecture, type Lecture } from "../logic/lecture";
import { setOverlay, setSettings, stepTo } from "../state/actions";
import { defaults } from "../state/settings";
import { initialState, store } from "../state/store";
import { LecturePage } from "./LecturePage";

const TRIES = 12;

/** The lecture of a damaged trace, if the viewer opens it. */
function opened(text: string): Lecture | null {
  try {
    return openLecture(readTrace(text));
  } catch (error) {
    if (error instanceof TraceProblem) return null;
    throw error;
  }
}

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of what a guard has caught
});
afterEach(() => vi.restoreAllMocks());

it("stands, whatever the values and outputs of a trace hold", { timeout: 120_000 }, async () => {
  const golden = await commands.readFile("../tests/golden/v3.json");
  const { values, outputs, failures, ...rest } = JSON.parse(golden) as Trace;
  const drawnParts = JSON.stringify({ values, outputs, failures });
  const frame = JSON.stringify(rest).slice(0, -1);
  const random = randomFrom(3);
  let drawn = 0;
  for (let tries = 0; tries < TRIES; tries++) {
    const lecture = opened(`${frame},${damagedTree(drawnParts, random, 12).slice(1)}`);
    if (!lecture) continue;
    store.setState({ ...initialState(), settings: defaults, opened: { status: "ready", path: "t.json", lecture } });
    const screen = await render(<LecturePage />);
    const { count } = lecture.positions;
    for (let position = 0; position < count; position += 1 + Math.floor(random() * 40)) {
      stepTo(position);
      await Promise.resolve();
    }
    setSettings({ raw: true, notes: true });
    setOverlay("run");
    await expect.element(screen.getByText("About this run")).toBeVisible();
    expect(screen.container.querySelector("article.page")).not.toBeNull();
    await screen.unmount();
    drawn++;
  }
  expect(drawn).toBeGreaterThan(TRIES / 4);
});
