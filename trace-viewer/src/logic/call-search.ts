import type { CallFacts } from "./call-facts";
import { childrenOf } from "./call-links";
import { indexAmong, type CallRows } from "./call-rows";
import { groupRows, type Groups } from "./columns";
import type { Lecture } from "./lecture";

/** The calls that a search found, with those around them, as rows. */
export interface FoundCalls {
  rows: CallRows;
  matches: number;
  isMatch(call: number): boolean;
}

const ARGUMENT = 3;
/** Calls looked at between two moments at which the search may be put off. */
const SLICE = 4096;

const rowsByCall = new WeakMap<Lecture, Groups>();
const texts = new WeakMap<Lecture, Map<number, string>>();

/**
 * Look for the calls whose function's name, or one of whose arguments as `name=value`, has `query` in it, whatever its
 * case. Each `next` looks at some thousand calls; what comes last is what was found. `write` puts a value into a line.
 */
export function* searchCalls(
  lecture: Lecture,
  facts: CallFacts,
  query: string,
  write: (value: number) => string,
): Generator<undefined, FoundCalls> {
  const { calls, functions, strings, bindings } = lecture.trace;
  const wanted = query.toLowerCase();
  const named = Uint8Array.from(functions.name, (name) => (strings[name].toLowerCase().includes(wanted) ? 1 : 0));
  const { start, order } = argumentRows(lecture);
  const known = texts.get(lecture) ?? new Map<number, string>();
  texts.set(lecture, known);
  const textOf = (value: number) => {
    let text = known.get(value);
    if (text === undefined) known.set(value, (text = write(value).toLowerCase()));
    return text;
  };
  const matching = new Map<number, boolean>(); // by name and value together: most are those of many calls
  const values = lecture.trace.values.length;
  const isWanted = (row: number) => {
    const [name, value] = [bindings.name[row], bindings.value[row]];
    if (value < 0) return false;
    const key = name * values + value;
    let is = matching.get(key);
    if (is === undefined) matching.set(key, (is = `${strings[name].toLowerCase()}=${textOf(value)}`.includes(wanted)));
    return is;
  };

  const MATCH = 2;
  const kept = new Uint8Array(calls.parent.length);
  let matches = 0;
  for (let i = 0; i < facts.order.length; i++) {
    if (i > 0 && i % SLICE === 0) yield undefined;
    const call = facts.order[i];
    let is = named[calls.function[call]] === 1;
    for (let row = start[call]; !is && row < start[call + 1]; row++) is = isWanted(order[row]);
    if (!is) continue;
    matches++;
    kept[call] = MATCH;
    for (let at = facts.parent[call]; at >= 0 && !kept[at]; at = facts.parent[at]) kept[at] = 1;
  }
  return { rows: keptRows(facts, kept), matches, isMatch: (call) => kept[call] === MATCH };
}

/** The rows of `bindings` that are arguments, by call. */
function argumentRows(lecture: Lecture): Groups {
  let found = rowsByCall.get(lecture);
  if (!found) {
    const { bindings, steps, calls } = lecture.trace;
    const rows: number[] = [];
    for (let row = 0; row < bindings.role.length; row++) if (bindings.role[row] === ARGUMENT) rows.push(row);
    const key = Int32Array.from(bindings.step, (step) => steps.call[step]);
    rowsByCall.set(lecture, (found = groupRows(key, calls.parent.length, Int32Array.from(rows))));
  }
  return found;
}

/** Those that are kept, each below the one that made it. */
function keptRows(facts: CallFacts, kept: Uint8Array): CallRows {
  const { children, level, parent } = facts;
  const found: number[] = [];
  const rowOf = new Int32Array(kept.length).fill(-1);
  const walk = [{ at: children.start[0], end: children.start[1] }];
  for (let frame = walk.at(-1); frame; frame = walk.at(-1)) {
    if (frame.at === frame.end) {
      walk.pop();
      continue;
    }
    const call = children.order[frame.at++];
    if (!kept[call]) continue;
    rowOf[call] = found.push(call) - 1;
    walk.push({ at: children.start[call + 1], end: children.start[call + 2] });
  }
  return {
    count: found.length,
    at(row) {
      const call = found[row];
      const siblings = childrenOf(facts, parent[call]);
      const inside = row + 1 < found.length && parent[found[row + 1]] === call;
      return {
        kind: "call",
        call,
        level: level[call] + 1,
        openable: inside,
        open: inside,
        place: indexAmong(facts, siblings, call) + 1,
        of: siblings.length,
      };
    },
    rowOf: (key) => ("call" in key ? rowOf[key.call] : -1),
  };
}
