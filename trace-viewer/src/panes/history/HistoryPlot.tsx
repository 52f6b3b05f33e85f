import { useState } from "react";
import { heightOf, logTicks, ticks, type Scale, type Series } from "../../logic/series";
import { scrubTo } from "../../state/actions";
import { useStore } from "../../state/store";
import { brief, count } from "../../values/numbers";
import { Curve } from "../../widgets/Curve";
import { Slider } from "../../widgets/Slider";
import { pointWords } from "./NameHistory";

interface Props {
  series: Series;
  positions: Int32Array;
  current: number;
  /** As the reader chose it: only numbers above zero have logarithms. */
  scale: Scale;
  onScale(scale: Scale): void;
  name: string;
}

/** A series over its moments, counted from 1, with both axes; a click, a drag or the arrow keys go to a moment. */
export function HistoryPlot({ series, positions, current, scale: chosen, onScale, name }: Props) {
  const scale = series.min > 0 ? chosen : "linear";
  const reveal = useStore(({ settings }) => settings.animate);
  const [hovered, setHovered] = useState(-1);
  const last = positions.length - 1;
  const height = heightOf(series, scale);
  const seen = hovered >= 0 && hovered <= last && !(reveal && hovered > current) ? hovered : current;
  const levels =
    series.max > series.min ? (scale === "log" ? logTicks : ticks)(series.min, series.max, 5) : [series.min];
  const moments = ticks(1, last + 1, 6).filter(Number.isInteger);
  return (
    <figure className="history-plot">
      <figcaption>
        <span>
          {series.of === "mean" && "mean "}
          {seen >= 0 && <strong>{pointWords(series, seen)}</strong>}
        </span>
        <span className="history-count">
          {seen >= 0 ? `${count(seen + 1)} of ${count(last + 1)}` : `${count(last + 1)} moments`}
        </span>
        {series.min > 0 && (
          <button
            type="button"
            className="history-choice"
            aria-pressed={scale === "log"}
            onClick={() => onScale(scale === "log" ? "linear" : "log")}
          >
            log
          </button>
        )}
      </figcaption>
      <div className="history-levels" aria-hidden="true">
        {levels.map((level) => (
          <span key={level} style={{ "--y": height(level) }}>
            {brief(level)}
          </span>
        ))}
      </div>
      <div
        className="history-area"
        onPointerMove={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          setHovered(Math.min(Math.max(Math.round(((event.clientX - left) / width) * last), 0), last));
        }}
        onPointerLeave={() => setHovered(-1)}
      >
        {levels.map((level) => (
          <i key={level} className="history-line" style={{ "--y": height(level) }} />
        ))}
        <Curve series={series} columns={360} scale={scale} current={current} reveal={reveal} />
        {hovered >= 0 && <i className="history-pointer" style={{ "--x": Math.min(hovered, last) / last }} />}
        <Slider
          className="curve-slider"
          max={last}
          value={Math.max(current, 0)}
          label={`Moments of ${name}`}
          text={`${Math.max(current, 0) + 1} of ${last + 1}: ${pointWords(series, Math.max(current, 0))}`}
          onMove={(moment, first) => scrubTo(positions[moment], first)}
        />
      </div>
      <div className="history-moments" aria-hidden="true">
        {moments.map((moment) => (
          <span key={moment} style={{ "--x": (moment - 1) / last }}>
            {count(moment)}
          </span>
        ))}
      </div>
    </figure>
  );
}
