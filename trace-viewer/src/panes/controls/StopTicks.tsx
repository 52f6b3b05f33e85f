import { memo, useEffect, useState } from "react";
import { MOST_STRETCHES, stretchOf } from "../../logic/depth";
import type { Lecture } from "../../logic/lecture";
import { stopsOf } from "../../logic/stops";
import { isPlaced } from "../../state/breakpoints";
import { lookOn } from "../../state/stops";
import { useStore } from "../../state/store";

/** Where the breakpoints that are switched on stop, as ticks: looked for in the time that the page leaves over. */
const StopTicks = memo(function StopTicks({ lecture }: { lecture: Lecture }) {
  const breakpoints = useStore((state) => state.breakpoints);
  const [path, setPath] = useState("");
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const find = async () => {
      const active = breakpoints.filter((each) => each.enabled && isPlaced(each));
      const ticks = new Uint8Array(MOST_STRETCHES);
      for (const breakpoint of active) {
        const stops = stopsOf(lecture, breakpoint);
        if (!(await lookOn(stops, signal, undefined, true))) return;
        for (let at = -1; ;) {
          const stop = stops.after(at);
          if (stop === null || stop < 0) break;
          ticks[stretchOf(lecture, stop)] = 1;
          at = lastOfStretch(lecture, stop);
        }
        setPath(ticksPath(ticks));
      }
      if (active.length === 0) setPath("");
    };
    void find();
    return () => controller.abort();
  }, [lecture, breakpoints]);
  if (path === "") return null;
  const width = Math.min(MOST_STRETCHES, lecture.positions.count);
  return (
    <svg className="stop-ticks" viewBox={`0 0 ${width} 1`} preserveAspectRatio="none" focusable="false">
      <path d={path} />
    </svg>
  );
});

export default StopTicks;

/** The last position of the stretch that a position lies in: there may be a million stops, and so many ticks are drawn. */
function lastOfStretch(lecture: Lecture, position: number): number {
  const { count } = lecture.positions;
  const stretches = Math.min(MOST_STRETCHES, count);
  return Math.max(position, Math.ceil(((stretchOf(lecture, position) + 1) * count) / stretches) - 1);
}

function ticksPath(ticks: Uint8Array): string {
  let path = "";
  ticks.forEach((tick, stretch) => {
    if (tick) path += `M${stretch + 0.5} 0V1`;
  });
  return path;
}
