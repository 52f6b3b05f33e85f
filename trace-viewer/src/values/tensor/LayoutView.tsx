import type { Tensor } from "../../format/generated";
import { groundOf, partWords } from "../../logic/layout-words";
import { elementsOf, isCompact, layoutOf } from "../../logic/strided";
import { bytes } from "../../logic/units";
import { DimName } from "../DimName";
import { visible } from "../escape";
import { count } from "../numbers";
import { axisName } from "./facts";

const MOST_AXES = 16;

/** How an array lies in memory: its strides axis by axis, what they mean, and which part of its storage it is. */
export function LayoutView({ tensor }: { tensor: Tensor }) {
  const { storage, dimensions, type, strides, shape } = tensor;
  const layout = layoutOf(tensor);
  if (!layout)
    return (
      <div className="layout">
        <p>
          {visible(String(type).slice(0, 80))}
          {Array.isArray(strides) && Array.isArray(shape)
            ? `, strides (${strides.slice(0, MOST_AXES).join(", ")})`
            : ": how it lies in memory is not in the record."}
        </p>
      </div>
    );
  const own = elementsOf(layout) * layout.item;
  return (
    <div className="layout">
      {layout.shape.length > 0 ? (
        <table>
          <thead>
            <tr>
              <th scope="col">axis</th>
              <th scope="col">size</th>
              <th scope="col">stride</th>
              <th scope="col">one step further</th>
            </tr>
          </thead>
          <tbody>
            {layout.shape.slice(0, MOST_AXES).map((size, axis) => (
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={axis}>
                <th scope="row">{dimensions?.[axis] ? <DimName name={dimensions[axis]} /> : axisName(axis, null)}</th>
                <td>{count(size)}</td>
                <td>{count(layout.strides[axis])}</td>
                <td>{strideWords(layout.strides[axis], size, layout.item)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      <p>
        {isCompact(layout)
          ? "Contiguous: its elements lie one after the other, row by row."
          : "Not contiguous: row by row, its elements do not follow each other in memory."}{" "}
        {count(elementsOf(layout))} {elementsOf(layout) === 1 ? "element" : "elements"} of {layout.item}{" "}
        {layout.item === 1 ? "byte" : "bytes"}: {bytes(own)}.
      </p>
      {storage && Number.isSafeInteger(storage.bytes) && storage.bytes > 0 ? (
        <p>
          Storage #{storage.id}, {bytes(storage.bytes)}: {partWords(layout, groundOf([layout], storage.bytes))}.
        </p>
      ) : null}
    </div>
  );
}

function strideWords(stride: number, size: number, item: number): string {
  if (size < 2) return "there is none";
  if (stride === 0) return "the same element again";
  const step = Math.abs(stride) === 1 ? "the next element" : `${count(Math.abs(stride))} elements on`;
  return `${stride < 0 ? step.replace("next", "previous").replace(" on", " back") : step}, ${bytes(Math.abs(stride) * item)}`;
}
