import { groupRows, lastAtMost, type Groups } from "./columns";
import { CONSTANTS, field, FUNCTIONS, METHODS, MODULES, type Callable } from "./condition-functions";
import { ConditionProblem, parseCondition, type Tree } from "./condition-syntax";
import {
  arithmetic,
  compare,
  indexed,
  Mask,
  numeric,
  operand,
  sequence,
  sliced,
  truth,
  Undecided,
  type Operand,
} from "./condition-values";
import type { Lecture } from "./lecture";

export { ConditionProblem };

/** A condition over the values that a lecture recorded. */
export interface Condition {
  /** The recorded names that it asks for. */
  names: string[];
  /** Whether it holds in a call, with what is known at a position: the names of the call, then those of `main`. */
  judge(call: number, position: number): Verdict;
  /** Why the latest one that was undecided was so. */
  why: string;
}

/** `ABSENT`: a name is not bound there. `UNDECIDED`: the values are of the wrong kind, or not all in the record. */
export const FALSE = 0;
export const TRUE = 1;
export const UNDECIDED = 2;
export const ABSENT = 3;
export type Verdict = typeof FALSE | typeof TRUE | typeof UNDECIDED | typeof ABSENT;

/** The call of `main`: the first one. */
const MAIN = 0;
const RETURNED = 1;
/** Verdicts remembered, by the values they were about. */
const REMEMBERED = 200_000;

/**
 * Read a condition for a lecture; a ConditionProblem says what is wrong with it, and where. `fn`: it is judged only in calls
 * of this function, so its names must be those of that or of `main`.
 */
export function readCondition(lecture: Lecture, text: string, fn = -1): Condition {
  const { trace } = lecture;
  const recorded = namesOf(lecture);
  const slots: string[] = [];
  const values: Int32Array = new Int32Array(64);
  const run = compile(parseCondition(text));
  if (slots.length === 0) throw new ConditionProblem("A condition must ask for a recorded name.", 0);
  if (slots.length > values.length) throw new ConditionProblem("The condition asks for too many names.", 0);
  const rows = slots.map((name) => rowsOf(lecture, name));
  const remembered = new Map<number | string, Verdict>();

  const condition: Condition = {
    names: slots,
    why: "",
    judge(call, position) {
      let key: number | string = 0;
      for (let slot = 0; slot < rows.length; slot++) {
        let row = rowAt(lecture, rows[slot], call, position);
        if (row < 0 && call !== MAIN) row = rowAt(lecture, rows[slot], MAIN, position);
        values[slot] = row < 0 ? -1 : trace.bindings.value[row];
        if (rows.length <= 2) key = (key as number) * (trace.values.length + 1) + values[slot] + 1;
      }
      if (rows.length > 2) key = values.subarray(0, rows.length).join(" ");
      let verdict = remembered.get(key);
      if (verdict === undefined) {
        verdict = decide();
        if (remembered.size < REMEMBERED) remembered.set(key, verdict);
      }
      return verdict;
    },
  };
  return condition;

  function decide(): Verdict {
    try {
      return truth(run()) ? TRUE : FALSE;
    } catch (error) {
      if (error === absent) return ABSENT;
      // What a trace holds is not checked: a value may be damaged in ways that nobody thought of.
      condition.why = error instanceof Undecided ? error.message : "the record of a value is damaged";
      return UNDECIDED;
    }
  }

  function slotOf(name: string): () => Operand {
    let slot = slots.indexOf(name);
    if (slot < 0) slot = slots.push(name) - 1;
    return () => {
      if (values[slot] < 0) throw absent;
      return operand(trace.values[values[slot]]);
    };
  }

  /** The recorded name that a piece of the condition is, such as `x` or, inspected as such, `x.min().item()`. */
  function recordedAs(tree: Tree): (() => Operand) | null {
    if (tree.is !== "name" && tree.is !== "field" && tree.is !== "call" && tree.is !== "index") return null;
    const name = recorded.byText.get(withoutSpace(text.slice(tree.from, tree.to)));
    return name === undefined || !isKnownHere(name) ? null : slotOf(name);
  }

  function isKnownHere(name: string): boolean {
    return fn < 0 || recorded.functions(name).has(fn) || recorded.functions(name).has(mainOf(lecture));
  }

  function compile(tree: Tree): () => Operand {
    const read = recordedAs(tree);
    if (tree.is === "name") return read ?? nameless(tree);
    if (!read) return compilePart(tree);
    // Inspected as it stands in one function, worked out from its parts in another.
    let parts: (() => Operand) | null = null;
    try {
      parts = compilePart(tree);
    } catch (error) {
      if (!(error instanceof ConditionProblem)) throw error;
    }
    return () => {
      try {
        return read();
      } catch (error) {
        if (error === absent && parts) return parts();
        throw error;
      }
    };
  }

  function compilePart(tree: Tree): () => Operand {
    switch (tree.is) {
      case "constant":
        return () => tree.value;
      case "name":
        return nameless(tree);
      case "items": {
        const items = tree.items.map(compile);
        return () =>
          sequence(
            tree.type,
            items.map((item) => item()),
          );
      }
      case "not": {
        const of = compile(tree.of);
        return () => !truth(of());
      }
      case "minus":
      case "plus": {
        const of = compile(tree.of);
        return tree.is === "plus" ? () => numeric(of()) : () => -numeric(of());
      }
      case "and":
      case "or": {
        const [left, right] = [compile(tree.left), compile(tree.right)];
        return tree.is === "and" ? () => truth(left()) && truth(right()) : () => truth(left()) || truth(right());
      }
      case "compare":
        return comparing(tree);
      case "arithmetic": {
        const [left, right] = [compile(tree.left), compile(tree.right)];
        return () => arithmetic(left(), tree.by, right());
      }
      case "index": {
        const [of, at] = [compile(tree.of), compile(tree.at)];
        return () => indexed(of(), at());
      }
      case "slice": {
        const [of, start, end] = [tree.of, tree.start, tree.end].map((part) => (part ? compile(part) : () => null));
        return () => sliced(of(), start(), end());
      }
      case "field":
        return attribute(tree);
      case "call":
        return calling(tree);
    }
  }

  function comparing({ first, rest }: Extract<Tree, { is: "compare" }>): () => Operand {
    for (const { by, to } of rest) {
      if (!by.startsWith("is")) continue;
      const single = to.is === "constant" && (to.value === null || typeof to.value === "boolean");
      if (!single)
        throw new ConditionProblem(`\`${by}\` stands before None, True or False; write \`==\` or \`!=\`.`, to.from);
    }
    const start = compile(first);
    const others = rest.map(({ by, to }) => ({ by, to: compile(to) }));
    return () => {
      let left = start();
      let result: boolean | Mask = true;
      for (const { by, to } of others) {
        const right = to();
        result = compare(left, by, right);
        if (others.length > 1 && !truth(result)) return false;
        left = right;
      }
      return result;
    };
  }

  function attribute(tree: Extract<Tree, { is: "field" }>): () => Operand {
    const { of, name } = tree;
    if (isModule(of)) {
      const constant = CONSTANTS.get(name) ?? name; // a dtype is known by its name: torch.float32
      return () => constant;
    }
    if (METHODS.has(name) && !["min", "max", "size"].includes(name) && !anyFieldIs(name))
      throw new ConditionProblem(`\`${name}\` must be called: write \`${name}()\`.`, tree.to);
    const value = compile(of);
    return () => field(value(), name);
  }

  function anyFieldIs(name: string): boolean {
    return trace.strings.includes(name);
  }

  function calling({ of, with: given, from, to }: Extract<Tree, { is: "call" }>): () => Operand {
    const args = given.map(compile);
    if (of.is === "field" && !isModule(of.of)) {
      const method = METHODS.get(of.name);
      if (!method) throw unknownFunction(of.name, METHODS, of.to - of.name.length);
      checkCount(method, of.name, args.length + 1, 1);
      const value = compile(of.of);
      return () => method.run([value(), ...args.map((arg) => arg())]);
    }
    const name = of.is === "name" || of.is === "field" ? of.name : "";
    const known = FUNCTIONS.get(name);
    if (!known) throw unknownFunction(name || text.slice(from, of.to), FUNCTIONS, from);
    checkCount(known, name, args.length, 0);
    return () => known.run(args.map((arg) => arg()));

    function checkCount({ least, most }: Callable, called: string, count: number, own: number): void {
      if (count >= least && count <= most) return;
      const wanted = least === most ? String(least - own) : `${least - own} to ${most - own}`;
      throw new ConditionProblem(`\`${called}\` takes ${wanted} ${wanted === "1" ? "argument" : "arguments"}.`, to - 1);
    }
  }

  function isModule(tree: Tree): boolean {
    return tree.is === "name" && MODULES.has(tree.name) && !recorded.byText.has(tree.name);
  }

  function unknownFunction(name: string, among: Map<string, Callable>, at: number): ConditionProblem {
    const near = nearest(name, [...among.keys()]);
    const hint = near ? `did you mean ${near}?` : `known are ${[...FUNCTIONS.keys()].slice(0, 12).join(", ")}.`;
    return new ConditionProblem(`\`${name.slice(0, 40)}()\` is not known in conditions; ${hint}`, at);
  }

  /** A name that is none of the record's: a constant, or a problem. */
  function nameless({ name, from }: Extract<Tree, { is: "name" }>): () => Operand {
    const constant = CONSTANTS.get(name);
    if (constant !== undefined) return () => constant;
    if (FUNCTIONS.has(name)) throw new ConditionProblem(`\`${name}\` must be called: write \`${name}(…)\`.`, from);
    if (recorded.byText.has(name)) {
      const [other] = recorded.functions(name);
      const where = trace.strings[trace.functions.name[other]];
      throw new ConditionProblem(`\`${name}\` is recorded in ${where}, and not where this line is.`, from);
    }
    const near = nearest(name, [...recorded.byText.values()]);
    const hint = near ? `; did you mean ${near}?` : ".";
    throw new ConditionProblem(`\`${name.slice(0, 40)}\` is no name recorded in this lecture${hint}`, from);
  }
}

/** Thrown where a name is not bound: nothing is wrong then, the condition just does not hold yet. */
const absent = new Undecided("a name is not bound");

/** The row of `trace.bindings` that is the latest known of a name in a call, or -1. */
function rowAt({ bindings }: Lecture, { start, order }: Groups, call: number, position: number): number {
  const at = lastAtMost(position, start[call], start[call + 1], (i) => bindings.known[order[i]]);
  return at < 0 ? -1 : order[at];
}

interface Names {
  /** Every name that was bound, by its text without white space. */
  byText: Map<string, string>;
  /** The functions that bound it. */
  functions(name: string): Set<number>;
}

interface Known {
  names: Names;
  callOf: Int32Array;
  rows: Map<string, Groups>;
}

const built = new WeakMap<Lecture, Known>();

function knownOf(lecture: Lecture): Known {
  const kept = built.get(lecture);
  if (kept) return kept;
  const { bindings, steps, calls, strings } = lecture.trace;
  const rows = bindings.step.length;
  const callOf = new Int32Array(rows);
  const latest = new Int32Array(strings.length).fill(-1); // of each name, the function that bound it last
  const byText = new Map<string, string>();
  const where = new Map<string, Set<number>>();
  for (let row = 0; row < rows; row++) {
    const call = steps.call[bindings.step[row]];
    callOf[row] = call;
    const string = bindings.name[row];
    const fn = calls.function[call];
    if (latest[string] === fn || bindings.role[row] === RETURNED) continue;
    latest[string] = fn;
    const name = strings[string];
    const text = withoutSpace(name);
    if (!byText.has(text)) byText.set(text, name);
    const inside = where.get(name);
    if (inside) inside.add(fn);
    else where.set(name, new Set([fn]));
  }
  const names = { byText, functions: (name: string) => where.get(name) ?? new Set<number>() };
  const known = { names, callOf, rows: new Map<string, Groups>() };
  built.set(lecture, known);
  return known;
}

function namesOf(lecture: Lecture): Names {
  return knownOf(lecture).names;
}

/** The rows of `trace.bindings` of a name, by call and, within it, in the order of recording. */
function rowsOf(lecture: Lecture, name: string): Groups {
  const known = knownOf(lecture);
  let rows = known.rows.get(name);
  if (!rows) {
    const { calls } = lecture.trace;
    rows = groupRows(known.callOf, calls.parent.length, rowsNamed(lecture, [name]));
    known.rows.set(name, rows);
  }
  return rows;
}

/** All rows of `trace.bindings` that bind one of some names, in the order of recording. */
export function rowsNamed({ trace }: Lecture, names: string[]): Int32Array {
  const { bindings, strings } = trace;
  const wanted = new Uint8Array(strings.length);
  for (const name of names) wanted[strings.indexOf(name)] = 1;
  let count = 0;
  for (const name of bindings.name) count += wanted[name];
  const rows = new Int32Array(count);
  let next = 0;
  for (let row = 0; row < bindings.name.length; row++) if (wanted[bindings.name[row]]) rows[next++] = row;
  return rows;
}

function mainOf({ trace: { calls } }: Lecture): number {
  return calls.function[MAIN] ?? -1;
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, "");
}

/** Names looked at for one that is meant. */
const MOST_NAMES = 2_000;

/** The name that differs least from what was written, if it differs little. */
export function nearest(name: string, names: string[]): string | null {
  let best: string | null = null;
  let least = Math.min(2, Math.ceil(name.length / 3)) + 0.5;
  for (const other of names.slice(0, MOST_NAMES)) {
    if (Math.abs(other.length - name.length) > 2 || !/^\w+$/u.test(other)) continue;
    const away = distance(name.toLowerCase(), other.toLowerCase());
    if (away < least) [best, least] = [other, away];
  }
  return best;
}

/** How many letters must be changed, put in, left out, or swapped with their neighbour. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2][j - 2] + 1);
      rows[i].push(least);
    }
  }
  return rows[a.length][b.length];
}
