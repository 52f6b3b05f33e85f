import "./curve.css";
import { memo } from "react";
import {
  FINITE,
  heightOf,
  INFINITE,
  MINUS_INFINITE,
  NOT_A_NUMBER,
  sampled,
  type Scale,
  type Series,
} from "../logic/series";

interface Props {
  series: Series;
  /** About how many pixels wide it is drawn: more points than that are not. */
  columns: number;
  scale?: Scale;
  /** The point that is marked, or -1; the line behind it is the part that lies in the past. */
  current: number;
  /** Leave out what lies in the future. */
  reveal?: boolean;
}

/**
 * A series as a line over its whole box, paler in the future; what is not finite is marked on the edge it left by, NaN from
 * edge to edge.
 */
export function Curve({ series, columns, scale = "linear", current, reveal = false }: Props) {
  const { numbers, kinds } = series;
  const x = numbers.length > 1 ? Math.max(current, 0) / (numbers.length - 1) : 0;
  return (
    <div className="curve" style={{ "--x": current < 0 ? 0 : x }} data-reveal={reveal || undefined} aria-hidden="true">
      {(current >= 0 || !reveal) && <Lines series={series} columns={columns} scale={scale} />}
      {current >= 0 &&
        (kinds[current] === FINITE ? (
          <span className="curve-dot" style={{ "--y": heightOf(series, scale)(numbers[current]) }} />
        ) : (
          <span className="curve-here" />
        ))}
    </div>
  );
}

/** Of the drawing's own units there are so many each way; it is stretched to its box. */
const SIZE = 1000;

const Lines = memo(function Lines({ series, columns, scale }: { series: Series; columns: number; scale: Scale }) {
  const { line, odd } = pathsOf(series, columns, scale);
  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} preserveAspectRatio="none" focusable="false">
      <path className="curve-line" d={line} />
      {odd && <path className="curve-odd" d={odd} />}
    </svg>
  );
});

interface Paths {
  columns: number;
  scale: Scale;
  line: string;
  odd: string;
}

/** What was drawn last of a series: a step shows the same curves again. */
const drawn = new WeakMap<Series, Paths>();

function pathsOf(series: Series, columns: number, scale: Scale): Paths {
  let paths = drawn.get(series);
  if (paths?.columns !== columns || paths.scale !== scale)
    drawn.set(series, (paths = { columns, scale, ...draw(series, columns, scale) }));
  return paths;
}

function draw(series: Series, columns: number, scale: Scale): Pick<Paths, "line" | "odd"> {
  const { numbers, kinds } = series;
  const height = heightOf(series, scale);
  const points = sampled(series, columns);
  const across = SIZE / Math.max(numbers.length - 1, 1);
  const finite = (at: number) => at >= 0 && at < points.length && kinds[points[at]] === FINITE;
  let [line, odd] = ["", ""];
  points.forEach((i, at) => {
    const x = (i * across).toFixed(1);
    if (kinds[i] === FINITE) {
      const y = (SIZE * (1 - height(numbers[i]))).toFixed(1);
      line += `${finite(at - 1) ? "L" : "M"}${x} ${y}`;
      if (!finite(at - 1) && !finite(at + 1)) line += "h0"; // a point alone: a dot, by its round end
    } else if (kinds[i] === NOT_A_NUMBER) odd += `M${x} 0V${SIZE}`;
    else if (kinds[i] === INFINITE) odd += `M${x} 0v${SIZE / 4}`;
    else if (kinds[i] === MINUS_INFINITE) odd += `M${x} ${SIZE}v${-SIZE / 4}`;
  });
  return { line, odd };
}
