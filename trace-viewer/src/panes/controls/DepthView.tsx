import { memo } from "react";
import { depthProfile } from "../../logic/depth";
import type { Lecture } from "../../logic/lecture";

/** The depth of calls along the lecture: how deep it gets, and, stronger, how deep it mostly is. `done` of it is past. */
export default function DepthView({ lecture, done }: { lecture: Lecture; done: number }) {
  if (depthProfile(lecture).deepest === 0) return null;
  return (
    <div className="depth">
      <Skyline lecture={lecture} />
      <div className="depth-past" style={{ clipPath: `inset(0 ${(1 - done) * 100}% 0 0)` }}>
        <Skyline lecture={lecture} />
      </div>
    </div>
  );
}

const Skyline = memo(function Skyline({ lecture }: { lecture: Lecture }) {
  const { most, mean } = depthProfile(lecture);
  return (
    <svg viewBox={`0 0 ${most.length} 100`} preserveAspectRatio="none" focusable="false">
      <path className="depth-most" d={skyline(most)} />
      <path className="depth-mean" d={skyline(mean)} />
    </svg>
  );
});

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
