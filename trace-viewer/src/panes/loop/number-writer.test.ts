import { expect, it } from "vitest";
import { seriesOf } from "../../logic/series";
import { numberWriter } from "./number-writer";

function written(...numbers: number[]): string[] {
  const indices = numbers.map((_, i) => i);
  return numbers.map(numberWriter(seriesOf(numbers, indices)!));
}

it("writes a column with as many decimals as tell its numbers apart", () => {
  expect(written(0, 12, -3)).toEqual(["0", "12", "−3"]);
  expect(written(0.01374, 0.01223, 0.01312)).toEqual(["0.01374", "0.01223", "0.01312"]);
  expect(written(3.31, 0.02)).toEqual(["3.310", "0.020"]);
  expect(written(5.24, 0.0025, 0.00028)).toEqual(["5.24000", "0.00250", "0.00028"]);
  expect(written(1.5, 1e-9)).toEqual(["1.50", "0.00"]);
  expect(written(120.5, 3)).toEqual(["120.5", "3.0"]);
  expect(written(0.5, 0.5)).toEqual(["0.500", "0.500"]);
});

it("writes numbers of very different sizes with their exponents", () => {
  expect(written(1e-12, 2e-12)).toEqual(["1.00e−12", "2.00e−12"]);
  expect(written(1e300, 1.5)).toEqual(["1.00e+300", "1.5"]);
});
