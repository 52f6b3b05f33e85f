import { useLayoutEffect, useRef } from "react";
import { percent } from "../../logic/units";
import { useLook } from "../../theme/scheme";
import { brief, count } from "../numbers";
import { spoken, type Facts } from "./facts";
import type { CellKind } from "./field";
import { paletteOf } from "./palette";
import { STEPS } from "./ramp";
import { placeOf, type Scale } from "./scale";

type Props = {
  facts: Facts | undefined;
  scale: Scale | undefined;
  kind: CellKind;
  /** The element under the pointer or the cursor; while there is one, it stands in place of all else. */ reading:
    string | null;
};

/** One line: from the least to the greatest, with the colours of what lies between; mean, spread, zeros. */
export function FactsLine({ facts, scale, kind, reading }: Props) {
  const words: string[] = [];
  if (kind === "complex") words.push("by size, |z|");
  if (facts && kind !== "bool") {
    if (!scale && facts.min !== undefined) words.push(`min ${brief(facts.min, 3)}`);
    if (!scale && facts.max !== undefined) words.push(`max ${brief(facts.max, 3)}`);
    if (facts.mean !== undefined) words.push(`mean ${brief(facts.mean, 3)}`);
    if (facts.std !== undefined) words.push(`std ${brief(facts.std, 3)}`);
  }
  if (facts && facts.of > 0 && (facts.zeros > 0 || kind === "bool")) {
    words.push(
      kind === "bool" ? `${percent(1 - facts.zeros / facts.of)} True` : `${percent(facts.zeros / facts.of)} zeros`,
    );
  }
  if (facts?.approximate && words.length > 0) words.push("estimated");
  const zeros = facts && facts.zeros > 0 ? `; ${count(facts.zeros)} of ${count(facts.of)} elements are zero` : "";
  const hint = facts ? spoken(facts) + zeros : undefined;
  return (
    <div className="lens-facts" title={hint}>
      {reading === null && scale && scale.least <= scale.greatest ? <Legend scale={scale} kind={kind} /> : null}
      <span className="lens-moments">{reading ?? words.join(" · ")}</span>
    </div>
  );
}

const WIDTH = 56;

/** The range of the numbers, and its colours; a line at zero, where that is within. */
function Legend({ scale, kind }: { scale: Scale; kind: CellKind }) {
  const look = useLook();
  const canvas = useRef<HTMLCanvasElement>(null);
  const from = Math.max(scale.least, scale.low);
  const to = Math.min(scale.greatest, scale.high);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const palette = paletteOf(look);
    const ramp = scale.diverging ? palette.diverging : palette.sequential;
    const image = context.createImageData(WIDTH, 1);
    const pixels = new Uint32Array(image.data.buffer);
    for (let x = 0; x < WIDTH; x++) {
      const n = from + ((to - from) * (x + 0.5)) / WIDTH;
      pixels[x] = ramp[Math.round(placeOf(scale, n) * (STEPS - 1))];
    }
    context.putImageData(image, 0, 0);
  }, [scale, from, to, look]);
  const isBool = kind === "bool";
  return (
    <>
      <span title="least">{isBool ? "False" : `${scale.least < from ? "≤ " : ""}${brief(from, 3)}`}</span>
      <span className="heat-legend">
        <canvas ref={canvas} width={WIDTH} height={1} />
        {from < 0 && to > 0 ? <i style={{ insetInlineStart: `${(100 * -from) / (to - from)}%` }} /> : null}
      </span>
      <span title="greatest">{isBool ? "True" : `${scale.greatest > to ? "≥ " : ""}${brief(to, 3)}`}</span>
    </>
  );
}
