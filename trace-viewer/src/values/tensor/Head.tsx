import { Fragment, type ReactNode } from "react";
import type { Tensor } from "../../format/generated";
import { DimName } from "../DimName";
import { visible } from "../escape";
import { count } from "../numbers";
import { name } from "../summary";
import "./head.css";
import { madeBy } from "./origin";
import { isContiguous } from "./strides";

type Props = {
  tensor: Tensor;
  before?: Tensor | undefined;
  /** What stands at the end of the first line. */ children?: ReactNode;
};

const MOST_AXES = 16;

/** What an array is: its shape, and on the next line its dtype, where it lives, how it lies there and what made it. */
export function Head({ tensor, before, children }: Props) {
  const { dtype, device, requires_grad, origin, shape, strides } = tensor;
  const otherDtype = before && before.dtype !== dtype ? before.dtype : undefined;
  const otherShape = before && String(before.shape) !== String(shape) ? before.shape : undefined;
  const unusual = /^(Tensor|ndarray)$/.test(name(tensor.type)) ? null : name(tensor.type);
  return (
    <div className="tensor-head" title={visible(String(tensor.type).slice(0, 200))}>
      <div>
        <Shape shape={shape} dimensions={tensor.dimensions} />
        {otherShape ? (
          <span className="chip changed">
            was <Shape shape={otherShape} dimensions={before?.dimensions} />
          </span>
        ) : null}
        {children}
      </div>
      <div className="tensor-kind">
        <span className="value-dtype">{visible(String(dtype).slice(0, 60))}</span>
        {otherDtype !== undefined ? (
          <span className="chip changed">was {visible(String(otherDtype).slice(0, 60))}</span>
        ) : null}
        {device ? <span>{visible(device)}</span> : null}
        {unusual ? <span>{unusual}</span> : null}
        {requires_grad ? (
          <span title="Gradients flow through this tensor">{origin ? "grad" : "grad, a leaf"}</span>
        ) : null}
        {Array.isArray(strides) && !isContiguous(shape, strides) ? (
          <span title="It is not contiguous: neighbours in a row are not neighbours in memory, or rows do not follow each other">
            strides ({strides.slice(0, MOST_AXES).join(", ")})
          </span>
        ) : null}
        {origin ? <span title={visible(origin.slice(0, 200))}>made by {madeBy(origin)}</span> : null}
      </div>
    </div>
  );
}

/** `[3, 4]`, or with the names of its dimensions `[batch 3, time 4]`; without any, `scalar`. */
export function Shape({ shape, dimensions }: { shape: number[]; dimensions?: string[] | null | undefined }) {
  const named = Array.isArray(dimensions) ? dimensions : [];
  if (shape.length === 0) return <span className="value-shape">scalar</span>;
  return (
    <span className="value-shape">
      [
      {shape.slice(0, MOST_AXES).map((size, axis) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Fragment key={axis}>
          {axis > 0 ? ", " : null}
          {named[axis] ? (
            <>
              <DimName name={named[axis]} /> {count(size)}
            </>
          ) : (
            String(size)
          )}
        </Fragment>
      ))}
      {shape.length > MOST_AXES ? `, … ${shape.length} axes` : null}]
    </span>
  );
}
