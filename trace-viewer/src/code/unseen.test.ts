import { expect, it } from "vitest";
import { unseenApart } from "./unseen";

it("sets what cannot be seen apart, and loses nothing", () => {
  const text = "if a\u202e\u2066 # \t b\u200b😀\ud800";
  const pieces = unseenApart(text);
  expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  expect(pieces.filter(({ unseen }) => unseen).map((piece) => piece.text)).toEqual([
    "\u202e",
    "\u2066",
    "\u200b",
    "\ud800",
  ]);
});
