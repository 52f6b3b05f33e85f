import "./scrubber.css";
import { lazy, memo, Suspense, useEffect, useRef, useState } from "react";
import type { Heading } from "../../logic/headings";
import { scrubTo } from "../../state/actions";
import { useLecture, useStore } from "../../state/store";
import { ScrubberTip } from "./ScrubberTip";
import { useStatus } from "./useStatus";

const DepthView = lazy(() => import("./DepthView"));
const StopTicks = lazy(() => import("./StopTicks"));

/**
 * A slider over all positions. Behind it, the depth of calls as a skyline, parted at the headings; above it, where the
 * breakpoints stop.
 */
export function Scrubber() {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const stops = useStore((state) => state.breakpoints.some(({ enabled }) => enabled));
  const { number, count, section } = useStatus(lecture);
  const last = Math.max(lecture.positions.count - 1, 1);
  const scrubbing = useRef(false);
  const [input, setInput] = useState<HTMLInputElement | null>(null);
  const idle = useIdle();
  const rest = () => {
    scrubbing.current = false;
  };
  const done = Math.max(position, 0) / last;
  return (
    <div className="scrubber">
      {/* Each part by a style of its own: a property that they inherit would have all that is in here styled again. */}
      <div className="scrubber-ground" aria-hidden="true">
        <span className="scrubber-done" style={{ scale: `${done} 1` }} />
        <Suspense>
          {idle && <DepthView lecture={lecture} done={done} />}
          {idle && stops && <StopTicks lecture={lecture} />}
        </Suspense>
        <Marks headings={lecture.headings} last={last} />
        <span className="scrubber-here" style={{ left: `${done * 100}%` }} />
      </div>
      <input
        ref={setInput}
        type="range"
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
      {input && <ScrubberTip lecture={lecture} input={input} />}
    </div>
  );
}

/** Headings part the slider, as chapters do. */
const Marks = memo(function Marks({ headings, last }: { headings: Heading[]; last: number }) {
  return headings
    .filter(({ level, position }) => level <= 2 && position > 0)
    .map(({ step, text, level, position }) => (
      <span key={`${step} ${text}`} className="scrubber-mark" data-level={level} style={{ "--at": position / last }} />
    ));
});

/** Whether the page has come to rest once: then there is time for what only adorns it. */
function useIdle(): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    if ("requestIdleCallback" in window) {
      const asked = requestIdleCallback(() => setIdle(true), { timeout: 2000 });
      return () => cancelIdleCallback(asked);
    }
    const timer = setTimeout(() => setIdle(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return idle;
}
