import "./history.css";
import { useState } from "react";
import type { Series } from "../../logic/series";
import { scrubTo, setHistory } from "../../state/actions";
import { useStore } from "../../state/store";
import { brief, count } from "../../values/numbers";
import { Curve } from "../../widgets/Curve";
import { Guard } from "../../widgets/Guard";
import { usePainted } from "../../widgets/painted";
import { Slider } from "../../widgets/Slider";
import { HistoryView } from "./HistoryView";
import { turnOf, useHistory } from "./useHistory";

/** What a name was, over time: a small curve where it holds numbers, and the door to all of its moments. */
export default function NameHistory({ call, name }: { call: number; name: string }) {
  const found = useHistory(call, name);
  const painted = usePainted();
  if (!found) return null;
  const { lecture, history, current, key, open } = found;
  const { length } = history.positions;
  const curve = history.series && isTelling(history.series) ? history.series : null;
  if (!painted && !open) return curve && <Room />; // what a step into a call brings is drawn when the values are seen
  return (
    <Guard what="This history" watch={history}>
      <button
        type="button"
        className="history-door"
        aria-expanded={open}
        aria-label={`History of ${name}: ${count(length)} moments`}
        title={`${count(length)} moments${history.scope === "function" ? ", in all calls of this function" : ""}`}
        onClick={() => setHistory(key, open ? null : "any")}
      >
        {count(length)}
        <svg viewBox="0 0 20 20" width="14" height="14" aria-hidden="true" focusable="false">
          <path d="M3 5v5h5M3.6 10a7 7 0 1 0 1.9-4.9L3 7.5M10.5 6.5v4l2.5 1.8" />
        </svg>
      </button>
      {open ? (
        <HistoryView lecture={lecture} history={history} current={current} call={call} name={name} />
      ) : (
        curve && (
          <Sparkline
            series={curve}
            current={current}
            name={name}
            positions={history.positions}
            turn={(moment) => turnOf(lecture, history, moment)}
          />
        )
      )}
    </Guard>
  );
}

/** As high as a curve will be. */
function Room() {
  return (
    <div className="spark">
      <div className="spark-curve" />
    </div>
  );
}

/** A value that never changed draws no curve. */
function isTelling({ min, max, nan, infinite }: Series): boolean {
  return max > min || nan + infinite > 0;
}

interface Props {
  series: Series;
  current: number;
  name: string;
  positions: Int32Array;
  turn(moment: number): number;
}

function Sparkline({ series, current, name, positions, turn }: Props) {
  const reveal = useStore(({ settings }) => settings.animate);
  const [hovered, setHovered] = useState(-1);
  const last = positions.length - 1;
  const seen = hovered >= 0 && hovered <= last && !(reveal && hovered > current) ? hovered : -1;
  return (
    <div className="spark">
      <div
        className="spark-curve"
        onPointerMove={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          setHovered(Math.min(Math.max(Math.round(((event.clientX - left) / width) * last), 0), last));
        }}
        onPointerLeave={() => setHovered(-1)}
      >
        <Curve series={series} columns={160} current={current} reveal={reveal} />
        <Slider
          className="curve-slider"
          max={last}
          value={Math.max(current, 0)}
          label={`Moments of ${name}`}
          text={`${Math.max(current, 0) + 1} of ${last + 1}: ${pointWords(series, Math.max(current, 0))}`}
          onMove={(moment, first) => scrubTo(positions[moment], first)}
        />
      </div>
      {seen >= 0 ? (
        <SeenLabels number={pointWords(series, seen)} moment={seen + 1} of={last + 1} turn={turn(seen)} />
      ) : (
        <RangeLabels series={series} last={last} only={reveal ? current : -1} />
      )}
    </div>
  );
}

function SeenLabels({ number, moment, of, turn }: { number: string; moment: number; of: number; turn: number }) {
  return (
    <div className="spark-labels seen">
      <span>{turn > 0 ? `turn ${count(turn)}` : `${count(moment)} of ${count(of)}`}</span>
      <strong>{number}</strong>
      <span>{turn > 0 && turn !== moment && `${count(moment)} of ${count(of)}`}</span>
    </div>
  );
}

/** What the curve's height means; `only`: the one point of which something may be said, the others being still to come. */
function RangeLabels({ series, last, only }: { series: Series; last: number; only: number }) {
  const { min, max, nan, infinite, of } = series;
  if (only >= 0) return <div className="spark-labels">{pointWords(series, only)}</div>;
  const odd = [nan && `${count(nan)} nan`, infinite && `${count(infinite)} inf`].filter(Boolean).join(", ");
  const [top, bottom] = [`max ${brief(max)}`, `min ${brief(min)}`];
  // One text of three lines: each element more would be laid out for every variable of a call that is stepped into.
  if (!odd) {
    const middle = `${of === "mean" ? "mean" : "last"} ${pointWords(series, last)}`;
    return <div className="spark-labels">{[top, middle, bottom].join("\n")}</div>;
  }
  return (
    <div className="spark-labels">
      {top}
      <span className="value-bad">{odd}</span>
      {bottom}
    </div>
  );
}

/** A point of a series in about four figures. */
export function pointWords({ numbers, kinds }: Series, point: number): string {
  const odd = ["–", null, "nan", "inf", "−inf"][kinds[point] ?? 0];
  return odd ?? brief(numbers[point]);
}
