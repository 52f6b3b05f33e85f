import { memo, useId, useMemo, useRef, type KeyboardEvent } from "react";
import type { Heading } from "../../logic/headings";
import { ROLES, type DeviceMemory } from "../../logic/memory";
import { changeFrom, timelineOf, type Timeline as Columns } from "../../logic/memory-timeline";
import { bytes as written } from "../../logic/units";
import { jumpTo, scrubTo } from "../../state/actions";
import { isHidden, store, useLecture, useStore } from "../../state/store";
import { useWidth } from "../../widgets/useWidth";
import { fillOf, RolePatterns } from "./roles";

const HEIGHT = 120;
const MOST_HEADINGS = 200;

/** The memory of a device over the whole lecture. The picture is drawn once; only the mark of the position moves. */
export function Timeline({ device }: { device: DeviceMemory }) {
  const { positions, headings } = useLecture();
  const position = useStore((state) => state.position);
  const [box, width] = useWidth();
  const { count } = positions;
  const scrubbing = useRef(false);
  const rest = () => {
    scrubbing.current = false;
  };
  const total = device.at(position)?.total ?? 0;
  return (
    <div className="timeline" ref={box} style={{ height: HEIGHT }}>
      {width > 0 && <Picture device={device} headings={headings} count={count} width={width} />}
      <div className="timeline-now" style={{ left: `${(100 * (position + 0.5)) / count}%` }} aria-hidden="true" />
      <input
        type="range"
        min={0}
        max={count - 1}
        value={Math.max(position, 0)}
        aria-label="Memory over the lecture. Arrow keys go to where it changes."
        aria-valuetext={`Step ${position + 1} of ${count}, ${written(total)}`}
        onChange={(event) => {
          scrubTo(Number(event.target.value), !scrubbing.current);
          scrubbing.current = true;
        }}
        onPointerUp={rest}
        onBlur={rest}
        onKeyUp={rest}
        onKeyDown={(event) => goToChange(event, device)}
      />
    </div>
  );
}

/** Arrow keys go from change to change: from step to step they go everywhere else. */
function goToChange(event: KeyboardEvent, device: DeviceMemory): void {
  const forward = event.key === "ArrowRight" || event.key === "ArrowUp";
  if (!forward && event.key !== "ArrowLeft" && event.key !== "ArrowDown") return;
  event.preventDefault();
  const state = store.getState();
  let target = state.position;
  do target = changeFrom(device, target, forward ? 1 : -1);
  while (target >= 0 && isHidden(state, target));
  if (target >= 0) jumpTo(target);
}

interface PictureProps {
  device: DeviceMemory;
  headings: Heading[];
  count: number;
  width: number;
}

const Picture = memo(function Picture({ device, headings, count, width }: PictureProps) {
  const id = useId();
  const most = device.highest.at(-1) || 1;
  const { areas, peak } = useMemo(() => {
    const columns = timelineOf(device, count, width);
    return draw(columns, width, most);
  }, [device, count, width, most]);
  const x = (position: number) => ((position + 0.5) * width) / count;
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true">
      <RolePatterns id={id} />
      {headings
        .filter(({ level }) => level <= 2)
        .slice(0, MOST_HEADINGS)
        .map(({ position, step, text }) => (
          <line key={`${step} ${text}`} className="timeline-heading" x1={x(position)} x2={x(position)} y2={HEIGHT} />
        ))}
      {ROLES.map((role, index) => (
        <path key={role} d={areas[index]} fill={fillOf(id, role)} />
      ))}
      <path className="timeline-peak" d={peak} />
      <path className="timeline-top" d={`M${x(device.known[device.top])} 9l-5 -8h10z`} />
      <text className="timeline-scale" x={4} y={12}>
        {written(most)}
      </text>
    </svg>
  );
});

/** Room above the highest peak, for the mark of it. */
const TOP = 10;

/** The stacked areas of the roles, and the line of the peaks above them, as the stairs that they are. */
function draw({ columns, live, peak }: Columns, width: number, most: number): { areas: string[]; peak: string } {
  const x = (column: number) => ((column * width) / columns).toFixed(1);
  const y = (bytes: number) => (HEIGHT - (bytes / most) * (HEIGHT - TOP)).toFixed(1);
  const base = new Float64Array(columns);
  const areas = live.map((bytes) => {
    const [above, below]: [string[], string[]] = [[], []];
    let any = false;
    for (let column = 0; column < columns; column++) {
      any ||= bytes[column] > 0;
      below.push(`H${x(column + 1)}V${y(base[column])}H${x(column)}`);
      base[column] += bytes[column];
      above.push(`V${y(base[column])}H${x(column + 1)}`);
    }
    return any ? `M0 ${HEIGHT}${above.join("")}${below.toReversed().join("")}Z` : "";
  });
  const line = Array.from(peak, (bytes, column) => `${column > 0 ? "V" : "M0 "}${y(bytes)}H${x(column + 1)}`);
  return { areas, peak: line.join("") };
}
