import { expect, it } from "vitest";
import { readingTime } from "./reading-time";

const words = (count: number) => ({ kind: "text" as const, text: "word ".repeat(count) });

it("grows with the words, and with signs of a script that has no spaces", () => {
  expect(readingTime([])).toBe(0);
  expect(readingTime([words(35)])).toBeCloseTo(10);
  expect(readingTime([words(7), words(7)])).toBeCloseTo(4);
  expect(readingTime([{ kind: "text", text: "語".repeat(12) }])).toBeCloseTo(2);
});

it("gives a picture its moment, and ends", () => {
  expect(readingTime([{ kind: "image", source: "a.png" }, words(7)])).toBeCloseTo(5);
  expect(readingTime([words(100_000)])).toBe(40);
});

it("stands, whatever a trace holds", () => {
  expect(readingTime([{ kind: "text", text: 5 } as never, { kind: "odd" } as never])).toBe(3);
});
