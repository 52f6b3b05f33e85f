import { expect, it } from "vitest";
import { shortNumber } from "./short-number";

it.each([
  [0.378596583756091, 0.39040914391358, "0.378597"],
  [2.3012345678, 2.3012345999, "2.30123457"],
  [1.23456789e-9, 5e-9, "1.23457e-09"],
  [0.1, 0.2, null],
  [3, 4, null],
])("%d beside %d", (own, other, expected) => {
  expect(shortNumber(own, other)).toBe(expected);
});

it("leaves alone what is no number", () => {
  expect(shortNumber("a", 1)).toBeNull();
  expect(shortNumber({ kind: "float", value: "nan" }, 1)).toBeNull();
  expect(shortNumber(0.123456789, "a")).toBe("0.123457");
});
