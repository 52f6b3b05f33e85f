import { memo, useMemo } from "react";
import { ALIKE, DIFFERS, type Divergences } from "../../logic/compare/divergences";
import { stripOf } from "../../logic/compare/strip";
import type { Lecture } from "../../logic/lecture";
import { jumpTo } from "../../state/actions";
import { useComparison } from "../../state/comparison";
import { useLecture } from "../../state/store";
import { count } from "../../values/numbers";

const PARTS = 600;
/** Of the drawing's own units; it is stretched to its box. */
const [WIDTH, HEIGHT] = [1000, 12];

/** Above the scrubber, as wide as it: where the sides agree, where values differ, where one runs alone. A click goes there. */
export function Strip() {
  const lecture = useLecture();
  const found = useComparison((state) => state.divergences);
  return <div className="compare-strip">{found && <Drawn lecture={lecture} found={found} />}</div>;
}

const Drawn = memo(function Drawn({ lecture, found }: { lecture: Lecture; found: Divergences }) {
  const stretches = useMemo(() => stripOf(found, lecture.positions, PARTS), [found, lecture]);
  const { compared, alike, states } = found;
  const alone = useMemo(() => states.filter((state) => state > DIFFERS).length, [states]);
  const label = `Of ${count(states.length)} steps, ${count(alike)} are alike, ${count(compared - alike)} differ in what was recorded, and at ${count(alone)} one side runs what the other does not`;
  return (
    // A picture of what the list beside it says in words; the keyboard has the list.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      onClick={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        const at = (event.clientX - left) / width;
        const stretch = stretches.find(({ from, to }) => from <= at && at < to);
        if (stretch)
          jumpTo(
            stretch.state === ALIKE ? Math.floor(at * lecture.positions.count) : lecture.positions.exit[stretch.step],
          );
      }}
    >
      <title>{label}</title>
      {stretches.map(({ from, to, state }) => {
        const height = [3, 8, HEIGHT][state];
        return (
          <rect
            key={from}
            x={from * WIDTH}
            width={Math.max((to - from) * WIDTH, 1.2)}
            y={HEIGHT - height}
            height={height}
            data-state={state}
          />
        );
      })}
    </svg>
  );
});
