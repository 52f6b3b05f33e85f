import { expect, it } from "vitest";
import { authorList, credit, spokenDate } from "./reference";

it.each([
  [{ authors: ["Ada Lovelace"], date: "1843-09" }, "Lovelace, 1843"],
  [{ authors: ["Lovelace, Ada", "Charles Babbage"] }, "Lovelace and Babbage"],
  [{ authors: ["A B", "C D", "E F"], date: "2017-06-12" }, "B et al., 2017"],
  [{ organization: "The Royal Society", date: "1843" }, "The Royal Society, 1843"],
  [{ authors: ["李白"] }, "李白"],
  [{}, ""],
])("credit of %j is %s", (reference, expected) => {
  expect(credit(reference)).toBe(expected);
});

it.each([
  ["2017", "2017"],
  ["2017-06", "June 2017"],
  ["2017-06-12", "12 June 2017"],
  ["2017-99-99", "2017-99-99"],
  ["soon", "soon"],
])("the date %s is said as %s", (date, expected) => {
  expect(spokenDate(date)).toBe(expected);
});

it("a list of very many authors ends", () => {
  expect(authorList(Array.from({ length: 1000 }, (_, i) => `A${i}`))).toMatch(/A11 and 988 more$/);
});
