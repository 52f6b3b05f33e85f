import { memo } from "react";
import type { Value } from "../format/generated";
import { summaryLine, type Part } from "./summary";
import "./values.css";

type Props = {
  value: Value;
  /** The most characters shown. */
  max?: number;
  /** A string shows as its words, without quotes. */
  plain?: boolean;
};

/** A value on one line. The whole line, if longer, is in its tooltip. */
export const ValueInline = memo(function ValueInline({ value, max = 120, plain = false }: Props) {
  const { parts, cut } = summaryLine(value, max, plain);
  const title = cut
    ? summaryLine(value, 600, plain)
        .parts.map((part) => part.text)
        .join("")
    : undefined;
  return (
    <span className="value-inline" title={title}>
      <Parts parts={parts} />
    </span>
  );
});

/** The parts of a line, coloured. */
export function Parts({ parts }: { parts: Part[] }) {
  return parts.map(({ text, cls }, index) =>
    cls ? (
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={cls}>
        {text}
      </span>
    ) : (
      text
    ),
  );
}
