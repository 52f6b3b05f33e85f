import { expect, it } from "vitest";
import { ofLatest } from "./latest";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

it("gives the same object for the two latest positions, whoever asks in turns", () => {
  const [one, other] = [1, 2].map((x) => openLecture(traceFromText(`1 x=${x}\n2\n3`)));
  const at = ofLatest((lecture, position) => ({ lecture, position }));
  const [first, second] = [at(one, 0), at(one, 1)];
  expect([at(one, 0), at(one, 1), at(one, 0)]).toEqual([first, second, first]);
  expect(at(one, 0)).toBe(first);
  expect(at(one, 1)).toBe(second);
  expect(at(other, 1)).toEqual({ lecture: other, position: 1 });
  expect(at(one, 2)).toEqual({ lecture: one, position: 2 });
  expect(at(one, 0)).not.toBe(first); // two are kept, and no more
});
