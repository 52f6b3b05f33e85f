import { lastAtMost } from "./columns";
import type { Run } from "./ranks";

/** One collective operation, or one message from a rank to another, as all that took part saw it. */
export interface Operation {
  /** Its place in `Operations.all`. */
  index: number;
  /** `all_reduce sum`, `send 0 → 1`. */
  name: string;
  /** The ranks of its group. */
  group: readonly number[];
  /** Those that took part, by rank. */
  parts: Part[];
  /** Ranks of the group of which no part is recorded: the first of them, should there be very many. */
  missing: number[];
  /** The rank that came last, where others came before it; -1: all came at once, or only one is known. */
  straggler: number;
  /** Nanoseconds from the first that came to the last. */
  spread: number;
  /** When the first of them came, in nanoseconds since the clock base. */
  start: number;
  isMessage: boolean;
}

/** How one rank took part. Moments in nanoseconds since the clock base, lengths in nanoseconds. */
export interface Part {
  rank: number;
  /** The step of the whole run that called it. */
  step: number;
  bytes: number;
  start: number;
  /** What it took until the call was over; -1: it never was. */
  duration: number;
  asynchronous: boolean;
  /** The step that waited for the end of an asynchronous one, from when and for how long; step -1: none did. */
  waitedStep: number;
  waitedStart: number;
  waitedDuration: number;
  /** How long it waited: for the last to come, or, of an asynchronous one, for its end. -1: for ever. */
  wait: number;
}

export interface Operations {
  /** In the order in which they began. */
  all: Operation[];
  /** The operations that a step of the whole run called or waited for. */
  of(step: number): Operation[];
}

const built = new WeakMap<Run, Operations>();

export function operationsOf(run: Run): Operations {
  let operations = built.get(run);
  if (!operations) built.set(run, (operations = buildOperations(run)));
  return operations;
}

/** The operations that began within a stretch of time. */
export function operationsWithin({ all }: Operations, from: number, to: number): Operation[] {
  const at = (limit: number) => lastAtMost(limit, 0, all.length, (i) => all[i].start) + 1;
  return all.slice(at(from - 1), at(to));
}

function buildOperations({ trace, lanes }: Run): Operations {
  const { collectives: table, groups, strings } = trace;
  const members = groups.map((group) => [...new Set(group)]);
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < table.step.length; row++) {
    const key = table.group[row] < 0 ? `row ${row}` : `${table.group[row]} ${table.sequence[row]}`;
    const rows = rowsOf.get(key);
    if (rows) rows.push(row);
    else rowsOf.set(key, [row]);
  }
  const partOf = (row: number): Part => ({
    rank: lanes.ofStep[table.step[row]],
    step: table.step[row],
    bytes: table.bytes[row],
    start: table.start[row],
    duration: table.duration[row],
    asynchronous: table.asynchronous[row] === 1,
    waitedStep: table.waited_step[row],
    waitedStart: table.waited_start[row],
    waitedDuration: table.waited_duration[row],
    wait: 0,
  });
  const found = [...rowsOf.values()].map((rows): Operation => {
    const parts = rows.map(partOf).sort((a, b) => a.rank - b.rank);
    // Of a message, what the sender calls it.
    const first = rows.find((row) => lanes.ofStep[table.step[row]] === groups[table.group[row]]?.[0]) ?? rows[0];
    let [start, latest] = [parts[0].start, parts[0].start];
    for (const part of parts) [start, latest] = [Math.min(start, part.start), Math.max(latest, part.start)];
    const group = groups[table.group[first]] ?? parts.map(({ rank }) => rank);
    const came = new Set(parts.map(({ rank }) => rank));
    const missing = absent(members[table.group[first]] ?? group, came);
    for (const part of parts) part.wait = waitOf(part, latest, missing.length > 0);
    const isMessage = table.peer[first] >= 0;
    const what = [strings[table.name[first]], strings[table.operation[first]]].filter(Boolean).join(" ");
    const straggler = latest > start ? parts.find((part) => part.start === latest)!.rank : -1;
    const name = isMessage && group.length === 2 ? `${what} ${group[0]} → ${group[1]}` : what;
    return { index: 0, name, group, parts, missing, straggler, spread: latest - start, start, isMessage };
  });
  const all = found.sort((a, b) => a.start - b.start);
  const byStep = new Map<number, Operation[]>();
  for (const [index, operation] of all.entries()) {
    operation.index = index;
    for (const { step, waitedStep } of operation.parts)
      for (const at of new Set([step, waitedStep])) {
        const there = byStep.get(at);
        if (there) there.push(operation);
        else if (at >= 0) byStep.set(at, [operation]);
      }
  }
  return { all, of: (step) => byStep.get(step) ?? [] };
}

/** So many that never came are named: a group may be said to be of more than there are. */
const MOST_MISSING = 64;

function absent(group: readonly number[], came: ReadonlySet<number>): number[] {
  const missing: number[] = [];
  for (let i = 0; i < group.length && missing.length < MOST_MISSING; i++)
    if (!came.has(group[i])) missing.push(group[i]);
  return missing;
}

/** A call that never was over waited for ever, if it is not the last that came. */
function waitOf(part: Part, latest: number, isOneMissing: boolean): number {
  if (part.asynchronous) return part.waitedStep < 0 ? 0 : part.waitedDuration;
  return part.duration < 0 && isOneMissing ? -1 : latest - part.start;
}
