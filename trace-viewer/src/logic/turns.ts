import type { Value } from "../format/generated";
import type { Lecture } from "./lecture";
import { loopsOf, type LoopRun } from "./loops";
import { seriesOf, type Series } from "./series";

/** What a loop's turns bound, one column a name. */
export interface Turns {
  columns: TurnColumn[];
  /** Names that were left out, the table being wide enough. */
  left: number;
}

export interface TurnColumn {
  name: string;
  /** Of each turn: the value that the name had last in it (an index into `trace.values`), or -1: it was not bound. */
  values: Int32Array;
  series: Series | null;
}

const MOST_COLUMNS = 24;

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
  const columns: TurnColumn[] = [];
  let left = 0;
  for (const { name, rows } of bindings.names(run.call)) {
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
    if (!any) continue;
    if (columns.length === MOST_COLUMNS) left++;
    else columns.push({ name, values, series: seriesOf(trace.values, values) });
  }
  return { columns, left };
}

/** The table as tab-separated lines, its head first: the turn, the names, and what the turn took, in seconds. */
export function asTable(lecture: Lecture, run: LoopRun, write: (value: Value) => string): string {
  const loops = loopsOf(lecture);
  const { columns } = turnsOf(lecture, run);
  const lines = [["turn", ...columns.map(({ name }) => name), "seconds"]];
  for (let turn = 1; turn <= run.turns; turn++) {
    const cells = columns.map(({ values }) => {
      const value = values[turn - 1];
      return value < 0 ? "" : write(lecture.trace.values[value]);
    });
    lines.push([String(turn), ...cells, String(loops.duration(run, turn) / 1e9)]);
  }
  return lines.map((cells) => cells.map((cell) => cell.replace(/[\t\n\r]+/g, " ")).join("\t")).join("\n");
}
