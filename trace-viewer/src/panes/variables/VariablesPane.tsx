import "./variables.css";
import { memo, useLayoutEffect, useRef } from "react";
import type { Value } from "../../format/generated";
import type { Variable } from "../../logic/bindings";
import { ValueInline } from "../../values/ValueInline";
import { ValueView } from "../../values/ValueView";
import { Guard } from "../../widgets/Guard";
import { useVariables, type FrameVariables } from "./useVariables";

/** The values beside the lecture: of the function the reader is in, and, folded, of those that called it. */
export function VariablesPane() {
  const { frames, returned, raised, values } = useVariables();
  const [current, ...callers] = frames;
  const outer = callers.filter(({ variables }) => variables.length > 0);
  const pane = useRef<HTMLElement>(null);
  useLayoutEffect(() => showChange(pane.current));
  return (
    <section className="variables" aria-label="Variables" ref={pane}>
      {raised && (
        <p className="raised">
          raises <strong>{raised.type}</strong>
          {raised.message && `: ${raised.message.slice(0, 300)}`}
        </p>
      )}
      {current && <h2 className="frame-name">{current.name}</h2>}
      {returned && <VariableRow name="returns" value={returned.value} changed result />}
      {current && <Rows frame={current} values={values} />}
      {current?.variables.length === 0 && !returned && !raised && <p className="nothing">No values here yet.</p>}
      {outer.map((frame, index) => (
        // A function that has no values of its own is read with those of its caller.
        <details key={frame.call} className="caller" open={index === 0 && current?.variables.length === 0}>
          <summary>
            {frame.name}
            <span className="frame-line">line {frame.line}</span>
          </summary>
          <Rows frame={frame} values={values} />
        </details>
      ))}
    </section>
  );
}

/** Scroll the panel, if it scrolls, to the first value that changed. */
function showChange(pane: HTMLElement | null): void {
  const changed = pane?.querySelector(".raised, [data-changed], [data-result]");
  const panel = [pane?.closest(".side-body"), pane?.closest(".side")].find((box) => box && scrolls(box));
  if (!changed || !panel) return;
  const { top, bottom } = changed.getBoundingClientRect();
  const view = panel.getBoundingClientRect();
  if (top < view.top || bottom > view.bottom) panel.scrollTop += top - view.top - view.height / 4;
}

function scrolls({ scrollHeight, clientHeight }: Element): boolean {
  return scrollHeight > clientHeight;
}

function Rows({ frame, values }: { frame: FrameVariables; values: Value[] }) {
  return (
    <div className="rows">
      {frame.variables.map(({ name, value, changed }) => (
        <VariableRow key={`${frame.call} ${name}`} name={name} value={values[value]} changed={changed} />
      ))}
    </div>
  );
}

interface RowProps {
  name: string;
  value: Value;
  changed: boolean;
  /** What the function returned, and so no variable. */
  result?: boolean;
}

const VariableRow = memo(function VariableRow({ name, value, changed, result = false }: RowProps) {
  return (
    <div className="variable" data-changed={changed || undefined} data-result={result || undefined} data-name={name}>
      <div className="variable-name">
        {name}
        {changed && !result && <span className="visually-hidden"> (changed)</span>}
      </div>
      <div className="variable-value">
        <Guard what="This value" watch={value}>
          <ValueView value={value} changed={changed && !result} />
        </Guard>
      </div>
    </div>
  );
});

/** One line for a small screen: what changed here, or else what there is. */
export function VariablesSummary() {
  const { frames, returned, raised, values } = useVariables();
  const all = frames.find(({ variables }) => variables.length > 0)?.variables ?? [];
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
      {shown.slice(0, 8).map(({ name, value, changed }) => (
        <SummaryItem key={name} name={name} value={values[value]} changed={changed} />
      ))}
    </span>
  );
}

function SummaryItem({ name, value, changed }: { name: string; value: Value; changed: boolean }) {
  return (
    <span className="summary-item" data-changed={changed || undefined}>
      <span className="variable-name">{name}</span>{" "}
      <Guard what="This value" watch={value}>
        <ValueInline value={value} />
      </Guard>
    </span>
  );
}
