import { beforeEach, expect, it, vi } from "vitest";
import { command } from "../commands/registry";
import { openRun } from "../logic/open";
import { readPlace } from "../logic/place";
import { traceFromText } from "../logic/trace-from-text";
import { jumpTo } from "./actions";
import { addressOf } from "./address";
import { goToMoment, goToRank } from "./ranks";
import { initialState, lectureOf, store } from "./store";

/** Two ranks; rank 0 alone comes to line 12. */
const DRAWN = `
  1
  2
  rank 0
    10 x=0
    12
    11
  rank 1
    10 x=1
    11
  rank -1
  3`;
// rank 0: 0:1 1:2> 2:10 3:12 4:11 5:2< 6:3    rank 1: 0:1 1:2> 2:10 3:11 4:2< 5:3

const shown = () => {
  const state = store.getState();
  const lecture = lectureOf(state)!;
  return { rank: lecture.rank?.number, at: state.position, past: state.past, message: state.message };
};

beforeEach(async () => {
  localStorage.clear();
  const lecture = await openRun(traceFromText(DRAWN));
  store.setState({ ...initialState(), opened: { status: "ready", path: "t.json", lecture }, position: 4 });
});

it("goes to the same line of another rank, and takes the way back along", async () => {
  jumpTo(2);
  await goToRank(1);
  expect(shown()).toEqual({ rank: 1, at: 2, past: [3], message: null });
});

it("goes on from where a key just pressed leads", async () => {
  const drawn = [0, 1, 2].map((rank) => `rank ${rank}\n  10 x=${rank}\n  11`).join("\n");
  const lecture = await openRun(traceFromText(`1\n${drawn}\nrank -1\n3`));
  store.setState({ opened: { status: "ready", path: "t.json", lecture }, position: 1 });
  for (let times = 0; times < 2; times++) command("nextRank").run(store.getState());
  await vi.waitFor(() => expect(shown().rank).toBe(2));
});

it("says where a rank never came to the line", async () => {
  store.setState({ position: 3 });
  await goToRank(1);
  expect(shown()).toMatchObject({ rank: 1, at: 2 });
  expect(shown().message).toContain("Rank 1 never came to this line");
});

it("goes to a step of the whole run, on its rank", async () => {
  await goToMoment(1, 6);
  expect(shown()).toMatchObject({ rank: 1, at: 3 });
  await goToRank(7);
  expect(shown()).toMatchObject({ rank: 1, at: 3 });
});

it("has keys for the rank beside, until there is none", async () => {
  expect(command("previousRank").when(store.getState())).toBe(false);
  command("nextRank").run(store.getState());
  await expect.poll(() => shown().rank).toBe(1);
  expect(command("nextRank").when(store.getState())).toBe(false);
  expect(command("previousRank").when(store.getState())).toBe(true);
});

it("has the rank in the address", async () => {
  await goToRank(1);
  const address = addressOf(store.getState())!;
  expect(address).toContain("&rank=1&");
  expect(readPlace(address).rank).toBe(1);
  expect(readPlace("?trace=t.json&rank=none").rank).toBeUndefined();
});
