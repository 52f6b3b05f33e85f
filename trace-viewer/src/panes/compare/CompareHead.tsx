import { command } from "../../commands/registry";
import type { Lecture } from "../../logic/lecture";
import * as moves from "../../logic/moves";
import { compareWith, setOverlay } from "../../state/actions";
import { comparison, moveOther, setTogether, swapSides, useComparison } from "../../state/comparison";
import { useLecture, useStore } from "../../state/store";
import { Icon, type IconName } from "../../widgets/Icon";
import { placeWords, traceName } from "./places";
import { SideMark } from "./SideMark";

/** Who is compared, where each stands, and what can be done with the two. */
export function CompareHead() {
  const a = useLecture();
  const b = useComparison((state) => state.lecture);
  if (!b) return null;
  return (
    <>
      <h2 className="visually-hidden">Comparison</h2>
      <div className="compare-sides">
        <SideA lecture={a} />
        <SideB lecture={b} />
        <Tools />
      </div>
    </>
  );
}

function Tools() {
  const together = useComparison((state) => state.together);
  const alignable = useComparison((state) => state.alignment !== null);
  return (
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
      <button type="button" className="button" title="A becomes B, and B becomes A" onClick={swapSides}>
        <Icon name="swap" />
        <span>Swap</span>
      </button>
      <button type="button" className="button" title="Compare with another" onClick={() => setOverlay("compare")}>
        <Icon name="compare" />
        <span>Another …</span>
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
