import { expect, it } from "vitest";
import { fit } from "./fuzzy";

const best = (typed: string, ...texts: string[]) =>
  texts
    .flatMap((text) => {
      const found = fit(typed, text);
      return found ? [{ text, score: found.score }] : [];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ text }) => text);

it("ranks whole words, then beginnings of words, then letters anywhere", () => {
  expect(best("step", "Footstep", "Step back", "Go to a step", "Steep")).toEqual([
    "Step back",
    "Go to a step",
    "Footstep",
    "Steep",
  ]);
  expect(best("sb", "Step back", "Speed up", "absorb")).toEqual(["Step back", "absorb"]);
  expect(best("gl", "Gravitational", "get_loss", "getLoss")).toEqual(["getLoss", "get_loss"]);
});

it("takes the shorter of two that fit alike, and words in any order", () => {
  expect(best("loss", "loss_of_all", "loss")).toEqual(["loss", "loss_of_all"]);
  expect(best("turn next", "Next turn of the loop", "Next step")).toEqual(["Next turn of the loop"]);
});

it("says which letters fit", () => {
  expect(fit("ba", "Step back")?.ranges).toEqual([[5, 7]]);
  expect(fit("sb", "Step back")?.ranges).toEqual([
    [0, 1],
    [5, 6],
  ]);
  expect(fit("", "anything")).toEqual({ score: 0, ranges: [] });
  expect(fit("xyz", "Step back")).toBeNull();
});
