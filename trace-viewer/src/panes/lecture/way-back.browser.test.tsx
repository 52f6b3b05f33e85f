import "../../theme/index.css";
import "../../app/app.css";
import { expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page as browser } from "vitest/browser";
import { LecturePage } from "../../app/LecturePage";
import { openLecture } from "../../logic/lecture";
import { traceFromText } from "../../logic/trace-from-text";
import { stepTo } from "../../state/actions";
import { defaults } from "../../state/settings";
import { initialState, store } from "../../state/store";

it("who scrolled away and steps is told, once, why the page went back and how to step from elsewhere", async () => {
  await browser.viewport(1200, 400);
  const lines = Array.from({ length: 200 }, (_, line) => `${line + 1}`);
  const lecture = openLecture(traceFromText(lines.join("\n")));
  store.setState({
    ...initialState(),
    settings: defaults,
    opened: { status: "ready", path: "t.json", lecture },
    position: 0,
  });
  const { container } = await render(<LecturePage />);
  const here = () => container.querySelector("[aria-current=step]")?.getAttribute("data-line");
  const step = async (to: number) => {
    stepTo(to);
    await expect.poll(here).toBe(String(to + 1));
  };
  await step(1);
  expect(store.getState().message).toBeNull();
  window.scrollTo({ top: 2500, behavior: "instant" });
  await expect.poll(() => window.scrollY).toBeGreaterThan(400);
  await step(2);
  expect(store.getState().message).toContain("click a line of code there");
  await expect.poll(() => window.scrollY).toBeLessThan(300);
  store.setState({ message: null });
  window.scrollTo({ top: 2500, behavior: "instant" });
  await step(3);
  expect(store.getState().message).toBeNull();
});
