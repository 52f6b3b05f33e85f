import { expect, it } from "vitest";
import { parsePython } from "./parse";

const source = (name: string) => `${name} = [${"1, ".repeat(500)}]\n`;

it("parses a long source once, however many ask, and forgets the oldest", () => {
  const tree = parsePython(source("a"));
  expect(tree.length).toBe(source("a").length);
  expect(parsePython(source("a"))).toBe(tree);
  for (let other = 0; other < 8; other++) parsePython(source(`b${other}`));
  expect(parsePython(source("a"))).not.toBe(tree);
});
