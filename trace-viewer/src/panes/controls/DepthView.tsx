import { memo } from "react";
import { depthProfile } from "../../logic/depth";
import type { Lecture } from "../../logic/lecture";

/** The depth of calls along the lecture: how deep it gets, and, stronger, how deep it mostly is. */
const DepthView = memo(function DepthView({ lecture }: { lecture: Lecture }) {
  const { most, mean, deepest } = depthProfile(lecture);
  if (deepest === 0) return null;
  const [high, usual] = [skyline(most), skyline(mean)];
  const drawn = (
    <svg viewBox={`0 0 ${most.length} 100`} preserveAspectRatio="none" focusable="false">
      <path className="depth-most" d={high} />
      <path className="depth-mean" d={usual} />
    </svg>
  );
  return (
    <div className="depth">
      {drawn}
      <div className="depth-past">{drawn}</div>
    </div>
  );
});

export default DepthView;

/** What is not in any call is low, but there. */
const GROUND = 8;

function skyline(heights: Float32Array): string {
  let path = "M0 100";
  let before = "";
  heights.forEach((height, stretch) => {
    const y = (100 - GROUND - (100 - GROUND) * height).toFixed(1);
    if (y !== before) path += `H${stretch}V${y}`;
    before = y;
  });
  return `${path}H${heights.length}V100Z`;
}
