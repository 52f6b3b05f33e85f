import { useMemo } from "react";
import { command } from "../../commands/registry";
import { differingFacts } from "../../logic/compare/provenance";
import type { Divergence } from "../../logic/compare/divergences";
import type { Lecture } from "../../logic/lecture";
import * as moves from "../../logic/moves";
import { compareWith, jumpTo, setOverlay } from "../../state/actions";
import { comparison, moveOther, setTogether, swapSides, useComparison } from "../../state/comparison";
import { useLecture, useStore } from "../../state/store";
import { ValueInline } from "../../values/ValueInline";
import { Icon, type IconName } from "../../widgets/Icon";
import { placeWords, traceName } from "./places";
import { SideMark } from "./SideMark";

/** Who is compared, how the two were made, and where they first part. */
export function CompareHead() {
  const a = useLecture();
  const b = useComparison((state) => state.lecture);
  const together = useComparison((state) => state.together);
  const alignable = useComparison((state) => state.alignment !== null);
  if (!b) return null;
  return (
    <header className="compare-head">
      <h2 className="visually-hidden">Comparison</h2>
      <div className="compare-sides">
        <SideA lecture={a} />
        <button
          type="button"
          className="icon-button"
          aria-label="Swap A and B"
          title="Swap A and B"
          onClick={swapSides}
        >
          <Icon name="swap" />
        </button>
        <SideB lecture={b} />
        <div className="compare-tools" role="toolbar" aria-label="Comparison">
          <button
            type="button"
            className="button"
            aria-pressed={together}
            aria-disabled={!alignable && !together}
            title={together ? "B goes where A leads" : "B stays while A moves"}
            onClick={() => setTogether(!together)}
          >
            <Icon name="together" />
            <span>Together</span>
          </button>
          <button type="button" className="button" onClick={() => setOverlay("compare")}>
            Other …
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label="End the comparison"
            title={`End the comparison (${command("compare").keys[0]})`}
            onClick={() => compareWith(null)}
          >
            <Icon name="close" />
          </button>
        </div>
      </div>
      <Facts a={a} b={b} />
      <Firsts a={a} b={b} />
    </header>
  );
}

function SideA({ lecture }: { lecture: Lecture }) {
  const path = useStore(({ opened }) => (opened.status === "ready" ? opened.path : ""));
  const position = useStore((state) => state.position);
  return (
    <div className="compare-side">
      <SideMark side="a" />
      <strong className="compare-name">{traceName(path)}</strong>
      <span className="compare-place">{placeWords(lecture, position)}</span>
    </div>
  );
}

const OWN_MOVES: { label: string; icon: IconName; move: moves.Move }[] = [
  { label: "Step B back", icon: "back", move: moves.back },
  { label: "Step B forward", icon: "forward", move: moves.forward },
  { label: "Previous turn of B's line", icon: "previousTurn", move: moves.previousTurn },
  { label: "Next turn of B's line", icon: "nextTurn", move: moves.nextTurn },
];

function SideB({ lecture }: { lecture: Lecture }) {
  const path = useComparison((state) => state.path);
  const position = useComparison((state) => state.position);
  const together = useComparison((state) => state.together);
  const missing = useComparison((state) => state.together && !state.exact);
  return (
    <div className="compare-side">
      <SideMark side="b" />
      <strong className="compare-name">{traceName(path)}</strong>
      <span className="compare-place">
        {missing ? "no counterpart; last at " : ""}
        {placeWords(lecture, position)}
      </span>
      <span className="compare-moves" data-together={together || undefined} role="toolbar" aria-label="Move B alone">
        {OWN_MOVES.map(({ label, icon, move }) => {
          const target = position < 0 ? -1 : move(lecture, position);
          return (
            <button
              key={label}
              type="button"
              className="icon-button"
              aria-label={label}
              title={label}
              aria-disabled={target < 0}
              onClick={() => moveOther(move(lecture, comparison.getState().position))}
            >
              <Icon name={icon} />
            </button>
          );
        })}
      </span>
    </div>
  );
}

/** In what the two were made differently, on one line. */
function Facts({ a, b }: { a: Lecture; b: Lecture }) {
  const facts = useMemo(() => (a === b ? [] : differingFacts(a.trace, b.trace)), [a, b]);
  if (a === b) return null;
  if (facts.length === 0)
    return <p className="compare-facts">Made in the same way: same source, arguments, machine and versions.</p>;
  const words = facts.map((fact) => `${fact.name} ${fact.a} / ${fact.b}`).join("; ");
  return (
    <p className="compare-facts" title={words}>
      <span>Made with </span>
      {facts.map((fact, index) => (
        <span key={fact.name}>
          {index > 0 && " · "}
          {fact.name} <b>{fact.a}</b> / <b>{fact.b}</b>
        </span>
      ))}
    </p>
  );
}

/** The first step after which another line ran, and the first value that is another: each a way there. */
function Firsts({ a, b }: { a: Lecture; b: Lecture }) {
  const found = useComparison((state) => state.divergences);
  const progress = useComparison((state) => state.progress);
  const alignable = useComparison((state) => state.alignment !== null);
  if (progress !== null && !found) {
    return (
      <p className="compare-firsts">
        <progress value={progress} aria-label="Comparing" /> Comparing …
      </p>
    );
  }
  if (!found || !alignable) {
    return (
      <p className="compare-firsts">
        {a === b && "Two different places: their values are side by side. Put both on one line to compare its turns."}
      </p>
    );
  }
  const { path, value, compared, alike, list } = found;
  return (
    <p className="compare-firsts">
      {path ? (
        <FirstButton label="First other path" divergence={path} lecture={a}>
          behind line {a.placeOf(path.a).line}
        </FirstButton>
      ) : (
        <span className="compare-alike">The same path</span>
      )}
      {value ? (
        <FirstButton label="First other value" divergence={value} lecture={a}>
          <code>{value.name || "returns"}</code> <Side lecture={a} value={value.valueA} /> /{" "}
          <Side lecture={b} value={value.valueB} />
        </FirstButton>
      ) : (
        <span className="compare-alike">The same values</span>
      )}
      <span className="compare-faint">
        {list.length === 0
          ? `${compared.toLocaleString("en-US")} steps, all alike`
          : `${alike.toLocaleString("en-US")} of ${compared.toLocaleString("en-US")} steps alike`}
      </span>
    </p>
  );
}

function Side({ lecture, value }: { lecture: Lecture; value: number }) {
  return value < 0 ? <span>nothing</span> : <ValueInline value={lecture.trace.values[value]} max={24} />;
}

function FirstButton({
  label,
  divergence,
  lecture,
  children,
}: {
  label: string;
  divergence: Divergence;
  lecture: Lecture;
  children: React.ReactNode;
}) {
  return (
    <button type="button" className="button compare-first" onClick={() => goTo(lecture, divergence)}>
      <span className="compare-first-label">{label}</span>
      <span>{children}</span>
    </button>
  );
}

/** To a divergence, with what it left; both sides go, since their counterparts lie together there. */
export function goTo(lecture: Lecture, { a }: Pick<Divergence, "a">): void {
  if (!comparison.getState().together) setTogether(true);
  jumpTo(lecture.positions.exit[a]);
}
