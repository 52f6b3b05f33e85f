import { memo, useRef } from "react";
import type { Heading } from "../../logic/headings";
import { scrubTo } from "../../state/actions";
import { useLecture, useStore } from "../../state/store";
import { useStatus } from "./useStatus";

/** A slider over all positions, with the lecture's headings as marks on it. */
export function Scrubber() {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const { number, count, section } = useStatus(lecture);
  const last = Math.max(lecture.positions.count - 1, 1);
  const scrubbing = useRef(false);
  const rest = () => {
    scrubbing.current = false;
  };
  return (
    <div className="scrubber">
      <Marks headings={lecture.headings} last={last} />
      <input
        type="range"
        style={{ "--done": Math.max(position, 0) / last }}
        min={0}
        max={last}
        value={Math.max(position, 0)}
        aria-label="Position in the lecture"
        aria-valuetext={`Step ${number} of ${count}${section && `, ${section}`}`}
        onChange={(event) => {
          scrubTo(Math.min(Number(event.target.value), lecture.positions.count - 1), !scrubbing.current);
          scrubbing.current = true;
        }}
        onPointerUp={rest}
        onBlur={rest}
        onKeyUp={rest}
      />
    </div>
  );
}

const Marks = memo(function Marks({ headings, last }: { headings: Heading[]; last: number }) {
  return (
    <div className="scrubber-marks" aria-hidden="true">
      {headings
        .filter(({ level }) => level <= 2)
        .map(({ step, text, level, position }) => (
          <span key={`${step} ${text}`} data-level={level} style={{ "--at": position / last }} />
        ))}
    </div>
  );
});
