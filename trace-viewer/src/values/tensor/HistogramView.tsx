import { useState } from "react";
import { brief, count } from "../numbers";
import type { Histogram } from "./histogram";

const [WIDTH, HEIGHT] = [320, 56];

/** How many elements lie where between the least and the greatest; a line marks zero. */
export function HistogramView({ histogram, what }: { histogram: Histogram; what: string }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { from, to, counts, total, isOfCells } = histogram;
  const most = Math.max(1, ...counts);
  const fullest = counts.indexOf(most);
  const edge = (bin: number) => from + ((to - from) * bin) / counts.length;
  const between = (bin: number) => `${brief(edge(bin))} to ${brief(edge(bin + 1))}`;
  const step = WIDTH / counts.length;
  const zero = from < 0 && to > 0 ? (-from / (to - from)) * WIDTH : undefined;
  // A bin of one element among a million is still to be seen.
  const height = (n: number) => (n === 0 ? 0 : Math.max(1.5, (n / most) * (HEIGHT - 4)));
  const bars = counts.map(
    (n, bin) => `M${bin * step} ${HEIGHT}h${Math.max(0.6, step - 0.75)}v${-height(n)}h${-Math.max(0.6, step - 0.75)}z`,
  );
  const of = isOfCells ? "shown elements" : "elements";
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram of ${count(total)} ${of} ${what}, from ${brief(from)} to ${brief(to)}; most, ${count(most)}, from ${between(fullest)}`}
        onPointerMove={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          setPointed(
            Math.min(counts.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * counts.length))),
          );
        }}
        onPointerLeave={() => setPointed(null)}
      >
        <path d={bars.join("")} className="histogram-bars" />
        {pointed !== null && bars[pointed] ? <path d={bars[pointed]} className="histogram-pointed" /> : null}
        {zero === undefined ? null : <line x1={zero} x2={zero} y1="0" y2={HEIGHT} className="histogram-zero" />}
      </svg>
      <figcaption>
        <span>{brief(from, 3)}</span>
        <span className="histogram-words">
          {pointed === null || pointed >= counts.length
            ? `${count(total)} ${of}, the fullest of ${counts.length} bins has ${count(most)}`
            : `${count(counts[pointed])} from ${between(pointed)}`}
        </span>
        <span>{brief(to, 3)}</span>
      </figcaption>
    </figure>
  );
}
