/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions
   -- the keys are those of the buttons within: they bubble up to their group */
import { memo, useMemo, type KeyboardEvent } from "react";
import { gridView, programAt, type Stop } from "../../logic/kernel-grid";
import { count, dimensionsOf, placeWords } from "../../logic/kernel-words";
import type { Lecture } from "../../logic/lecture";
import { goToProgram } from "../../state/kernels";
import type { KernelNow, LaunchFacts } from "./useKernel";

type Status = "before" | "now" | "later";

/** The grid of programs: those that ran before, the present one, those to come, and those of which nothing was recorded. */
export function Grid({ lecture, kernels, facts, program, position }: KernelNow) {
  const { programs, order } = facts;
  // Programs that have ended by now: they run one after the other.
  const done = useMemo(() => {
    if (program >= 0) return order.get(program)!;
    return programs.filter((each) => (kernels.span(each)?.to ?? Infinity) <= position).length;
  }, [kernels, programs, order, program, position]);
  return <Cells lecture={lecture} facts={facts} program={program} done={done} />;
}

interface CellsProps {
  lecture: Lecture;
  facts: LaunchFacts;
  program: number;
  /** So many of the launch's programs have run. */
  done: number;
}

const Cells = memo(function Cells({ lecture, facts, program, done }: CellsProps) {
  const { grid, launch, programs, order } = facts;
  const { x, y, z } = lecture.trace.programs;
  const at = program < 0 ? [0, 0, 0] : [x[program], y[program], z[program]];
  // As drawn: across, down, deep.
  const turned = ([x, y, z]: number[]) => (facts.goesDown ? [y, x, z] : [x, y, z]);
  const { wrapped, columns, rows, slices } = gridView(turned(grid), turned(at));
  if (grid.some((size) => size === 0)) return null;

  const cell = (place: number[], key: string) => {
    const row = programAt(lecture, launch, place);
    const words = placeWords(place, grid);
    if (row < 0) return <i key={key} className="kernel-cell" data-state="none" title={`${words}: not recorded`} />;
    const at = order.get(row)!;
    const state: Status = row === program ? "now" : at < done ? "before" : "later";
    return <Cell key={key} row={row} words={words} state={state} isEntry={program < 0 ? at === 0 : state === "now"} />;
  };

  const dimensions = dimensionsOf(grid);
  const shown = dimensions > 1 ? columns.length + 1 : columns.length;
  return (
    <>
      <div>
        {dimensions > 2 && <Slices lecture={lecture} facts={facts} at={at} slices={slices} />}
        <div
          className="kernel-grid"
          role="group"
          aria-label={`Grid of programs, ${dimensions === 1 ? "in one line" : facts.goesDown ? "x down, y across" : "x across, y down"}. Arrow keys move, Enter goes to the same line there.`}
          data-dense={columns.length > 12 || undefined}
          style={{ gridTemplateColumns: `repeat(${shown}, auto)` }}
          onKeyDown={moveFocus}
        >
          {dimensions > 1 && !wrapped && (
            <>
              <i className="kernel-axis" aria-hidden="true">
                {facts.goesDown ? "x╲y" : "y╲x"}
              </i>
              {columns.map((stop) => (
                <AxisName key={keyOf(stop)} stop={stop} />
              ))}
            </>
          )}
          {rows.map((down) => [
            dimensions > 1 && !wrapped ? <AxisName key={`y ${keyOf(down)}`} stop={down} /> : null,
            ...columns.map((across) => {
              const key = `${keyOf(across)} ${keyOf(down)}`;
              if (!("index" in across) || !("index" in down))
                return <i key={key} className="kernel-fold" aria-hidden="true" />;
              const place = wrapped
                ? [down.index * wrapped + across.index, 0, 0]
                : turned([across.index, down.index, at[2]]);
              return place[0] < grid[0] ? cell(place, key) : <i key={key} />;
            }),
          ])}
        </div>
      </div>
      <Legend isPartial={programs.length < grid[0] * grid[1] * grid[2]} folded={foldedWords(columns, rows)} />
    </>
  );
});

interface CellProps {
  row: number;
  words: string;
  state: Status;
  /** The Tab key leads here. */
  isEntry: boolean;
}

const STATES: Record<Status, string> = { before: "has run", now: "the present one", later: "still to come" };

const Cell = memo(function Cell({ row, words, state, isEntry }: CellProps) {
  return (
    <button
      type="button"
      className="kernel-cell"
      data-state={state}
      aria-current={state === "now" || undefined}
      aria-label={`Program ${words}, ${STATES[state]}`}
      title={`Program ${words}: the same line there`}
      tabIndex={isEntry ? 0 : -1}
      onClick={() => void goToProgram(row, true)}
    />
  );
});

function AxisName({ stop }: { stop: Stop }) {
  return (
    <i className="kernel-axis" aria-hidden="true" title={"folded" in stop ? `${count(stop.folded)} more` : undefined}>
      {"index" in stop ? count(stop.index) : "⋯"}
    </i>
  );
}

function keyOf(stop: Stop): string {
  return "index" in stop ? String(stop.index) : `+${stop.folded}`;
}

/** The third dimension: one slice of the grid is drawn, the others are a press away. */
function Slices({
  lecture,
  facts,
  at,
  slices,
}: {
  lecture: Lecture;
  facts: LaunchFacts;
  at: number[];
  slices: Stop[];
}) {
  return (
    <div className="kernel-slices" role="group" aria-label="Slice of the grid">
      <span className="kernel-small">z</span>
      {slices.map((stop) => {
        if (!("index" in stop)) return <span key={keyOf(stop)}>⋯</span>;
        const row = programAt(lecture, facts.launch, [at[0], at[1], stop.index]);
        return (
          <button
            key={stop.index}
            type="button"
            className="text-button"
            aria-pressed={stop.index === at[2]}
            disabled={row < 0}
            onClick={() => void goToProgram(row, true)}
          >
            {count(stop.index)}
          </button>
        );
      })}
    </div>
  );
}

function foldedWords(columns: Stop[], rows: Stop[]): string {
  const sum = (stops: Stop[]) => stops.reduce((all, stop) => all + ("folded" in stop ? stop.folded : 0), 0);
  const told = [
    [sum(columns), "columns"],
    [sum(rows), "rows"],
  ].flatMap(([number, what]) => (number ? [`${count(number as number)} ${what}`] : []));
  return told.length > 0 ? `⋯ ${told.join(" and ")} are folded` : "";
}

function Legend({ isPartial, folded }: { isPartial: boolean; folded: string }) {
  return (
    <p className="kernel-legend">
      <i className="kernel-cell" data-state="before" /> has run <i className="kernel-cell" data-state="now" /> this one{" "}
      <i className="kernel-cell" data-state="later" /> to come
      {isPartial && (
        <>
          {" "}
          <i className="kernel-cell" data-state="none" /> not recorded
        </>
      )}
      {folded && <span> {folded}</span>}
    </p>
  );
}

/** Arrow keys go from program to program; those of which nothing was recorded are passed over. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const cells = [...event.currentTarget.querySelectorAll<HTMLElement>("button.kernel-cell")];
  const from = cells.indexOf(event.target as HTMLElement);
  if (from < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  const here = cells[from].getBoundingClientRect();
  const inColumn = (cell: HTMLElement) => Math.abs(cell.getBoundingClientRect().left - here.left) < here.width / 2;
  const to: Record<string, () => HTMLElement | undefined> = {
    ArrowRight: () => cells[from + 1],
    ArrowLeft: () => cells[from - 1],
    ArrowDown: () => cells.slice(from + 1).find(inColumn),
    ArrowUp: () => cells.slice(0, from).findLast(inColumn),
    Home: () => cells[0],
    End: () => cells.at(-1),
  };
  if (!to[event.key]) return;
  event.preventDefault();
  to[event.key]()?.focus();
}
