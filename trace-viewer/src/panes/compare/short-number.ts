import type { Value } from "../../format/generated";
import { numberIn } from "../../logic/compare/agreement";
import { pythonFloat } from "../../values/numbers";

/** So many figures of a number are read anyway, and so many more than are alike in both. */
const [LEAST, FURTHER] = [6, 2];
const MOST = 17;

/** A long float in as many figures as show how it differs from another; null for what is short as it is, or no float. */
export function shortNumber(value: Value, other: Value): string | null {
  const [own, theirs] = [numberIn(value), numberIn(other)];
  if (own === null || !Number.isFinite(own) || Number.isInteger(own)) return null;
  const apart = theirs === null || !Number.isFinite(theirs) ? 1 : Math.abs(own - theirs) / Math.abs(own);
  const alike = apart > 0 ? Math.max(0, Math.floor(-Math.log10(apart))) : 0;
  const figures = Math.min(Math.max(LEAST, alike + FURTHER), MOST);
  const short = pythonFloat(Number(own.toPrecision(figures)));
  return short.length < pythonFloat(own).length ? short : null;
}
