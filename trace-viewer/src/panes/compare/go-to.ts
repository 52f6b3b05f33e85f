import type { Divergence } from "../../logic/compare/divergences";
import type { Lecture } from "../../logic/lecture";
import { jumpTo } from "../../state/actions";
import { comparison, setTogether } from "../../state/comparison";

/** To a divergence, with what it left; both sides go, since its steps belong together. */
export function goTo(lecture: Lecture, { a }: Pick<Divergence, "a">): void {
  if (!comparison.getState().together) setTogether(true);
  jumpTo(lecture.positions.exit[a]);
}
