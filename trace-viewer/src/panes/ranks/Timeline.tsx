import { memo, useState } from "react";
import { operationsWithin, type Operation, type Part } from "../../logic/collectives";
import { timeAt } from "../../logic/side-by-side";
import { seconds } from "../../logic/units";
import { visible } from "../../values/escape";
import { go } from "./Collectives";
import type { RanksNow } from "./useRanks";

const WIDTH = 360;
const LANE = 26;
const LEFT = 22;
/** So many operations are drawn as links; of more, the strip must be zoomed into. */
const MOST = 120;
const ZOOM = 4;

/** A strip of time around now with a lane for each rank: where it waits, and which of its waits are one operation. */
export function Timeline({ lecture, position, shown, operations, now }: RanksNow) {
  const { run, number } = lecture.rank;
  const time = timeAt(run, lecture, position);
  const { all } = operations;
  const whole = { from: all[0].start, to: endOf(all.at(-1)!) };
  const [length, setLength] = useState(() => usual(all));
  const most = Math.max((whole.to - whole.from) * 1.2, 1);
  const at = Number.isNaN(time) ? whole.from : time;
  const [from, to] = useSteady(at, length);
  const inside = operationsWithin(operations, from - length, to);
  const drawn = inside.slice(0, MOST);
  const strip = { from, length, shown };
  const [x, y] = placesOn(strip);
  const height = shown.length * LANE + 20;
  const zoom = (by: number) => setLength(Math.min(Math.max(length * by, 1000), most));
  return (
    <section className="ranks-timeline" aria-label="Time">
      <p className="ranks-zoom">
        <span className="ranks-of">
          {seconds(length / 1e9)} around now
          {inside.length > MOST && `, the first ${MOST} of ${inside.length} operations`}
        </span>
        <button type="button" className="text-button" disabled={length >= most} onClick={() => zoom(ZOOM)}>
          wider
        </button>
        <button type="button" className="text-button" disabled={length <= 1000} onClick={() => zoom(1 / ZOOM)}>
          closer
        </button>
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={words(drawn, shown.length)}>
        {shown.map((rank) => (
          <g key={rank} data-here={rank === number || undefined}>
            <text x="4" y={y(rank) + 4}>
              {rank}
            </text>
            <line className="ranks-lane" x1={LEFT} x2={WIDTH - 6} y1={y(rank)} y2={y(rank)} />
          </g>
        ))}
        {drawn.map((operation) => (
          <Link key={operation.index} {...strip} operation={operation} isNow={now.includes(operation)} />
        ))}
        <line className="ranks-now" x1={x(at)} x2={x(at)} y1="4" y2={height - 4} />
      </svg>
      <p className="ranks-of ranks-legend">○ came · ◆ came last · ▬ inside the call · ┄ one operation</p>
    </section>
  );
}

/** The ends of a strip of a length around now, which stays where it is while now is within its middle half. */
function useSteady(now: number, length: number): [number, number] {
  const [middle, setMiddle] = useState(now);
  const steady = Math.abs(now - middle) <= length / 4 ? middle : now;
  if (steady !== middle) setMiddle(steady);
  return [steady - length / 2, steady + length / 2];
}

interface Strip {
  from: number;
  length: number;
  shown: readonly number[];
}

function placesOn({ from, length, shown }: Strip): [x: (moment: number) => number, y: (rank: number) => number] {
  return [
    (moment) => LEFT + Math.min(Math.max((moment - from) / length, 0), 1) * (WIDTH - LEFT - 6),
    (rank) => 10 + shown.indexOf(rank) * LANE + LANE / 2,
  ];
}

interface LinkProps extends Strip {
  operation: Operation;
  isNow: boolean;
}

const Link = memo(function Link({ operation, isNow, ...strip }: LinkProps) {
  const { shown } = strip;
  const [x, y] = placesOn(strip);
  const parts = operation.parts.filter(({ rank }) => shown.includes(rank));
  const points = parts.map((part) => `${x(part.start)},${y(part.rank)}`).join(" ");
  return (
    <g className="ranks-link" data-now={isNow || undefined}>
      <title>{`${visible(operation.name.slice(0, 60))}${operation.straggler < 0 ? "" : `: rank ${operation.straggler} came last`}`}</title>
      <polyline points={points} />
      {parts.map((part) => (
        <g key={part.rank} onClick={() => go(part)}>
          {spans(part).map(([begin, end]) => (
            <rect
              key={begin}
              x={x(begin)}
              y={y(part.rank) - 4}
              width={Math.max(x(end) - x(begin), 1)}
              height="8"
              data-ever={end === Infinity || undefined}
            />
          ))}
          {part.rank === operation.straggler ? (
            <path d={`M${x(part.start)} ${y(part.rank) - 5.5}l5.5 5.5l-5.5 5.5l-5.5 -5.5z`} />
          ) : (
            <circle cx={x(part.start)} cy={y(part.rank)} r="3.5" />
          )}
        </g>
      ))}
    </g>
  );
});

/** When a rank was inside the calls: of an asynchronous one, also while it waited for the end. */
function spans({ start, duration, waitedStep, waitedStart, waitedDuration }: Part): [number, number][] {
  const all: [number, number][] = [[start, duration < 0 ? Infinity : start + duration]];
  if (waitedStep >= 0) all.push([waitedStart, waitedDuration < 0 ? Infinity : waitedStart + waitedDuration]);
  return all;
}

/** Wide enough for several operations as they mostly are. */
function usual(all: readonly Operation[]): number {
  const every = Math.ceil(all.length / 500);
  const lengths = all.filter((_, i) => i % every === 0).map((operation) => endOf(operation) - operation.start);
  return Math.max(lengths.sort((a, b) => a - b)[lengths.length >> 1] * 16, 1000);
}

function endOf({ parts }: Operation): number {
  return parts.reduce((latest, { start, duration }) => Math.max(latest, start + Math.max(duration, 0)), 0);
}

/** The strip in words; the table below has all of it. */
function words(drawn: readonly Operation[], ranks: number): string {
  const late = new Map<number, number>();
  for (const { straggler } of drawn) if (straggler >= 0) late.set(straggler, (late.get(straggler) ?? 0) + 1);
  const [most] = [...late].sort((a, b) => b[1] - a[1]);
  const last = most ? `; rank ${most[0]} came last in ${most[1]} of them` : "";
  return `${ranks} ranks, ${drawn.length} operations around now${last}`;
}
