import { agree } from "./compare/agreement";
import { momentOf, positionAt, sameLine, type RankLecture, type Run } from "./ranks";

/** Where the other ranks are looked for: at the line that the reader is at, or wherever they were at that moment. */
export type Together = "line" | "moment";

/** Where a rank is beside the others. */
export interface Lane {
  number: number;
  /** Null while it is not worked out yet. */
  lecture: RankLecture | null;
  /** -1: it had begun nothing, or never came near. */
  position: number;
  /** It is at the reader's own line. */
  isSame: boolean;
  /** When it came there, in nanoseconds after the reader's own rank. */
  later: number;
  /** It had not begun yet, or was over, at that moment. */
  state: "running" | "before" | "after";
}

/** A name with what it is on each rank: indices into `trace.values`, -1 where it is none. */
export interface Across {
  name: string;
  changed: boolean;
  values: number[];
  /** Of each rank: it is not what the reader's rank has. */
  differs: boolean[];
}

/** Where `ranks` are while the reader is at a position of one of them. */
export function lanesAt(lecture: RankLecture, position: number, ranks: readonly number[], together: Together): Lane[] {
  const { run } = lecture.rank;
  const moment = momentOf(lecture, position);
  const here = timeAt(run, lecture, position);
  return ranks.map((number): Lane => {
    const other = run.opened(number);
    if (!other) return { number, lecture: null, position: -1, isSame: false, later: 0, state: "running" };
    const found = sameLine(lecture, position, other);
    const own = together === "line" || other === lecture ? (found?.position ?? -1) : positionAt(other, moment);
    const isSame = found?.isSame === true && (together === "line" || found.position === own);
    const { first, last, steps } = other.rank;
    const isOver = last >= 0 && moment > steps[last] && run.lanes.ofStep[moment] === -1;
    const state = first < 0 || moment < steps[first] ? "before" : isOver ? "after" : "running";
    return { number, lecture: other, position: own, isSame, later: timeAt(run, other, own) - here, state };
  });
}

/** When the line at a position began, in nanoseconds since the clock base. */
export function timeAt({ lanes }: Run, { rank, positions }: RankLecture, position: number): number {
  return position < 0 ? NaN : lanes.start[rank.steps[positions.step[position]]];
}

/** The names of the function that the reader is in, on all lanes: those that this step changed first. */
export function acrossRanks(lecture: RankLecture, position: number, lanes: readonly Lane[]): Across[] {
  if (position < 0) return [];
  const { trace, positions, bindings } = lecture;
  const call = trace.steps.call[positions.step[position]];
  const within = trace.calls.function[call];
  const known = lanes.map((lane) => {
    if (!lane.lecture || lane.position < 0) return new Map<string, number>();
    const { lecture: other } = lane;
    const frame = other.stackAt(lane.position).find((each) => other.trace.calls.function[each.call] === within);
    const variables = frame ? other.bindings.variables(frame.call, lane.position) : [];
    return new Map(variables.filter(({ gone }) => !gone).map(({ name, value }) => [name, value]));
  });
  const own = bindings.variables(call, position).filter(({ gone }) => !gone);
  const found = own.map(({ name, value, changed }): Across => {
    const values = known.map((names) => names.get(name) ?? -1);
    return { name, changed, values, differs: values.map((other) => other >= 0 && !isAlike(lecture, value, other)) };
  });
  return [...found.filter(({ changed }) => changed), ...found.filter(({ changed }) => !changed)];
}

const judged = new WeakMap<Run, Map<string, boolean>>();

/** Judged once for two values: large ones take a while. */
function isAlike({ rank: { run }, trace: { values } }: RankLecture, a: number, b: number): boolean {
  if (a === b) return true;
  const known = judged.get(run) ?? new Map<string, boolean>();
  judged.set(run, known);
  const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
  let alike = known.get(key);
  if (alike === undefined) known.set(key, (alike = agree(values[a], values[b], 0)));
  return alike;
}
