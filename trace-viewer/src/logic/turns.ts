import type { Value } from "../format/generated";
import { lastAtMost } from "./columns";
import type { Lecture } from "./lecture";
import { loopsOf, type LoopRun } from "./loops";
import { lastInside } from "./positions";
import { seriesOf, type Series } from "./series";

/** What a loop's turns bound, one column a name. */
export interface Turns {
  columns: TurnColumn[];
  /** Names that were left out, the table being wide enough. */
  left: number;
}

export interface TurnColumn {
  name: string;
  /** The function, called from the loop, that bound it; "" for the loop's own. */
  within: string;
  /** Of each turn: the value that the name had last in it (an index into `trace.values`), or -1: it was not bound. */
  values: Int32Array;
  series: Series | null;
}

const MOST_COLUMNS = 24;
/** Roles of bindings: inspected, and inspected and then written to. */
const ASKED_FOR = [0, 4];

const latest = new WeakMap<Lecture, { run: number; turns: Turns }>();

/** The table of a run: made when first asked for, and kept until another run is asked for. */
export function turnsOf(lecture: Lecture, run: LoopRun): Turns {
  const kept = latest.get(lecture);
  if (kept?.run === run.index) return kept.turns;
  const turns = buildTurns(lecture, run);
  latest.set(lecture, { run: run.index, turns });
  return turns;
}

function buildTurns(lecture: Lecture, run: LoopRun): Turns {
  const { bindings, trace } = lecture;
  const loops = loopsOf(lecture);
  const starts = Int32Array.from({ length: run.turns }, (_, i) => loops.span(run, i + 1).from);
  const end = loops.span(run, run.turns).to;
  const found: TurnColumn[] = [];
  for (const { name, within, rows } of [...ownRows(lecture, run), ...calledRows(lecture, run, starts[0], end)]) {
    const values = new Int32Array(run.turns).fill(-1);
    let turn = 0;
    let any = false;
    for (const row of rows) {
      const position = bindings.known[row];
      if (position < starts[0]) continue;
      if (position >= end) break;
      while (turn + 1 < run.turns && starts[turn + 1] <= position) turn++;
      values[turn] = trace.bindings.value[row];
      any = true;
    }
    if (any) found.push({ name, within, values, series: seriesOf(trace.values, values) });
  }
  return { columns: found.slice(0, MOST_COLUMNS), left: Math.max(found.length - MOST_COLUMNS, 0) };
}

interface Rows {
  name: string;
  within: string;
  rows: ArrayLike<number> & Iterable<number>;
}

/** What the loop's own call bound. */
function ownRows({ bindings }: Lecture, { call }: LoopRun): Rows[] {
  return bindings.names(call).map(({ name, rows }) => ({ name, within: "", rows }));
}

/** What was inspected in the functions that the loop's call called between two positions, by function and name. */
function calledRows(lecture: Lecture, { call }: LoopRun, from: number, to: number): Rows[] {
  const { trace, positions } = lecture;
  const { bindings, calls, steps, strings } = trace;
  const [first, last] = [positions.step[from], lastInside(positions, positions.step[to - 1])];
  const found = new Map<string, Rows & { rows: number[] }>();
  // Rows are in the order of recording, so those of a stretch of the run lie together.
  let row = lastAtMost(first - 1, 0, bindings.at.length, (i) => bindings.at[i]) + 1;
  for (; row < bindings.at.length && bindings.at[row] <= last; row++) {
    const of = steps.call[bindings.step[row]];
    const caller = calls.parent[of];
    if (of === call || caller < 0 || steps.call[caller] !== call || !ASKED_FOR.includes(bindings.role[row])) continue;
    const key = `${calls.function[of]} ${bindings.name[row]}`;
    const column = found.get(key);
    if (column) column.rows.push(row);
    else found.set(key, { name: strings[bindings.name[row]], within: lecture.functionName(of), rows: [row] });
  }
  return [...found.values()];
}

/** `loss`, or `train_step: loss` where that is another function's. */
export function columnName({ name, within }: TurnColumn): string {
  return within ? `${within}: ${name}` : name;
}

/** The table as tab-separated lines, its head first: the turn, the names, and what the turn took, in seconds. */
export function asTable(lecture: Lecture, run: LoopRun, write: (value: Value) => string): string {
  const loops = loopsOf(lecture);
  const { columns } = turnsOf(lecture, run);
  const lines = [["turn", ...columns.map(columnName), "seconds"]];
  for (let turn = 1; turn <= run.turns; turn++) {
    const cells = columns.map(({ values }) => {
      const value = values[turn - 1];
      return value < 0 ? "" : write(lecture.trace.values[value]);
    });
    lines.push([String(turn), ...cells, String(loops.duration(run, turn) / 1e9)]);
  }
  return lines.map((cells) => cells.map((cell) => cell.replace(/[\t\n\r]+/g, " ")).join("\t")).join("\n");
}
