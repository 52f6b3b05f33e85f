import { lazy, Suspense, useLayoutEffect, useState } from "react";
import { PrintedPane } from "../panes/printed/PrintedPane";
import { VariablesPane, VariablesSummary } from "../panes/variables/VariablesPane";
import { useLecture, useStore } from "../state/store";
import { Icon } from "../widgets/Icon";

const MemoryPane = lazy(() => import("../panes/memory/MemoryPane"));
const CostsPane = lazy(() => import("../panes/costs/CostsPane"));
const LoopPane = lazy(() => import("../panes/loop/LoopPane"));

/** What accompanies the lecture: beside it where there is room, else a sheet at the bottom that one line stands for. */
export function SidePanel() {
  const { variables, printed, memory, costs, turns } = useStore((state) => state.settings);
  const { trace } = useLecture();
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    if (open) uncoverLine();
  }, [open]);
  return (
    <aside className="side" data-open={open || undefined} aria-label="Beside the lecture">
      <button
        type="button"
        className="side-handle"
        aria-expanded={open}
        aria-label={open ? "Hide the values" : "Show the values"}
        onClick={() => setOpen(!open)}
      >
        <span className="side-summary">
          {variables ? <VariablesSummary /> : costs ? "Costs" : memory ? "Memory" : turns ? "Turns" : "Printed output"}
        </span>
        <Icon name="up" />
      </button>
      <div className="side-body">
        <Suspense>{turns && <LoopPane />}</Suspense>
        {variables && <VariablesPane />}
        {printed && <PrintedPane />}
        <Suspense>
          {memory && trace.memory.step.length > 0 && <MemoryPane />}
          {costs && <CostsPane />}
        </Suspense>
      </div>
    </aside>
  );
}

/** The sheet must not cover the line whose values it shows: if that is in the window, bring it above the sheet. */
function uncoverLine(): void {
  const line = document.querySelector(".page:not([hidden]) [aria-current=step]");
  const { top, bottom } = line?.getBoundingClientRect() ?? { top: -1, bottom: 0 };
  if (top >= 0 && bottom <= window.innerHeight) line?.scrollIntoView({ block: "nearest", behavior: "instant" });
}
