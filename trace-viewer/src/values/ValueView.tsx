/** A value in full, one renderer a kind. Long things start short and open on demand, so that none is too large to show. */
import { memo, type ReactNode } from "react";
import type { Value } from "../format/generated";
import { CodeTokens } from "../code/CodeTokens";
import { highlightPython } from "../code/highlight";
import { Tex } from "../markdown/Tex";
import { Guard } from "../widgets/Guard";
import { visible } from "./escape";
import { byKind, type Kind, type Of } from "./kinds";
import { name, summaryLine } from "./summary";
import { count } from "./numbers";
import { ModuleView } from "./ModuleView";
import { RecordsView } from "./RecordsView";
import { StringView } from "./StringView";
import { TokensView } from "./TokensView";
import { TensorView } from "./TensorView";
import { Tree } from "./Tree";
import { Parts } from "./ValueInline";
import "./values.css";

type Props = {
  value: Value;
  /** The name that has the value, the same from step to step: what is opened in it stays open. */ id?: string;
  /** It became this at the present step. */ changed?: boolean;
  /** What it was before, if that is known; what differs from it is marked. */ before?: Value | undefined;
};

/** Any value. */
export const ValueView = memo(function ValueView({ value, changed = false, before }: Props) {
  return (
    <div className={changed ? "value value-changed" : "value"}>
      <Guard what="This value" watch={value}>
        <Rendered value={value} before={before} />
      </Guard>
    </div>
  );
});

function Rendered({ value, before }: { value: Value; before: Value | undefined }) {
  return (
    byKind(renderers, value, before) ?? <span className="value-faint">a kind of value this viewer does not know</span>
  );
}

/** Containers that fit into a line this long are a line. */
const LINE = 64;

const renderers: { [K in Kind]: (value: Of<K>, before?: Value) => ReactNode } = {
  none: line,
  bool: line,
  number: line,
  float: line,
  complex: line,
  string: (value) => <StringView text={value} length={value.length} />,
  text: (value) => <StringView text={value.text} length={value.length} />,
  int: (value) => (
    <>
      <Parts parts={summaryLine(value, 400).parts} />
      {value.digits && value.digits > value.text.length ? (
        <span className="value-faint"> {count(value.digits)} digits</span>
      ) : null}
    </>
  ),
  bytes: (value) => <Parts parts={summaryLine(value, 2000).parts} />,
  sequence: lineOrTree,
  mapping: lineOrTree,
  instance: lineOrTree,
  tensor: (value, before) => <TensorView tensor={value} before={isTensor(before) ? before : undefined} />,
  tokens: (value) => <TokensView tokens={value} />,
  module: (value) => <ModuleView module={value} />,
  records: (value) => <RecordsView records={value} />,
  formula: (value) => <Tex source={value.latex} display />,
  definition: (value) => (
    <code className="value-definition">
      <span className="tok-keyword">{name(value.type)}</span>{" "}
      <CodeTokens tokens={highlightPython(visible(`${value.name}${value.signature ?? ""}`).slice(0, 1000))[0] ?? []} />
    </code>
  ),
  opaque: (value) => (
    <>
      {value.text ? (
        <span className="value-text">{value.text.slice(0, 4000).split("\n").map(visible).join("\n")}</span>
      ) : (
        line(value)
      )}
      {value.cut ? <span className="value-faint">…</span> : null}
      <div className="value-facts">
        {value.text ? name(value.type) : null}
        {value.problem ? <span className="value-warn">{visible(value.problem)}</span> : null}
      </div>
    </>
  ),
  cut: (value) => (
    <span title={WHY_CUT[value.reason]}>
      <Parts parts={summaryLine(value).parts} />
    </span>
  ),
};

function isTensor(value: Value | undefined): value is Of<"tensor"> {
  return typeof value === "object" && value?.kind === "tensor";
}

const WHY_CUT: Record<string, string> = {
  depth: "Nested deeper than what is recorded.",
  budget: "Left out: the record of this value had reached its largest size.",
  cycle: "This object is already open above: it contains itself.",
};

function line(value: Value): ReactNode {
  return <Parts parts={summaryLine(value).parts} />;
}

function lineOrTree(value: Of<"sequence" | "mapping" | "instance">): ReactNode {
  const { parts, cut } = summaryLine(value, LINE);
  return cut ? <Tree value={value} top /> : <Parts parts={parts} />;
}
