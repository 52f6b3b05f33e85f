/** What in a value differs from what it was before: which entries are new, which are others now, which are gone. */
import type { Value } from "../format/generated";

/** An entry that is new, or has another value than `before`. */
export interface Mark {
  change: "added" | "changed";
  before?: Value;
}

/** An entry that is gone; it stood before the one that is at `at` now. A set or list has no keys. */
export interface Removed {
  at: number;
  key?: Value;
  value: Value;
}

export interface Difference {
  /** By the index of the entry, item, field, token. */
  marks: ReadonlyMap<number, Mark>;
  removed: readonly Removed[];
}

export const NO_DIFFERENCE: Difference = { marks: new Map(), removed: [] };

/** Entries of one container that are marked, and entries with keys that are compared. */
const MOST = 300;
/** Parts of values that are compared for one container; what lies beyond counts as the same. */
const WORK = 20_000;

type Budget = { left: number };
type Keyed = [key: Value, value: Value];

const known = new WeakMap<object, { before: Value; difference: Difference }>();

/** How a container differs from what it was. Nothing is said where one of the two is no container, or another kind of one. */
export function difference(now: Value, before: Value | undefined): Difference {
  if (!isObject(now) || !isObject(before) || now === before || now.kind !== before.kind) return NO_DIFFERENCE;
  const last = known.get(now);
  if (last?.before === before) return last.difference;
  const found = compare(now, before, { left: WORK });
  known.set(now, { before, difference: found });
  return found;
}

function compare(now: Value & object, before: Value & object, budget: Budget): Difference {
  if (now.kind === "sequence" && before.kind === "sequence") {
    return /set$/i.test(now.type)
      ? byKey(now.items.map(alone), before.items.map(alone), whole(now, now.items), whole(before, before.items), budget)
      : inOrder(now.items, before.items, now.length, before.length, budget);
  }
  if (now.kind === "tokens" && before.kind === "tokens") {
    return inOrder(now.ids, before.ids, now.length, before.length, budget);
  }
  if (now.kind === "mapping" && before.kind === "mapping") {
    return byKey(now.entries, before.entries, whole(now, now.entries), whole(before, before.entries), budget);
  }
  if (
    (now.kind === "instance" && before.kind === "instance" && now.type === before.type) ||
    (now.kind === "module" && before.kind === "module" && now.type === before.type)
  ) {
    return byKey(now.fields, before.fields, whole(now, now.fields), whole(before, before.fields), budget);
  }
  return NO_DIFFERENCE;
}

/** Whether two values are the same. Which memory an array lies in does not count. */
export function same(a: Value, b: Value): boolean {
  return equal(a, b, { left: WORK });
}

function equal(a: unknown, b: unknown, budget: Budget): boolean {
  if (budget.left-- <= 0 || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) {
    if (name === "storage") continue;
    if (!Object.hasOwn(b, name)) return false;
    if (!equal((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name], budget)) return false;
  }
  return true;
}

/**
 * Items by their places: what both begin and end with is the same, so that what is put in or taken out marks itself alone.
 * Of long lists the beginning is recorded: the lengths tell which items belong together at the end.
 */
export function inOrder(
  now: readonly Value[],
  before: readonly Value[],
  length: number,
  lengthBefore: number,
  budget: Budget = { left: WORK },
): Difference {
  const shift = (length < 0 ? now.length : length) - (lengthBefore < 0 ? before.length : lengthBefore);
  let start = 0;
  while (start < Math.min(now.length, before.length) && equal(now[start], before[start], budget)) start++;
  let end = Math.min(now.length, before.length + shift);
  while (end > start && end - shift > start && equal(now[end - 1], before[end - 1 - shift], budget)) end--;
  const marks = new Map<number, Mark>();
  const paired = shift === 0;
  for (let index = start; index < Math.min(end, start + MOST); index++) {
    if (!paired) marks.set(index, { change: "added" });
    else if (!equal(now[index], before[index], budget)) marks.set(index, { change: "changed", before: before[index] });
  }
  const gone = paired ? [] : before.slice(start, Math.min(end - shift, start + MOST));
  return { marks, removed: gone.map((value) => ({ at: start, value })) };
}

/** Entries by their keys. Of one that is not recorded nothing is said. */
function byKey(
  now: readonly Keyed[],
  before: readonly Keyed[],
  isWhole: boolean,
  wasWhole: boolean,
  budget: Budget,
): Difference {
  const old = new Map(before.slice(0, MOST).map(([key, value]) => [identity(key), value]));
  const places = new Map<string, number>();
  const marks = new Map<number, Mark>();
  now.slice(0, MOST).forEach(([key, value], index) => {
    const name = identity(key);
    places.set(name, index);
    const was = old.get(name);
    if (was === undefined) {
      if (wasWhole && before.length <= MOST) marks.set(index, { change: "added" });
    } else if (!equal(value, was, budget)) marks.set(index, { change: "changed", before: was });
  });
  const removed: Removed[] = [];
  let at = 0;
  for (const [key, value] of isWhole && now.length <= MOST ? before.slice(0, MOST) : []) {
    const place = places.get(identity(key));
    if (place === undefined) removed.push({ at, key, value });
    else at = place + 1;
  }
  return { marks, removed };
}

const LONGEST_KEY = 2000;

/** What tells a key, or an item of a set, from others. */
function identity(key: Value): string {
  return typeof key === "object" && key !== null
    ? JSON.stringify(key).slice(0, LONGEST_KEY)
    : `${typeof key} ${String(key)}`;
}

/** The stretch of a text that is not as it was: [from, to) now, [from, was) before. */
export function changedStretch(now: string, before: string): { from: number; to: number; was: number } {
  const most = Math.min(now.length, before.length);
  let from = 0;
  while (from < most && now[from] === before[from]) from++;
  if (isSecondHalf(now, from) || isSecondHalf(before, from)) from--;
  let [to, was] = [now.length, before.length];
  while (to > from && was > from && now[to - 1] === before[was - 1]) {
    to--;
    was--;
  }
  if (isSecondHalf(now, to) || isSecondHalf(before, was)) {
    to++;
    was++;
  }
  return { from, to, was };
}

function isSecondHalf(text: string, at: number): boolean {
  return at > 0 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}

function alone(item: Value): Keyed {
  return [item, item];
}

function whole({ length }: { length: number }, recorded: readonly unknown[]): boolean {
  return recorded.length >= length && length >= 0;
}

function isObject(value: Value | undefined): value is Value & object {
  return typeof value === "object" && value !== null;
}
