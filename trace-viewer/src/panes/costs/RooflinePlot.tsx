import { memo } from "react";
import type { SourceFile } from "../../format/generated";
import type { Costs, LineAccount } from "../../logic/costs";
import { attainable, pointOf, ridgeOf, type Ceiling, type Point, type Roof } from "../../logic/roofline";
import { plain, si } from "../../logic/units";
import { boxOf, labelPlace, meet, type Obstacles } from "./label-place";

/** The picture, in its own units: about a CSS pixel each in the panel. */
const WIDTH = 360;
const HEIGHT = 236;
const LEFT = 42;
const RIGHT = 14;
const TOP = 18;
const BOTTOM = 34;
/** Half of what a mark takes. */
const MARK = 6;
const INSIDE = { left: LEFT, top: TOP - 14, right: WIDTH - 2, bottom: HEIGHT - BOTTOM };

interface Props {
  dots: Dot[];
  roof: Roof | undefined;
  ceiling: Ceiling | undefined;
  here: Point | null;
  label: string;
  files: SourceFile[];
  words: string;
}

export function RooflinePlot({ dots, roof, ceiling, here, label, files, words }: Props) {
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
  const x = acrossOf(xs);
  const y = downOf(ys);
  const known = !Number.isNaN(rateHere);
  const dot: [number, number] = [x(here?.intensity ?? 1), known ? y(rateHere) : y(most)];
  const marks: [number, number][] = here && !Number.isNaN(most) ? [dot, [dot[0], y(most)]] : [];
  const lines = roof && ceiling ? roofLines(roof, ceiling, xs, ys, marks) : null;
  const labelled = labelPlace(label, dot, {
    within: INSIDE,
    labels: lines ? lines.boxes : [],
    points: [...dots.map(({ point }): [number, number] => [x(point.intensity), y(point.rate)]), ...marks.slice(1)],
    lines: [...(lines?.segments ?? []), [dot[0], HEIGHT - BOTTOM, dot[0], dot[1]]],
  });
  return (
    <svg className="roofline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Roofline. ${words}`}>
      <Axes left={xs[0]} right={xs[1]} bottom={ys[0]} top={ys[1]} />
      {lines && <Roofs lines={lines} />}
      <Dots dots={dots} files={files} left={xs[0]} right={xs[1]} bottom={ys[0]} top={ys[1]} />
      {here && (
        <g className="roofline-here">
          <line x1={dot[0]} x2={dot[0]} y1={HEIGHT - BOTTOM} y2={dot[1]} />
          {!Number.isNaN(most) && <path d={diamond(dot[0], y(most))} />}
          {known && <circle cx={dot[0]} cy={dot[1]} r="5.5" />}
          <text x={labelled.x} y={labelled.y + 3.5} textAnchor="middle">
            {label}
          </text>
        </g>
      )}
    </svg>
  );
}

/** A line of a lecture that did arithmetic itself, where it stands. */
export interface Dot {
  line: LineAccount;
  point: Point;
}

const MOST_DOTS = 400;

/** The lines that did arithmetic themselves, those that did the most last. */
export function dotsOf({ lines }: Costs): Dot[] {
  const dots = lines.flatMap((line) => {
    const point = pointOf(line.own);
    return point && !Number.isNaN(point.rate) ? [{ line, point }] : [];
  });
  return dots.sort((a, b) => a.line.own.forwardFlops - b.line.own.forwardFlops).slice(-MOST_DOTS);
}

export function rateWords({ rate }: Point): string {
  return Number.isNaN(rate) ? "" : ` at ${si(rate, "FLOP/s")}`;
}

/** From powers of ten, so that a step that leaves them as they are draws nothing again. */
type Edges = Record<"left" | "right" | "bottom" | "top", number>;

const Dots = memo(function Dots({ dots, files, left, right, bottom, top }: Pick<Props, "dots" | "files"> & Edges) {
  const [x, y] = [acrossOf([left, right]), downOf([bottom, top])];
  return (
    <g className="roofline-dots">
      {dots.map(({ line, point }) => (
        <circle key={`${line.file}:${line.line}`} cx={x(point.intensity)} cy={y(point.rate)} r="3">
          <title>
            {`${files[line.file].path}, line ${line.line}: ${plain(point.intensity)} FLOP/byte${rateWords(point)}`}
          </title>
        </circle>
      ))}
    </g>
  );
});

const Axes = memo(function Axes(range: Edges) {
  const xs: Range = [range.left, range.right];
  const ys: Range = [range.bottom, range.top];
  const [x, y] = [acrossOf(xs), downOf(ys)];
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
});

interface RoofLines {
  ceilings: { key: number; strong: boolean; points: [x: number, y: number][]; words: string; wordsEnd: number }[];
  bandwidth: { words: string; x: number; y: number; slope: number };
  /** What labels of others keep clear of. */
  boxes: Obstacles["labels"];
  segments: Obstacles["lines"];
}

/**
 * Memory's slope up to each ceiling, and the ceilings; of those whose labels would lie on each other, one has its own. A
 * label stands at the end of its line, or before the marks of the point if they are there.
 */
function roofLines(roof: Roof, ceiling: Ceiling, xs: Range, ys: Range, marks: [number, number][]): RoofLines {
  const [x, y] = [acrossOf(xs), downOf(ys)];
  const end = x(10 ** xs[1]);
  const start = Math.max(10 ** xs[0], 10 ** ys[0] / roof.bandwidth);
  const labelled = withRoom(roof, ceiling, y);
  const ceilings = roof.ceilings.map((each): RoofLines["ceilings"][number] => {
    const { dtypes, flops } = each;
    const strong = each === ceiling;
    const roofTop: [number, number][] = [
      [x(ridgeOf(roof, each)), y(flops)],
      [end, y(flops)],
    ];
    const words = labelled.has(each)
      ? `${dtypes.slice(0, 2).join(", ")}${dtypes.length > 2 ? " …" : ""} ${si(flops, "FLOP/s")}`
      : "";
    const box = boxOf(words, end - 2, y(flops) - 4, "end");
    const covered = marks.some(
      ([x, y]) => x > box.left - MARK && x < box.right + MARK && y > box.top - MARK && y < box.bottom + MARK,
    );
    const before = Math.min(...marks.map(([x]) => x)) - MARK - 3;
    const fits = before - (box.right - box.left) > LEFT;
    return {
      key: flops,
      strong,
      points: strong ? [[x(start), y(start * roof.bandwidth)], ...roofTop] : roofTop,
      words,
      wordsEnd: covered && fits ? before : end - 2,
    };
  });
  const flat = ceilings.flatMap(({ words, wordsEnd, points }) =>
    words ? [boxOf(words, wordsEnd, points.at(-1)![1] - 4, "end")] : [],
  );
  const ridge = ridgeOf(roof, ceiling);
  const angle = Math.atan2(y(ceiling.flops) - y(start * roof.bandwidth), x(ridge) - x(start));
  const words = si(roof.bandwidth, "B/s");
  const onSlope = [0.5, 0.3, 0.7, 0.15, 0.85].map((share) => {
    const intensity = start * (ridge / start) ** share;
    const [at, height] = [x(intensity), y(intensity * roof.bandwidth) - 5];
    // Along the slope, each character has a box of its own.
    const boxes = Array.from(words, (character, index) => {
      const along = (index + 0.5 - words.length / 2) * 6;
      return boxOf(character, at + along * Math.cos(angle), height + along * Math.sin(angle), "middle");
    });
    const clear =
      marks.every((mark) => Math.hypot(mark[0] - at, mark[1] - height) > 34) &&
      boxes.every((box) => box.left > LEFT && !flat.some((label) => meet(box, label)));
    return { at, height, boxes, clear };
  });
  const { at, height, boxes } = onSlope.find(({ clear }) => clear) ?? onSlope[0];
  const bandwidth = { words, x: at, y: height, slope: (angle * 180) / Math.PI };
  const segments = ceilings.flatMap(({ points }) =>
    points.slice(1).map((to, index): RoofLines["segments"][number] => [...points[index], ...to]),
  );
  return { ceilings, bandwidth, boxes: [...flat, ...boxes], segments };
}

function Roofs({ lines: { ceilings, bandwidth } }: { lines: RoofLines }) {
  return (
    <g className="roofline-roofs">
      {ceilings.map(({ key, strong, points, words, wordsEnd }) => (
        <g key={key} data-chosen={strong || undefined}>
          <polyline points={points.join(" ")} />
          {words && (
            <text x={wordsEnd} y={points.at(-1)![1] - 4} textAnchor="end">
              {words}
            </text>
          )}
        </g>
      ))}
      <text transform={`translate(${bandwidth.x} ${bandwidth.y}) rotate(${bandwidth.slope})`} textAnchor="middle">
        {bandwidth.words}
      </text>
    </g>
  );
}

/** The ceilings whose labels do not lie on each other; the chosen one has its own in any case. */
function withRoom({ ceilings }: Roof, chosen: Ceiling, y: Scale): Set<Ceiling> {
  const shown = [chosen];
  for (const each of ceilings) {
    if (shown.every((other) => Math.abs(y(other.flops) - y(each.flops)) > 13)) shown.push(each);
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

type Scale = (value: number) => number;

function acrossOf(range: Range): Scale {
  return scale(range, LEFT, WIDTH - RIGHT);
}

function downOf(range: Range): Scale {
  return scale(range, HEIGHT - BOTTOM, TOP);
}

function scale([from, to]: Range, start: number, end: number): Scale {
  return (value) => start + ((Math.log10(value) - from) / (to - from)) * (end - start);
}
