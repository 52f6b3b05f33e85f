import { memo, useMemo, useState } from "react";
import type { SourceFile } from "../../format/generated";
import type { Costs, LineAccount } from "../../logic/costs";
import {
  attainable,
  movesOnly,
  pointOf,
  ridgeOf,
  standing,
  usualCeiling,
  verdict,
  type Ceiling,
  type Point,
  type Roof,
} from "../../logic/roofline";
import { plain, si } from "../../logic/units";

interface Props {
  costs: Costs;
  roofs: Roof[];
  /** The line that the reader is on. */
  line: LineAccount | undefined;
  files: SourceFile[];
}

/** The lines under the roofline of a machine: how much arithmetic they do for each byte, and how fast. */
export const Roofline = memo(function Roofline({ costs, roofs, line, files }: Props) {
  const [machine, setMachine] = useState(0);
  const [chosen, setChosen] = useState<string | null>(null);
  const roof: Roof | undefined = roofs[machine] ?? roofs[0];
  const ceiling = roof && (roof.ceilings.find(({ dtypes }) => dtypes.join() === chosen) ?? usualCeiling(roof));
  const dots = useMemo(() => dotsOf(costs), [costs]);
  const here = line ? standing(line) : null;
  const name = line ? `line ${line.line}` : "";
  const words = wordsOf(line, here?.point ?? null, roof, ceiling);
  const about = line ? `${capital(name)}${here?.calls ? ", with what it called" : ""}. ` : "";
  return (
    <div className="costs-part">
      <h3>Roofline</h3>
      {roof && ceiling && (
        <div className="roofline-choice">
          <select
            aria-label="Machine"
            value={roofs.indexOf(roof)}
            onChange={(event) => {
              setMachine(Number(event.target.value));
              setChosen(null);
            }}
          >
            {roofs.map((each, index) => (
              // Two may be called the same; their order never changes.
              // oxlint-disable-next-line react/no-array-index-key
              <option key={index} value={index}>
                {each.name.slice(0, 60)}
                {each.measured ? " (measured)" : ""}
              </option>
            ))}
          </select>
          <select
            aria-label="Data type"
            value={ceiling.dtypes.join()}
            onChange={(event) => setChosen(event.target.value)}
          >
            {roof.ceilings.map(({ dtypes }) => (
              <option key={dtypes.join()} value={dtypes.join()}>
                {dtypes.join(", ")}
              </option>
            ))}
          </select>
        </div>
      )}
      <Plot
        dots={roof && !roof.ran ? [] : dots}
        roof={roof}
        ceiling={ceiling}
        here={here?.point ?? null}
        label={name}
        files={files}
        words={about + words}
      />
      <p className="costs-note" aria-live="polite">
        {about}
        {words}
      </p>
      {roof && !roof.ran && (
        <p className="costs-note">
          The lecture did not run on this machine: its times were measured elsewhere, so only the intensity is shown.
        </p>
      )}
      {roof && (
        <p className="roofline-source">
          {roof.measured ? "Peaks of where the lecture ran: " : "Published peaks: "}
          {roof.source.slice(0, 800) || (roof.measured ? "measured" : "their source is not recorded")}
        </p>
      )}
    </div>
  );
});

function wordsOf(
  line: LineAccount | undefined,
  point: Point | null,
  roof: Roof | undefined,
  ceiling: Ceiling | undefined,
): string {
  if (!line) return "";
  if (point && roof && ceiling) return verdict(point, roof, ceiling);
  if (point) return `${plain(point.intensity)} FLOP/byte${rateWords(point)}.`;
  const without = "No forward FLOPs were counted here. Backward work stands with the lines that caused it.";
  return movesOnly(line.own, roof) || movesOnly(line.all, roof) || without;
}

function rateWords({ rate }: Point): string {
  return Number.isNaN(rate) ? "" : ` at ${si(rate, "FLOP/s")}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface Dot {
  line: LineAccount;
  point: Point;
}

const MOST_DOTS = 400;

/** The lines that did arithmetic themselves, those that did the most last. */
function dotsOf({ lines }: Costs): Dot[] {
  const dots = lines.flatMap((line) => {
    const point = pointOf(line.own);
    return point && !Number.isNaN(point.rate) ? [{ line, point }] : [];
  });
  return dots.sort((a, b) => a.line.own.forwardFlops - b.line.own.forwardFlops).slice(-MOST_DOTS);
}

/** The picture, in its own units: about a CSS pixel each in the panel. */
const WIDTH = 360;
const HEIGHT = 236;
const LEFT = 42;
const RIGHT = 14;
const TOP = 18;
const BOTTOM = 34;

interface PlotProps {
  dots: Dot[];
  roof: Roof | undefined;
  ceiling: Ceiling | undefined;
  here: Point | null;
  label: string;
  files: SourceFile[];
  words: string;
}

function Plot({ dots, roof, ceiling, here, label, files, words }: PlotProps) {
  const rateHere = here && (!roof || roof.ran) ? here.rate : NaN;
  const most = here && roof && ceiling ? attainable(roof, ceiling, here.intensity) : NaN;
  const ridges = roof ? roof.ceilings.map((each) => ridgeOf(roof, each)) : [];
  const xs = decades([...dots.map(({ point }) => point.intensity), ...ridges, here?.intensity ?? 1], 2);
  const rates = [
    ...dots.map(({ point }) => point.rate),
    ...(roof?.ceilings.map(({ flops }) => flops) ?? []),
    most,
    rateHere,
  ];
  const ys = decades(rates, 2);
  const x = scale(xs, LEFT, WIDTH - RIGHT);
  const y = scale(ys, HEIGHT - BOTTOM, TOP);
  const known = !Number.isNaN(rateHere);
  return (
    <svg className="roofline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Roofline. ${words}`}>
      <Axes xs={xs} ys={ys} x={x} y={y} />
      {roof && ceiling && <Roofs roof={roof} ceiling={ceiling} xs={xs} x={x} y={y} low={10 ** ys[0]} />}
      <g className="roofline-dots">
        {dots.map(({ line, point }) => (
          <circle key={`${line.file}:${line.line}`} cx={x(point.intensity)} cy={y(point.rate)} r="3">
            <title>
              {`${files[line.file].path}, line ${line.line}: ${plain(point.intensity)} FLOP/byte${rateWords(point)}`}
            </title>
          </circle>
        ))}
      </g>
      {here && (
        <g className="roofline-here">
          <line x1={x(here.intensity)} x2={x(here.intensity)} y1={HEIGHT - BOTTOM} y2={known ? y(rateHere) : y(most)} />
          {!Number.isNaN(most) && <path d={diamond(x(here.intensity), y(most))} />}
          {known && <circle cx={x(here.intensity)} cy={y(rateHere)} r="5.5" />}
          <text
            x={x(here.intensity) + (x(here.intensity) > WIDTH * 0.7 ? -9 : 9)}
            y={(known ? y(rateHere) : HEIGHT - BOTTOM - 12) + 4}
            textAnchor={x(here.intensity) > WIDTH * 0.7 ? "end" : "start"}
          >
            {label}
          </text>
        </g>
      )}
    </svg>
  );
}

type Scale = (value: number) => number;

function Axes({ xs, ys, x, y }: { xs: Range; ys: Range; x: Scale; y: Scale }) {
  return (
    <g className="roofline-axes">
      {ticks(xs).map((power) => (
        <g key={power}>
          <line x1={x(10 ** power)} x2={x(10 ** power)} y1={TOP} y2={HEIGHT - BOTTOM} />
          <text x={x(10 ** power)} y={HEIGHT - BOTTOM + 14} textAnchor="middle">
            {power < 3 ? plain(10 ** power) : si(10 ** power, "").trim()}
          </text>
        </g>
      ))}
      {ticks(ys).map((power) => (
        <g key={power}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(10 ** power)} y2={y(10 ** power)} />
          <text x={LEFT - 5} y={y(10 ** power) + (power === ys[0] ? 0 : 3.5)} textAnchor="end">
            {si(10 ** power, "").trim()}
          </text>
        </g>
      ))}
      <text x={WIDTH - RIGHT} y={HEIGHT - 4} textAnchor="end">
        FLOP/byte, unfused
      </text>
      <text x={4} y={10}>
        FLOP/s
      </text>
    </g>
  );
}

/** Memory's slope up to each ceiling, and the ceilings; the chosen one is drawn strongly. */
function Roofs({
  roof,
  ceiling,
  xs,
  x,
  y,
  low,
}: {
  roof: Roof;
  ceiling: Ceiling;
  xs: Range;
  x: Scale;
  y: Scale;
  low: number;
}) {
  const end = 10 ** xs[1];
  const start = Math.max(10 ** xs[0], low / roof.bandwidth);
  const labelled = withRoom(roof, ceiling, y);
  const ridge = ridgeOf(roof, ceiling);
  const middle = Math.sqrt(start * ridge);
  const [at, height] = [x(middle), y(middle * roof.bandwidth)];
  const slope = (Math.atan2(y(ceiling.flops) - height, x(ridge) - at) * 180) / Math.PI;
  return (
    <g className="roofline-roofs">
      {roof.ceilings.map((each) => {
        const ridge = ridgeOf(roof, each);
        const height = y(each.flops);
        const strong = each === ceiling;
        return (
          <g key={each.flops} data-chosen={strong || undefined}>
            <polyline
              points={`${strong ? `${x(start)},${y(start * roof.bandwidth)} ` : ""}${x(ridge)},${height} ${x(end)},${height}`}
            />
            {labelled.has(each) && (
              <text x={x(end) - 2} y={height - 4} textAnchor="end">
                {each.dtypes.slice(0, 2).join(", ")}
                {each.dtypes.length > 2 && " …"} {si(each.flops, "FLOP/s")}
              </text>
            )}
          </g>
        );
      })}
      <text transform={`translate(${at} ${height - 5}) rotate(${slope})`} textAnchor="middle">
        {si(roof.bandwidth, "B/s")}
      </text>
    </g>
  );
}

/** The ceilings whose labels do not lie on each other; the chosen one has its own in any case. */
function withRoom({ ceilings }: Roof, chosen: Ceiling, y: Scale): Set<Ceiling> {
  const shown = [chosen];
  for (const each of ceilings) {
    if (shown.every((other) => Math.abs(y(other.flops) - y(each.flops)) > 11)) shown.push(each);
  }
  return new Set(shown);
}

function diamond(x: number, y: number): string {
  return `M${x} ${y - 4.5}l4.5 4.5-4.5 4.5-4.5-4.5z`;
}

/** Powers of ten, from and to. */
type Range = [from: number, to: number];

/** The decades that these values lie in, at least so many of them, and never more than a picture can hold. */
function decades(values: number[], least: number): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!(value > 0 && Number.isFinite(value))) continue;
    low = Math.min(low, Math.log10(value));
    high = Math.max(high, Math.log10(value));
  }
  if (low > high) return [0, least];
  const from = Math.floor(low - 0.1);
  return [from, Math.max(Math.ceil(high + 0.15), from + least)];
}

function ticks([from, to]: Range): number[] {
  const every = Math.ceil((to - from) / 7);
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => from + i * every);
}

function scale([from, to]: Range, start: number, end: number): Scale {
  return (value) => start + ((Math.log10(value) - from) / (to - from)) * (end - start);
}
