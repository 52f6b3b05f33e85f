import "./compare.css";
import { useEffect, useState } from "react";
import { compareWith } from "../../state/actions";
import { followComparison, useComparison } from "../../state/comparison";
import { lectureOf, store, useStore } from "../../state/store";
import { Guard } from "../../widgets/Guard";
import { useMedia } from "../../widgets/useMedia";
import { CompareAnnouncer } from "./CompareAnnouncer";
import { CompareHead } from "./CompareHead";
import { CostPairs } from "./CostPairs";
import { DivergenceList } from "./DivergenceList";
import { Facts, Firsts } from "./Firsts";
import { OutputPairs } from "./OutputPairs";
import { SourcePair } from "./SourcePair";
import { Strip } from "./Strip";
import { ValuePairs } from "./ValuePairs";

/** Where both sides stand beside each other. */
const WIDE = "(width >= 1100px)";

/** In place of the lecture: two runs of it, or two places of one, side by side. */
export default function ComparePane() {
  useEffect(followComparison, []);
  useEndByEscape();
  const status = useComparison((state) => state.status);
  const path = useComparison((state) => state.path);
  const problem = useComparison((state) => state.problem);
  const lecture = useStore(lectureOf);
  if (!lecture) return null;
  if (status === "problem" && problem) {
    return (
      <section className="compare-problem card" aria-label="Comparison" role="alert">
        <h2>{problem.title}</h2>
        <p>{problem.message}</p>
        <p className="compare-faint">{path}</p>
        <button type="button" className="button" onClick={() => compareWith(null)}>
          End the comparison
        </button>
      </section>
    );
  }
  if (status !== "ready") {
    return (
      <p className="compare-opening" role="status">
        Opening {path || "the other trace"} …
      </p>
    );
  }
  return <Compared />;
}

function Compared() {
  const wide = useMedia(WIDE);
  return wide ? <SideBySide /> : <Stacked />;
}

function SideBySide() {
  return (
    <section className="compare" aria-label="Comparison" data-wide>
      <header className="compare-head">
        <CompareHead />
        <Facts />
        <Firsts />
      </header>
      <div className="compare-code-part">
        <Guard what="The source">
          <SourcePair shown="both" />
        </Guard>
      </div>
      <div className="compare-pairs">
        <Pairs />
        <DivergenceList />
      </div>
      <Strip />
      <CompareAnnouncer />
    </section>
  );
}

/** Where there is little room: the source of one side at a time, and below it both sides in pairs. */
function Stacked() {
  const [side, setSide] = useState<"a" | "b">("a");
  return (
    <section className="compare" aria-label="Comparison">
      <header className="compare-head">
        <CompareHead />
      </header>
      <div className="compare-code-part">
        <div className="compare-switch" role="group" aria-label="Whose source">
          {(["a", "b"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={side === each} onClick={() => setSide(each)}>
              Source of {each.toUpperCase()}
            </button>
          ))}
        </div>
        <Guard what="The source">
          <SourcePair shown={side} />
        </Guard>
      </div>
      <div className="compare-pairs">
        <Pairs />
        <Firsts />
        <DivergenceList />
        <Facts />
      </div>
      <Strip />
      <CompareAnnouncer />
    </section>
  );
}

/** What each side holds, cost and showed where it stands. */
function Pairs() {
  return (
    <>
      <Guard what="The values of both">
        <ValuePairs />
      </Guard>
      <Guard what="What both cost">
        <CostPairs />
      </Guard>
      <Guard what="What both show">
        <OutputPairs />
      </Guard>
    </>
  );
}

/** Escape ends the comparison, unless something else has a use for it: a dialog, a field, a look at another place. */
function useEndByEscape(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      const { overlay, peek } = store.getState();
      const inField = event.target instanceof Element && event.target.closest("input, select, textarea, [popover]");
      if (overlay !== null || peek !== null || inField) return;
      event.preventDefault();
      compareWith(null);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
