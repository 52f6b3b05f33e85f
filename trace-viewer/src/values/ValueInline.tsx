import { memo, type ReactNode } from "react";
import type { Value } from "../format/generated";
import { DimName } from "./DimName";
import { summarise, summaryLine, type Part } from "./summary";
import "./values.css";
import "./changes.css";

type Props = {
  value: Value;
  /** The most characters shown. */
  max?: number;
  /** A string shows as its words, without quotes. */
  plain?: boolean;
  /** What it was; what differs from it is marked. */
  before?: Value | undefined;
};

/** A value on one line. The whole line, if longer, is in its tooltip. */
export const ValueInline = memo(function ValueInline({ value, max = 120, plain = false, before }: Props) {
  const { parts, cut } = summaryLine(value, max, plain, before);
  return (
    <span className="value-inline" title={cut ? summarise(value, 600, plain) : undefined}>
      <Parts parts={parts} />
    </span>
  );
});

/** The parts of a line, coloured; what was not so before, marked. */
export function Parts({ parts }: { parts: Part[] }) {
  const shown: ReactNode[] = [];
  for (let index = 0; index < parts.length;) {
    const { change } = parts[index] as Part;
    const from = index;
    while (index < parts.length && parts[index]?.change === change) index++;
    shown.push(change ? <Marked key={from} parts={parts.slice(from, index)} /> : parts.slice(from, index).map(colored));
  }
  return shown;
}

const ELEMENTS = { added: "ins", changed: "mark", removed: "del" } as const;

function Marked({ parts }: { parts: Part[] }) {
  const Element = ELEMENTS[parts[0]?.change ?? "changed"];
  return <Element>{parts.map(colored)}</Element>;
}

function colored({ text, cls }: Part, index: number): ReactNode {
  // oxlint-disable-next-line react/no-array-index-key
  if (cls === "dim") return <DimName key={index} name={text} />;
  return cls ? (
    // oxlint-disable-next-line react/no-array-index-key
    <span key={index} className={cls}>
      {text}
    </span>
  ) : (
    text
  );
}
