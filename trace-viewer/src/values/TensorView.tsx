import type { Tensor } from "../format/generated";
import { visible } from "./escape";
import { HeatMap } from "./HeatMap";
import { NumberGrid } from "./NumberGrid";
import { cellsOf } from "./cells";
import { aligned, count } from "./numbers";
import { name, shapeOf, statistics } from "./summary";

const WIDEST_GRID = 10;
const TALLEST_GRID = 12;
const MOST_SLICES = 4;

/** An array: its shape first, then its numbers when they are few and a heat map when they are many, then its statistics. */
export function TensorView({ tensor }: { tensor: Tensor }) {
  return (
    <div className="value-tensor">
      <Head tensor={tensor} />
      <Body tensor={tensor} />
      <Facts tensor={tensor} />
    </div>
  );
}

function Head({ tensor }: { tensor: Tensor }) {
  const { device, requires_grad, origin, strides, shape } = tensor;
  return (
    <div className="value-head" title={tensor.type}>
      <span className="value-shape">{shapeOf(tensor)}</span>{" "}
      <span className="value-dtype">{visible(tensor.dtype)}</span>
      {shape.length === 0 ? <Scalar tensor={tensor} /> : null}
      {device && device !== "cpu" ? <span className="chip">{visible(device)}</span> : null}
      {requires_grad ? <span className="chip">grad</span> : null}
      {strides && !isContiguous(shape, strides) ? <span className="chip">strides ({strides.join(", ")})</span> : null}
      {origin ? <span className="value-faint">{visible(origin)}</span> : null}
      {!/^(Tensor|ndarray)$/.test(name(tensor.type)) ? <span className="value-faint">{name(tensor.type)}</span> : null}
    </div>
  );
}

/** An array of no axes is its one number. */
function Scalar({ tensor: { elements, dtype } }: { tensor: Tensor }) {
  const cell = elements?.[0];
  if (cell === undefined || cell === null) return null;
  if (typeof cell !== "number") return <span className="tok-number">{visible(String(cell)).slice(0, 40)}</span>;
  return <span className="tok-number">{aligned([cell], /float|complex/.test(dtype))(cell)}</span>;
}

function Body({ tensor }: { tensor: Tensor }) {
  const { shape, elements } = tensor;
  const cells = cellsOf(tensor);
  if (!cells || shape.length === 0) return null;
  const rowsOfSlice = shape.length < 2 ? 1 : (shape.at(-2) as number);
  if (!elements || cells.columns > WIDEST_GRID || rowsOfSlice > TALLEST_GRID)
    return <HeatMap cells={cells} dtype={tensor.dtype} />;
  const slices = Math.max(1, Math.round(cells.rows / rowsOfSlice));
  const float = /float|complex/.test(tensor.dtype);
  return (
    <div className="value-slices">
      {Array.from({ length: Math.min(slices, MOST_SLICES) }, (_, slice) => (
        <figure key={slice}>
          {slices > 1 ? (
            <figcaption>{cells.place(slice * rowsOfSlice, 0).replace(/, \d+, \d+\]$/, ", :, :]")}</figcaption>
          ) : null}
          <NumberGrid cells={cells} from={slice * rowsOfSlice} rows={rowsOfSlice} float={float} />
        </figure>
      ))}
      {slices > MOST_SLICES ? <span className="value-faint">… {count(slices - MOST_SLICES)} more</span> : null}
    </div>
  );
}

function Facts({ tensor }: { tensor: Tensor }) {
  const { nan = 0, inf = 0 } = tensor.stats ?? {};
  const few = (tensor.elements?.length ?? Infinity) <= 2;
  return (
    <div className="value-facts">
      {few ? null : <span>{statistics(tensor)}</span>}
      {nan ? <span className="chip error">{count(nan)} NaN</span> : null}
      {inf ? <span className="chip error">{count(inf)} infinite</span> : null}
      {tensor.problem ? <span className="value-warn">{visible(tensor.problem)}</span> : null}
    </div>
  );
}

function isContiguous(shape: number[], strides: number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size > 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}
