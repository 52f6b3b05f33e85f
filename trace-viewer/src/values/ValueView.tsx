/** A value in full, one renderer a kind. Long things start short and open on demand, so that none is too large to show. */
import { lazy, memo, Suspense, type ReactNode } from "react";
import type { Value } from "../format/generated";
import { CodeTokens } from "../code/CodeTokens";
import { highlightPython } from "../code/highlight";
import { Tex } from "../markdown/Tex";
import { Guard } from "../widgets/Guard";
import { visible } from "./escape";
import { byKind, type Kind, type Of } from "./kinds";
import { name, summaryLine } from "./summary";
import { count } from "./numbers";
import { Forms } from "./Forms";
import { Named } from "./kept";
import { StringView } from "./StringView";
import { TensorView } from "./TensorView";
import { Tree } from "./Tree";
import { Parts } from "./ValueInline";
import "./values.css";

const ModuleView = lazy(() => import("./ModuleView"));
const RecordsView = lazy(() => import("./RecordsView"));
const TokensView = lazy(() => import("./TokensView"));

type Props = {
  value: Value;
  /** The name that has the value, the same from step to step: what is opened in it stays open. */ id?: string;
  /** It became this at the present step. */ changed?: boolean;
  /** What it was before, if that is known; what differs from it is marked. */ before?: Value | undefined;
};

/** Any value. */
export const ValueView = memo(function ValueView({ value, id, changed = false, before }: Props) {
  const rendered = <Rendered value={value} before={before} />;
  return (
    <div className={changed ? "value value-changed" : "value"}>
      <Guard what="This value" watch={value}>
        {id === undefined ? rendered : <Named id={id}>{rendered}</Named>}
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
  string: (value, before) => <StringView text={value} length={value.length} before={textOf(before)} />,
  text: (value, before) => <StringView text={value.text} length={value.length} before={textOf(before)} />,
  int: (value) => (
    <>
      <Parts parts={summaryLine(value, 400).parts} />
      {value.digits && value.digits > value.text.length ? (
        <span className="value-faint"> {count(value.digits)} digits</span>
      ) : null}
    </>
  ),
  bytes: (value) => <Parts parts={summaryLine(value, 2000).parts} />,
  sequence: (value, before) => (
    <Forms value={value} before={before}>
      {lineOrTree(value, before)}
    </Forms>
  ),
  mapping: lineOrTree,
  instance: lineOrTree,
  tensor: (value, before) => <TensorView tensor={value} before={isTensor(before) ? before : undefined} />,
  tokens: (value, before) => (
    <Suspense fallback={line(value)}>
      <TokensView tokens={value} before={isTokens(before) ? before : undefined} />
    </Suspense>
  ),
  module: (value, before) => (
    <Suspense fallback={line(value)}>
      <ModuleView module={value} before={before} />
    </Suspense>
  ),
  records: (value, before) => (
    <Suspense fallback={line(value)}>
      <RecordsView records={value} before={before} />
    </Suspense>
  ),
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

function isTokens(value: Value | undefined): value is Of<"tokens"> {
  return typeof value === "object" && value?.kind === "tokens";
}

function textOf(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "object" && value?.kind === "text" ? value.text : undefined;
}

const WHY_CUT: Record<string, string> = {
  depth: "Nested deeper than what is recorded.",
  budget: "Left out: the record of this value had reached its largest size.",
  cycle: "This object is already open above: it contains itself.",
};

function line(value: Value): ReactNode {
  return <Parts parts={summaryLine(value).parts} />;
}

function lineOrTree(value: Of<"sequence" | "mapping" | "instance">, before?: Value): ReactNode {
  const { parts, cut } = summaryLine(value, LINE, false, before);
  return cut ? <Tree value={value} top before={before} /> : <Parts parts={parts} />;
}
