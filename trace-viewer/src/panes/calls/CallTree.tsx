import { useMemo, useState, type KeyboardEvent, type MouseEvent } from "react";
import type { CallFacts } from "../../logic/call-facts";
import { callRows, nothingOpened, pathTo, type CallRow, type Opened } from "../../logic/call-rows";
import type { FoundCalls } from "../../logic/call-search";
import type { Lecture } from "../../logic/lecture";
import { jumpTo } from "../../state/actions";
import { useSoonAt } from "../../state/soon";
import { useRows } from "../../widgets/useRows";
import { CallTreeRow, keyOf, rowId, type RowKey } from "./CallTreeRow";

const ROW_REM = 2.375;
const PAGE = 8;

/** What was opened stays open, as long as the page does, also while the pane is closed. */
const kept = new WeakMap<Lecture, Opened>();

interface Props {
  lecture: Lecture;
  facts: CallFacts;
  /** What the filter found; null: all calls. */
  found: FoundCalls | null;
}

/** The tree itself, as WAI-ARIA has it: the focus stays on the tree, arrow keys go from row to row, Enter goes there. */
export function CallTree({ lecture, facts, found }: Props) {
  const { trace, positions } = lecture;
  const current = useSoonAt(lecture, (at) => (at < 0 ? -1 : trace.steps.call[positions.step[at]]));
  const [opened, setOpened] = useState(() => kept.get(lecture) ?? nothingOpened);
  const path = useMemo(() => pathTo(facts, current), [facts, current]);
  const all = useMemo(
    () => callRows(facts, trace.calls.function, opened, path),
    [facts, trace.calls.function, opened, path],
  );
  const rows = found?.rows ?? all;
  const inView = rowInView();
  const { box, from, to, above, below, reveal } = useRows(rows.count, ROW_REM, useOnceFor(current, inView));
  const [chosen, setChosen] = useState<RowKey | null>(null);
  const chosenRow = chosen ? rows.rowOf(chosen) : -1;
  const active = chosenRow >= 0 ? chosenRow : Math.max(inView, 0);

  /** The row of the present call, or of the nearest around it that is shown. */
  function rowInView(): number {
    for (let i = path.length - 1; i >= 0; i--) {
      const row = rows.rowOf({ call: path[i] });
      if (row >= 0) return row;
    }
    return -1;
  }

  function choose(row: number): void {
    if (row < 0 || row >= rows.count) return;
    setChosen(keyOf(rows.at(row)));
    reveal(row);
  }

  function open(row: CallRow, to: boolean): void {
    if (found) return;
    const next = {
      calls: opened.calls,
      closed: opened.closed,
      runs: opened.runs,
    };
    if (row.kind === "more") next.runs = changed(opened.runs, row.run, to);
    else {
      next.calls = changed(opened.calls, row.call, to);
      next.closed = changed(opened.closed, row.call, !to);
    }
    kept.set(lecture, next);
    setOpened(next);
    setChosen(keyOf(row));
  }

  function go(row: CallRow): void {
    setChosen(keyOf(row));
    if (row.kind === "more") open(row, !row.open);
    else jumpTo(positions.entry[facts.first[row.call]]);
  }

  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || rows.count === 0) return;
    const row = rows.at(active);
    const actions: Record<string, () => void> = {
      ArrowDown: () => choose(active + 1),
      ArrowUp: () => choose(active - 1),
      PageDown: () => choose(Math.min(active + PAGE, rows.count - 1)),
      PageUp: () => choose(Math.max(active - PAGE, 0)),
      Home: () => choose(0),
      End: () => choose(rows.count - 1),
      ArrowRight: () => {
        if (row.kind === "more" ? !row.open : row.openable && !row.open) open(row, true);
        else if (row.kind === "call" && row.open) choose(active + 1);
      },
      ArrowLeft: () => {
        if (row.open && !found) open(row, false);
        else choose(rows.rowOf({ call: facts.parent["call" in row ? row.call : row.run] }));
      },
      Enter: () => go(row),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  }

  function click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const element = target?.closest<HTMLElement>("[data-row]");
    const row = element ? rows.at(Number(element.dataset.row)) : null;
    if (row?.kind === "call" && row.openable && target?.closest(".calls-open")) open(row, !row.open);
    else if (row) go(row);
  }

  if (rows.count === 0) return <p className="nothing">{found ? "No call is like that." : "Nothing was called."}</p>;
  return (
    // Its keys are those of the tree.
    <div
      className="calls-rows"
      role="tree"
      aria-label="Calls"
      tabIndex={0}
      ref={box}
      aria-activedescendant={rowId(keyOf(rows.at(active)))}
      onKeyDown={press}
      onClick={click}
      onMouseDown={(event) => event.preventDefault()} // who points at a call steps on from it: the keys stay the page's
    >
      <div style={{ height: above }} />
      {Array.from({ length: Math.max(to - from, 0) }, (_, i) => {
        const row = rows.at(from + i);
        return (
          <CallTreeRow
            key={rowId(keyOf(row))}
            lecture={lecture}
            facts={facts}
            row={row}
            index={from + i}
            active={from + i === active}
            here={row.kind === "call" && row.call === current}
            match={found === null || (row.kind === "call" && found.isMatch(row.call))}
          />
        );
      })}
      <div style={{ height: below }} />
    </div>
  );
}

function changed(members: ReadonlySet<number>, member: number, is: boolean): ReadonlySet<number> {
  const others = new Set(members);
  if (is) others.add(member);
  else others.delete(member);
  return others;
}

/** The value that something had when `key` last changed: rows opened above the present call do not scroll it into view. */
function useOnceFor(key: number, value: number): number {
  const [once, setOnce] = useState({ key, value });
  if (once.key === key) return once.value;
  setOnce({ key, value });
  return value;
}
