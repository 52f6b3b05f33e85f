import type { Series } from "../../logic/series";
import { brief } from "../../values/numbers";

/** Figures that tell the numbers of a column apart: of what lies between the least and the greatest. */
const FIGURES = 3;
const MOST_DECIMALS = 8;
/** Decimals that a column takes so that its smallest numbers, such as a loss at its end, show two figures. */
const DECIMALS_FOR_SMALL = 6;

/** A way to write the numbers of a series, one above the other, so that they line up and can be told apart. */
export function numberWriter({ numbers, min, max }: Series): (number: number) => string {
  const whole = numbers.every((number) => Number.isNaN(number) || Number.isInteger(number));
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const spread = max > min ? max - min : largest;
  const apart = whole || spread === 0 ? 0 : Math.max(FIGURES - 1 - Math.floor(Math.log10(spread)), 1);
  const sizes = numbers.map(Math.abs).filter((size) => size > 0);
  const small = whole || sizes.length === 0 ? 0 : 1 - Math.floor(Math.log10(sizes.reduce((a, b) => Math.min(a, b))));
  const decimals = small <= DECIMALS_FOR_SMALL ? Math.max(apart, small) : apart;
  if (largest >= (whole ? 1e15 : 1e7) || decimals > MOST_DECIMALS) return (number) => brief(number);
  return (number) => number.toFixed(decimals).replace("-", "−");
}
