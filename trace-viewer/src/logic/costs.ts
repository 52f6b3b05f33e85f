import type { Trace } from "../format/generated";
import type { CallTree } from "./calls";
import { groupRows, type Groups } from "./columns";
import type { Lecture } from "./lecture";
import { lastsInside } from "./positions";

/**
 * What lines cost, and what they cost with all that they called. Time is known of every run; operations only where they
 * were counted. Backward work is charged to the forward line that caused it, but its time is that of the line that started
 * the backward pass.
 */
export interface Costs {
  /** Whether operations were counted anywhere. */
  counted: boolean;
  /** The whole run. */
  lecture: Account;
  /** The lines that ran, by file and line. */
  lines: LineAccount[];
  /** The functions that ran: `runs` of one are its calls. */
  functions(): FunctionAccount[];
  lineAt(file: number, line: number): LineAccount | undefined;
  /** One execution. */
  ofStep(step: number): Account;
  /** The operations that a step itself ran. */
  stepOperations(step: number): Operation[];
  /** The operations that a line itself ran, in all its executions; those alike are one. */
  lineOperations(line: LineAccount): Operation[];
}

export interface Cost {
  seconds: number;
  /** Of those seconds, the ones of executions that ran counted forward operations: a rate is over these. */
  countedSeconds: number;
  forwardFlops: number;
  backwardFlops: number;
  /** The unfused algorithmic count: every input of every operation read once, every output written once. */
  forwardBytes: number;
  backwardBytes: number;
}

export interface Account {
  /** How often it was executed, in the record. */
  runs: number;
  /** Its own cost, without what it called. */
  own: Cost;
  /** Its cost with all that it called; work of a line that calls itself counts once. */
  all: Cost;
  /** The most bytes of tensors alive at once while it ran; -1 where memory was not followed. */
  peak: number;
}

export interface LineAccount extends Account {
  file: number;
  line: number;
}

export interface FunctionAccount extends Account {
  name: string;
  file: number;
  /** Of its `def`. */
  line: number;
  /** The first step that ran in it. */
  firstStep: number;
}

export interface Operation {
  name: string;
  /** What the FLOPs of one are computed by, or "". */
  formula: string;
  backward: boolean;
  kind: OperationKind;
  count: number;
  flops: number;
  bytes: number;
}

export type OperationKind = "makes" | "views" | "writes" | "communicates";
const KINDS: OperationKind[] = ["makes", "views", "writes", "communicates"];

const known = new WeakMap<Lecture, Costs>();

/** The costs of a lecture, worked out when they are first asked for. */
export function costsOf(lecture: Lecture): Costs {
  const found = known.get(lecture) ?? buildCosts(lecture);
  known.set(lecture, found);
  return found;
}

function buildCosts(lecture: Lecture): Costs {
  const { trace } = lecture;
  const { steps, statements, operations, memory } = trace;
  const counted = operations.step.length > 0;
  const columns = chargeSteps(lecture);
  const peaks = new Map<number, number>();
  memory.step.forEach((step, row) => peaks.set(step, Math.max(peaks.get(step) ?? -1, memory.peak[row])));

  const places = placesOf(trace);
  const lines = places.rows.map((place): LineAccount => ({ ...place, ...emptyAccount() }));
  const lineOf = Int32Array.from(steps.statement);
  for (let step = 0; step < lineOf.length; step++) lineOf[step] = places.ofStatement[lineOf[step]];
  charge(lecture, columns, peaks, lines, lineOf);

  const whole = { ...emptyAccount(), runs: 1 };
  for (const { own, peak } of lines) {
    for (const name of Object.keys(own) as (keyof Cost)[]) whole.own[name] += own[name];
    whole.peak = Math.max(whole.peak, peak);
  }
  whole.all = whole.own;

  const rows = groupRows(operations.step, counted ? steps.call.length : 0);
  const operationsOf = new Map<LineAccount, Operation[]>();
  const byPlace = new Map(lines.map((line) => [`${line.file}:${line.line}`, line]));
  let functions: FunctionAccount[] | undefined;
  return {
    counted,
    lecture: whole,
    lines: lines.filter(({ runs }) => runs > 0).sort((a, b) => a.file - b.file || a.line - b.line),
    functions: () => (functions ??= chargeFunctions(lecture, columns, peaks)),
    lineAt: (file, line) => byPlace.get(`${file}:${line}`),
    ofStep: (step) => accountOf(columns, step, peaks.get(step) ?? -1),
    stepOperations: (step) => (counted ? mergeOperations(trace, rows, [step]) : []),
    lineOperations(line) {
      if (!counted) return [];
      const merged = operationsOf.get(line) ?? mergeOperations(trace, rows, stepsOf(line));
      operationsOf.set(line, merged);
      return merged;
    },
  };

  function* stepsOf({ file, line }: LineAccount): Generator<number> {
    const { start, order } = lecture.executions.byStatement;
    for (const statement of lecture.executions.statementsAt(file, line)) {
      if (statements.line[statement] !== line) continue;
      for (let i = start[statement]; i < start[statement + 1]; i++) yield order[i];
    }
  }
}

function chargeFunctions(lecture: Lecture, columns: Columns, peaks: Map<number, number>): FunctionAccount[] {
  const { functions, calls, steps, strings } = lecture.trace;
  const found = Array.from(functions.name, (name, fn): FunctionAccount => {
    const [file, line] = [functions.file[fn], functions.line[fn]];
    return { name: strings[name], file, line, firstStep: -1, ...emptyAccount() };
  });
  const functionOf = Int32Array.from(steps.call);
  for (let step = functionOf.length - 1; step >= 0; step--) {
    functionOf[step] = calls.function[functionOf[step]];
    found[functionOf[step]].firstStep = step;
  }
  charge(lecture, columns, peaks, found, functionOf);
  const runs = new Int32Array(found.length); // of a function: its calls
  for (const fn of calls.function) runs[fn]++;
  found.forEach((account, fn) => (account.runs = runs[fn]));
  return found.filter(({ firstStep }) => firstStep >= 0);
}

/** What each step cost by itself and with what it called: a column a quantity, empty where nothing was counted. */
type Columns = Record<keyof Cost, Column>;

interface Column {
  own: Float64Array;
  all: Float64Array;
}

function chargeSteps({ trace, tree }: Lecture): Columns {
  const { steps, operations } = trace;
  const n = steps.call.length;
  const column = (length: number) => ({ own: new Float64Array(length), all: new Float64Array(length) });
  const sendUp = sender(trace, tree);

  const seconds = column(n);
  // A duration is with all that was called, so what is left of it when that is taken away is the step's own.
  sendUp(seconds, (step, inside) => Math.max(0, steps.duration[step] / 1e9 - inside));

  const made = operations.step.length > 0 ? n : 0;
  const sumOf = (amounts: ArrayLike<number>, phase: number): Column => {
    const sums = column(made);
    for (let row = 0; row < operations.step.length; row++) {
      if (operations.phase[row] === phase) sums.own[operations.step[row]] += amounts[row];
    }
    if (made > 0) sendUp(sums);
    return sums;
  };
  const forwardFlops = sumOf(operations.flops, 0);
  const forwardBytes = sumOf(operations.bytes, 0);
  const countedSeconds = column(made);
  for (const part of ["own", "all"] as const) {
    const [time, flops, bytes] = [seconds[part], forwardFlops[part], forwardBytes[part]];
    for (let step = 0; step < made; step++) {
      if (flops[step] > 0 || bytes[step] > 0) countedSeconds[part][step] = time[step];
    }
  }
  return {
    seconds,
    countedSeconds,
    forwardFlops,
    backwardFlops: sumOf(operations.flops, 1),
    forwardBytes,
    backwardBytes: sumOf(operations.bytes, 1),
  };
}

/**
 * Fills a column from its last step to its first: a step comes before all that it calls, so that when its turn comes, what
 * is inside it is known, and all of it goes to the step that made its call.
 *
 * A generator's step that was suspended and went on belongs in parts to each step that ran it. What it called goes to the
 * one that it ran for at that time; its own part, which cannot be told apart, to the first.
 */
function sender({ steps, resumes }: Trace, tree: CallTree) {
  const n = steps.call.length;
  const up = new Int32Array(n);
  const suspended = new Uint8Array(n);
  const latest = new Map<number, number>(); // of the calls that are resumed: their latest step
  for (const call of resumes.call) latest.set(call, -1);
  for (let step = 0, row = 0; step < n; step++) {
    for (; row < resumes.step.length && resumes.step[row] <= step; row++) {
      const before = latest.get(resumes.call[row])!;
      if (before >= 0) suspended[before] = 1;
    }
    const call = steps.call[step];
    up[step] = tree.parent(call, step);
    if (latest.size > 0 && latest.has(call)) latest.set(call, step);
  }
  return ({ own, all }: Column, ownOf?: (step: number, inside: number) => number) => {
    let walk = 16 * n + 1_000_000; // a damaged trace may send it up and down a deep stack at every step
    for (let step = n - 1; step >= 0; step--) {
      if (ownOf) own[step] = ownOf(step, all[step]);
      all[step] += own[step];
      const sent = suspended[step] ? own[step] : all[step];
      let outer = sent > 0 ? up[step] : -1;
      while (outer >= 0) {
        all[outer] += sent;
        if (!suspended[outer] || walk-- <= 0) break;
        outer = tree.parent(steps.call[outer], step);
      }
    }
  };
}

/** The lines on which statements begin: what the gutter and the table have a row for. */
function placesOf({ statements }: Trace): { rows: { file: number; line: number }[]; ofStatement: Int32Array } {
  const rows: { file: number; line: number }[] = [];
  const ofStatement = new Int32Array(statements.file.length);
  const seen = new Map<string, number>();
  for (let statement = 0; statement < ofStatement.length; statement++) {
    const [file, line] = [statements.file[statement], statements.line[statement]];
    const key = `${file}:${line}`;
    if (!seen.has(key)) seen.set(key, rows.push({ file, line }) - 1);
    ofStatement[statement] = seen.get(key)!;
  }
  return { rows, ofStatement };
}

/**
 * Adds every step to its account, `key` of it: its own cost always, its cost with what it called only where no step of the
 * same account is open around it, so that recursion counts once.
 */
function charge(
  lecture: Lecture,
  columns: Columns,
  peaks: Map<number, number>,
  accounts: Account[],
  key: Int32Array,
): void {
  const outermost = outermostSteps(lecture, key, accounts.length);
  for (let step = 0; step < key.length; step++) accounts[key[step]].runs++;
  for (const [step, peak] of peaks) accounts[key[step]].peak = Math.max(accounts[key[step]].peak, peak);
  for (const name of Object.keys(columns) as (keyof Cost)[]) {
    const { own, all } = columns[name];
    const [ownSums, allSums] = [new Float64Array(accounts.length), new Float64Array(accounts.length)];
    for (let step = 0; step < own.length; step++) {
      ownSums[key[step]] += own[step];
      if (outermost[step]) allSums[key[step]] += all[step];
    }
    accounts.forEach((account, index) => {
      account.own[name] = ownSums[index];
      account.all[name] = allSums[index];
    });
  }
}

/** 1 for each step that runs inside no step of the same key. */
function outermostSteps({ trace, tree, positions }: Lecture, key: Int32Array, keys: number): Uint8Array {
  const { steps, calls, resumes, tracks } = trace;
  const n = steps.call.length;
  const track = new Int32Array(n);
  for (let step = 0; step < n; step++) track[step] = calls.track[steps.call[step]];
  const last = lastsInside(positions);
  const covering = new Int32Array(keys).fill(-1); // of each key: the step inside which others may be
  const outermost = new Uint8Array(n);
  let walk = 16 * n + 1_000_000;

  const isInside = (step: number) => {
    const cover = covering[key[step]];
    if (cover < 0 || track[cover] !== track[step] || last[cover] < step) return false;
    if (resumes.call.length === 0) return true;
    // A suspended step lies around what others did meanwhile; only the chain of callers tells.
    let outer = tree.parent(steps.call[step], step);
    while (outer >= 0 && walk-- > 0) {
      if (key[outer] === key[step]) return true;
      outer = tree.parent(steps.call[outer], step);
    }
    return false;
  };

  for (const step of groupRows(track, tracks.rank.length).order) {
    if (isInside(step)) continue;
    outermost[step] = 1;
    const cover = covering[key[step]];
    const further = cover < 0 || track[cover] !== track[step] || last[step] > last[cover];
    if (further) covering[key[step]] = step;
  }
  return outermost;
}

function accountOf(columns: Columns, step: number, peak: number): Account {
  const account = { ...emptyAccount(), runs: 1, peak };
  for (const name of Object.keys(columns) as (keyof Cost)[]) {
    account.own[name] = columns[name].own[step] ?? 0;
    account.all[name] = columns[name].all[step] ?? 0;
  }
  return account;
}

function emptyAccount(): Account {
  return { runs: 0, own: emptyCost(), all: emptyCost(), peak: -1 };
}

function emptyCost(): Cost {
  return { seconds: 0, countedSeconds: 0, forwardFlops: 0, backwardFlops: 0, forwardBytes: 0, backwardBytes: 0 };
}

/** The operations of some steps, those alike as one, the dearest first. */
function mergeOperations(trace: Trace, { start, order }: Groups, steps: Iterable<number>): Operation[] {
  const { operations, strings } = trace;
  const merged = new Map<string, Operation>();
  for (const step of steps) {
    for (let i = start[step]; i < start[step + 1]; i++) {
      const row = order[i];
      const [name, formula] = [operations.name[row], operations.formula[row]];
      const [phase, kind] = [operations.phase[row], operations.kind[row]];
      const key = `${name} ${formula} ${phase} ${kind}`;
      const known = merged.get(key);
      if (known) {
        known.count += operations.count[row];
        known.flops += operations.flops[row];
        known.bytes += operations.bytes[row];
      } else {
        merged.set(key, {
          name: strings[name],
          formula: strings[formula],
          backward: phase === 1,
          kind: KINDS[kind],
          count: operations.count[row],
          flops: operations.flops[row],
          bytes: operations.bytes[row],
        });
      }
    }
  }
  return [...merged.values()].sort((a, b) => b.flops - a.flops || b.bytes - a.bytes);
}
