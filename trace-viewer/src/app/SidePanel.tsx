import { lazy, Suspense, useLayoutEffect, useState, type ReactNode } from "react";
import { command } from "../commands/registry";
import { PrintedPane } from "../panes/printed/PrintedPane";
import { VariablesPane, VariablesSummary } from "../panes/variables/VariablesPane";
import { useStore } from "../state/store";
import { Icon } from "../widgets/Icon";
import { NARROW, useMedia } from "../widgets/useMedia";
import type { SidePart } from "./useSideParts";

const KernelPane = lazy(() => import("../panes/kernel/KernelPane"));
const RanksPane = lazy(() => import("../panes/ranks/RanksPane"));
const CallsPane = lazy(() => import("../panes/calls/CallsPane"));
const LoopPane = lazy(() => import("../panes/loop/LoopPane"));
const MemoryPane = lazy(() => import("../panes/memory/MemoryPane"));
const CostsPane = lazy(() => import("../panes/costs/CostsPane"));

const PANES: Record<SidePart, ReactNode> = {
  kernel: <KernelPane />,
  ranks: <RanksPane />,
  turns: <LoopPane />,
  calls: <CallsPane />,
  variables: <VariablesPane />,
  printed: <PrintedPane />,
  memory: <MemoryPane />,
  costs: <CostsPane />,
};

/** What the button that shows and hides them calls them. */
const WORDS: Record<SidePart, string> = {
  kernel: "the kernel",
  ranks: "the ranks",
  turns: "the turns",
  calls: "the calls",
  variables: "the values",
  printed: "what is printed",
  memory: "the memory",
  costs: "the costs",
};

/**
 * What accompanies the lecture: beside it where there is room, all of it; else a sheet at the bottom that one line stands
 * for, with one part of it at a time.
 */
export function SidePanel({ parts }: { parts: SidePart[] }) {
  const narrow = useMedia(NARROW); // beside the lecture nothing needs to stand for it
  const [open, setOpen] = useState(false);
  const lens = useStore(({ settings }) => settings.kernel);
  const [before, setBefore] = useState({ parts, lens });
  const [chosen, setChosen] = useState<SidePart>(
    (["kernel", "variables"] as const).find((part) => parts.includes(part)) ?? parts[0],
  );
  useLayoutEffect(() => {
    if (open) uncoverLine();
  }, [open]);
  if (before.parts.join() !== parts.join() || before.lens !== lens) {
    // What was just switched on is what the reader wants to see. A step into a kernel brings its lens, but opens no sheet.
    const added = parts.find((part) => !before.parts.includes(part));
    setBefore({ parts, lens });
    if (added) {
      setChosen(added);
      if (narrow && (added !== "kernel" || before.lens !== lens)) setOpen(true);
    } else if (!parts.includes(chosen)) setChosen(parts[0]);
  }
  return (
    <aside className="side" data-open={open || undefined} aria-label="Beside the lecture">
      <button
        type="button"
        className="side-handle"
        aria-expanded={open}
        aria-label={`${open ? "Hide" : "Show"} ${listed(parts.map((part) => WORDS[part]))}`}
        onClick={() => setOpen(!open)}
      >
        {narrow && (open ? <span className="side-summary">{command(chosen).label}</span> : <Summary parts={parts} />)}
        <Icon name="up" />
      </button>
      {parts.length > 1 && (
        <div className="side-tabs" role="group" aria-label="Show in the sheet">
          {parts.map((part) => (
            <button key={part} type="button" aria-pressed={part === chosen} onClick={() => setChosen(part)}>
              {command(part).label}
            </button>
          ))}
        </div>
      )}
      <div className="side-body">
        {parts.map((part) => (
          <div key={part} className="side-part" data-chosen={part === chosen || undefined}>
            <Suspense fallback={part === "kernel" && <div className="side-reserved" />}>{PANES[part]}</Suspense>
          </div>
        ))}
      </div>
    </aside>
  );
}

/** The line that stands for the sheet: the values, since they change at every step, and the names of the rest. */
function Summary({ parts }: { parts: SidePart[] }) {
  const names = parts.filter((part) => part !== "variables").map((part) => command(part).label);
  if (!parts.includes("variables")) return <span className="side-summary">{names.join(" · ")}</span>;
  return (
    <>
      <span className="side-summary">
        <VariablesSummary />
      </span>
      {names.length > 0 && (
        <span className="side-others">{names.length > 1 ? `+ ${names.length} more` : names[0]}</span>
      )}
    </>
  );
}

function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The sheet must not cover the line whose values it shows: if that is in the window, bring it above the sheet. */
function uncoverLine(): void {
  const line = document.querySelector(".page:not([hidden]) [aria-current=step]");
  const { top, bottom } = line?.getBoundingClientRect() ?? { top: -1, bottom: 0 };
  if (top >= 0 && bottom <= window.innerHeight) line?.scrollIntoView({ block: "nearest", behavior: "instant" });
}
