import type { Value } from "../../format/generated";
import { summarise } from "../../values/summary";
import { ValueInline } from "../../values/ValueInline";
import { shortNumber } from "./short-number";

interface Props {
  value: Value;
  /** What it is on the other side. */
  other: Value | undefined;
  max?: number;
  /** The same, where what differs from it is to be marked. */
  before?: Value | undefined;
}

/** A value on one line, beside that of the other side: of long floats as many figures as it takes to tell them apart. */
export function PairedValue({ value, other, max = 44, before }: Props) {
  const short = shortNumber(value, other ?? null);
  if (short === null) return <ValueInline value={value} max={max} before={before} />;
  return (
    <span className="tok-number compare-number" title={summarise(value)}>
      {short}
    </span>
  );
}
