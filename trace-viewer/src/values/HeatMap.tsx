import { useEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import { useScheme } from "../theme/scheme";
import { extent, numeric, type Cells } from "./cells";
import { badColor, painter, scaleFor, type Scale } from "./heat";
import { brief } from "./numbers";

const WIDTH = 336;
const HEIGHT = 224;
const LARGEST_CELL = 18;
/** How high a single row is drawn at least. */
const LEAST_STRIP = 14;

/** Many numbers as colours, with the place and the number under the pointer in words. Cells that are not finite stand out. */
export function HeatMap({ cells, dtype }: { cells: Cells; dtype: string }) {
  const scheme = useScheme();
  const range = useMemo(() => extent(cells), [cells]);
  const scale = useMemo(() => scaleFor(range ?? [0, 0]), [range]);
  const [pointed, setPointed] = useState("");
  const [low, high] = dtype.endsWith("bool") ? ["False", "True"] : [brief(scale.least), brief(scale.greatest)];
  return (
    <figure className="heat-map">
      <Canvas
        key={scheme} // Its pixels are of one scheme: another scheme, another canvas.
        cells={cells}
        scale={scale}
        label={`Heat map of ${cells.rows} by ${cells.columns} elements, from ${low} to ${high}`}
        onPoint={setPointed}
      />
      <figcaption>
        {range ? (
          <>
            <span>{low}</span>
            <span className={scale.diverging ? "heat-legend diverging" : "heat-legend"} />
            <span>{high}</span>
          </>
        ) : null}
        <span className="heat-pointed">{pointed}</span>
      </figcaption>
    </figure>
  );
}

type CanvasProps = { cells: Cells; scale: Scale; label: string; onPoint: (words: string) => void };

function Canvas({ cells, scale, label, onPoint }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) paint(canvas.current, cells, scale);
  }, [cells, scale]);

  const point = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * cells.columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * cells.rows);
    if (row < 0 || column < 0 || row >= cells.rows || column >= cells.columns) return;
    const cell = cells.at(row, column);
    onPoint(`${cells.place(row, column)} ${typeof cell === "number" ? brief(cell) : String(cell)}`);
  };

  const side = Math.max(2, Math.min(WIDTH / cells.columns, HEIGHT / cells.rows, LARGEST_CELL));
  const height = Math.max(side, cells.rows < 3 ? LEAST_STRIP : 0) * cells.rows;
  return (
    <canvas
      ref={canvas}
      width={cells.columns}
      height={cells.rows}
      style={{ width: side * cells.columns, height }}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a picture that is painted, not loaded
      role="img"
      aria-label={label}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => onPoint("")}
    />
  );
}

function paint(canvas: HTMLCanvasElement, { rows, columns, at }: Cells, scale: Scale): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(columns, rows);
  const color = painter(scale);
  const bad = badColor();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const n = numeric(at(row, column));
      const offset = (row * columns + column) * 4;
      image.data.set(n === undefined ? bad : color(n), offset);
      image.data[offset + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
