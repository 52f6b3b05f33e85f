import "./variables.css";
import { lazy, memo, Suspense, useEffect, useRef, useState } from "react";
import type { Tensor, Value } from "../../format/generated";
import type { Variable } from "../../logic/bindings";
import { argumentsOf } from "../../logic/call-arguments";
import { useLecture } from "../../state/store";
import { count } from "../../values/numbers";
import { kindOf } from "../../values/kinds";
import { visible } from "../../values/escape";
import { summarise } from "../../values/summary";
import { holdsArrays } from "../../values/tensor/load";
import { ValueInline } from "../../values/ValueInline";
import { ValueView } from "../../values/ValueView";
import { Guard } from "../../widgets/Guard";
import { useLater } from "../../widgets/painted";
import { loadSharing, Sharing } from "../memory/Sharing";
import { useShowChange } from "./useShowChange";
import { useVariables, type FrameVariables } from "./useVariables";

const loadHistory = () => import("../history/NameHistory");
const NameHistory = lazy(loadHistory);

/** The values beside the lecture: of the function the reader is in, and, folded, of those that called it. */
export function VariablesPane() {
  const { position, atEnd, frames, further, returned, raised, values } = useVariables();
  const [current, ...callers] = frames;
  const outer = callers.filter(({ variables }) => variables.length > 0);
  const pane = useRef<HTMLElement>(null);
  useShowChange(pane, position);
  useEffect(() => {
    if (typeof requestIdleCallback !== "function") return undefined;
    const asked = requestIdleCallback(() => {
      const needed = [loadHistory(), holdsArrays(values) && loadSharing()]; // the first value should not wait for them
      void Promise.allSettled(needed); // what fails is tried again when it is drawn
    });
    return () => cancelIdleCallback(asked);
  }, [values]);
  return (
    <section className="variables" aria-label="Variables" ref={pane}>
      {raised && (
        <p className="raised">
          raises <strong>{raised.type}</strong>
          {raised.message && `: ${raised.message.slice(0, 300)}`}
        </p>
      )}
      {current && <h2 className="frame-name">{current.name}</h2>}
      {current && <Rows frame={current} values={values} />}
      {/* Last, so that it moves nothing that was there. */}
      {returned && current && <ReturnedRow call={current.call} within={current.name} value={returned.value} />}
      {current?.variables.length === 0 && !returned && !raised && (
        <p className="nothing">
          {atEnd ? "No values were recorded here." : "No values here yet. Step on: what lines compute appears here."}
        </p>
      )}
      <Callers outer={outer} bare={current?.variables.length === 0} further={further} values={values} />
    </section>
  );
}

interface CallersProps {
  outer: FrameVariables[];
  /** A function that has no values of its own is read with those of its caller. */
  bare: boolean;
  further: number;
  values: Value[];
}

/** The calls around the current one: below its values, and drawn when those are seen. */
function Callers(now: CallersProps) {
  const later = useLater(now);
  const { outer, bare, further, values } = later.values === now.values ? later : now; // of another lecture, none
  return (
    <>
      {outer.map((frame, index) => (
        <Caller
          key={frame.call}
          frame={frame}
          alike={outer.some(({ call, name }) => name === frame.name && call !== frame.call)}
          values={values}
          open={index === 0 && bare}
        />
      ))}
      {further > 0 && <p className="nothing">and {count(further)} more calls around them, in the call stack above.</p>}
    </>
  );
}

interface CallerProps {
  frame: FrameVariables;
  /** Another of the calls is of the same function. */
  alike: boolean;
  values: Value[];
  open: boolean;
}

/** A call around the current one: what is folded away is not drawn, since a step into a call would have to draw it all. */
function Caller({ frame, alike, values, open }: CallerProps) {
  const [opened, setOpened] = useState(open);
  return (
    <details className="caller" open={open} onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
      <summary>
        {frame.name}
        <span className="frame-line">line {frame.line}</span>
        {alike && <Given call={frame.call} />}
      </summary>
      {(open || opened) && <Rows frame={frame} values={values} />}
    </details>
  );
}

/** What tells the calls of a recursion apart: `number=11`. Drawn once for each call, not at each step. */
const Given = memo(function Given({ call }: { call: number }) {
  const lecture = useLecture();
  const given = argumentsOf(lecture, call).map(({ name, value }) => `${name}=${summarise(value, 30)}`);
  return <span className="frame-given">{given.join(", ")}</span>;
});

function Rows({ frame, values }: { frame: FrameVariables; values: Value[] }) {
  return (
    <div className="rows">
      {frame.variables.map(({ name, value, before, changed, gone }) => (
        <VariableRow
          key={`${frame.call} ${name}`}
          call={frame.call}
          within={frame.name}
          name={name}
          value={values[value]}
          before={changed && before >= 0 ? values[before] : undefined}
          changed={changed}
          gone={gone}
        />
      ))}
    </div>
  );
}

interface RowProps {
  call: number;
  /** The function: what a reader opens of a variable stays open in its next call, too. */
  within: string;
  name: string;
  value: Value;
  /** What it was before it changed, where it did. */
  before: Value | undefined;
  changed: boolean;
  /** From this step on it is shown no longer; its last value keeps the others in their places. */
  gone: boolean;
}

const VariableRow = memo(function VariableRow({ call, within, name, value, before, changed, gone }: RowProps) {
  return (
    <div className="variable" data-changed={changed || undefined} data-gone={gone || undefined} data-name={name}>
      <div className="variable-name">
        {visible(name)}
        {changed && <span className="visually-hidden"> (changed)</span>}
        {gone && <span className="variable-gone"> no longer shown</span>}
      </div>
      <div className="variable-value">
        <Guard what="This value" watch={value}>
          <ValueView id={`${within} ${name}`} value={value} changed={changed} before={before} />
        </Guard>
      </div>
      {isArray(value) && !gone && <Sharing call={call} name={name} value={value} />}
      <Suspense>
        <NameHistory call={call} name={name} />
      </Suspense>
    </div>
  );
});

function ReturnedRow({ call, within, value }: { call: number; within: string; value: Value }) {
  return (
    <div className="variable" data-result data-name="returns">
      <div className="variable-name">returns</div>
      <div className="variable-value">
        <Guard what="This value" watch={value}>
          <ValueView id={`${within} `} value={value} />
        </Guard>
      </div>
      {isArray(value) && <Sharing call={call} name="" value={value} />}
    </div>
  );
}

function isArray(value: Value): value is Tensor {
  return kindOf(value) === "tensor";
}

/** One line for a small screen: what changed here, or else what there is. */
export function VariablesSummary() {
  const { frames, returned, raised, values } = useVariables();
  const all = frames.find(({ variables }) => variables.length > 0)?.variables.filter(({ gone }) => !gone) ?? [];
  const changed = all.filter((variable) => variable.changed);
  const shown: Variable[] = changed.length > 0 ? changed : all;
  if (raised) {
    const message = raised.message && `: ${raised.message.slice(0, 100)}`;
    return <span className="summary-raised">{`raises ${raised.type}${message}`}</span>;
  }
  if (!returned && shown.length === 0) return <span className="nothing">No values here yet</span>;
  return (
    <span className="summary-values">
      {returned && <SummaryItem name="returns" value={returned.value} changed />}
      {shown.slice(0, 8).map(({ name, value, before, changed }) => (
        <SummaryItem
          key={name}
          name={name}
          value={values[value]}
          before={changed && before >= 0 ? values[before] : undefined}
          changed={changed}
        />
      ))}
    </span>
  );
}

interface ItemProps {
  name: string;
  value: Value;
  before?: Value | undefined;
  changed: boolean;
}

function SummaryItem({ name, value, before, changed }: ItemProps) {
  return (
    <span className="summary-item" data-changed={changed || undefined}>
      <span className="variable-name">{visible(name)}</span>{" "}
      <Guard what="This value" watch={value}>
        <ValueInline value={value} before={before} />
      </Guard>
    </span>
  );
}
