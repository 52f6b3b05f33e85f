import { DimName } from "../DimName";
import { chooseSlice } from "./choices";
import type { Field } from "./field";
import { axisName } from "./facts";
import type { Slice } from "./slices";

type Props = {
  field: Field;
  dimensions: string[] | null | undefined;
  slice: Slice;
  /** What the choice is kept under. */ keptAs: string;
};

/** One line for each axis before the last two: all of it, or the one index that is shown. */
export function SlicePicker({ field, dimensions, slice, keptAs }: Props) {
  return (
    <div className="slice-picker">
      {field.leading.map(({ axis, indices }, i) => {
        if (indices.length < 2) return null;
        const at = slice[i];
        const ordinal = at === null || at === undefined ? -1 : indices.indexOf(at);
        const name = axisName(axis, dimensions);
        const size = field.shape[axis];
        const choose = (next: number) =>
          chooseSlice(
            keptAs,
            slice.map((own, other) => (other === i ? (next < 0 ? null : indices[next]) : own)),
          );
        const words = ordinal < 0 ? "all" : String(at);
        return (
          <div key={axis} className="slice-axis">
            <span className="slice-name">{dimensions?.[axis] ? <DimName name={dimensions[axis]} /> : name}</span>
            <button
              type="button"
              className="lens-button"
              disabled={ordinal < 0}
              aria-label={`Previous ${name}`}
              onClick={() => choose(ordinal - 1)}
            >
              ‹
            </button>
            <input
              type="range"
              min={-1}
              max={indices.length - 1}
              value={ordinal}
              aria-label={`Which ${name} is shown`}
              aria-valuetext={words}
              onChange={(event) => choose(Number(event.target.value))}
            />
            <button
              type="button"
              className="lens-button"
              disabled={ordinal >= indices.length - 1}
              aria-label={`Next ${name}`}
              onClick={() => choose(ordinal + 1)}
            >
              ›
            </button>
            <span
              className="slice-at"
              title={indices.length < size ? `${indices.length} of ${size} are in the record` : undefined}
            >
              {words}
              <span className="value-faint">{ordinal < 0 ? ` ${indices.length}` : ` of ${size}`}</span>
            </span>
          </div>
        );
      })}
    </div>
  );
}
