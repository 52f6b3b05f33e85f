import type { Lecture } from "../lecture";
import { knownFrom } from "../positions";
import { functionsOf } from "./functions";
import { KINDS, type Find, type Hit, type Kind } from "./hit";
import type { Query } from "./query";
import { readQuestion, type Question } from "./question";
import { snippet } from "./snippet";
import { textsOf } from "./sources";
import { textOf } from "./value-text";

export interface Scope {
  /** Statements that the reader does not see, and whether they see lines that the author hid. */
  hidden: Uint8Array;
  raw: boolean;
}

/**
 * A hit, or null: nothing yet, and a good moment to pause. In the end: why what was typed is no question about values, for a
 * reader who meant one; else "".
 */
export type Looking = Generator<Hit | null, string, void>;
type Part = Generator<Hit | null, void, void>;

/** Rows looked at between two such moments. */
const STRIDE = 256;
const RETURNED = 1;

/** Look through a lecture. What is looked through fast comes first; every kind is in the order of the lecture. */
export function* scan(lecture: Lecture, { kinds: only, find, looser, question }: Query, scope: Scope): Looking {
  const kinds = only ?? KINDS;
  let any = false;
  const told = new Set<number>(); // statements whose words were found: their code says the same
  const look = function* (part: Part): Part {
    for (const hit of part) {
      any ||= hit !== null;
      yield hit;
    }
  };
  const text = function* (each: Find): Part {
    if (kinds.includes("names")) yield* inNames(lecture, each);
    if (kinds.includes("words")) yield* inWords(lecture, each, scope, told);
    if (kinds.includes("code")) yield* inCode(lecture, each, scope, told);
    if (kinds.includes("output")) yield* inOutput(lecture, each);
  };
  if (find) yield* look(text(find));
  yield null;
  const asked = question === "" ? null : readQuestion(lecture, question);
  if (asked && typeof asked !== "string") yield* look(answers(lecture, asked, scope));
  else if (find && kinds.includes("values")) yield* look(inValues(lecture, find));
  if (looser && !any) yield* look(text(looser));
  return typeof asked === "string" ? asked : "";
}

/** The moments at which something asked about values became true, for each name of each call. */
function* answers(
  { trace, bindings: { known }, placeOf }: Lecture,
  { words, rows, holds }: Question,
  scope: Scope,
): Part {
  const { bindings, steps, strings } = trace;
  const count = rows?.length ?? bindings.step.length;
  const holding = new Set<number>(); // names of calls for which it holds
  for (let i = 0; i < count; i++) {
    if (i % STRIDE === 0) yield null;
    const row = rows ? rows[i] : i;
    if (bindings.role[row] === RETURNED) continue;
    const step = bindings.step[row];
    const key = steps.call[step] * strings.length + bindings.name[row];
    if (!holds(row)) {
      if (holding.size > 0) holding.delete(key);
      continue;
    }
    if (holding.has(key)) continue;
    holding.add(key);
    if (scope.hidden[steps.statement[step]]) continue;
    yield {
      ...hitAt(placeOf(step), `answer ${row}`, "values", "value", known[row]),
      snippet: { text: strings[bindings.name[row]], from: 0, to: 0 },
      value: bindings.value[row],
      answer: words,
    };
  }
}

function* inNames(lecture: Lecture, find: Find): Part {
  const { trace, bindings, placeOf } = lecture;
  for (const { name, file, line, calls, position } of functionsOf(lecture)) {
    const found = find(name, 0);
    if (!found) continue;
    const id = `function ${file} ${line} ${name}`;
    yield {
      ...hitAt({ file, line }, id, "names", "function", position),
      snippet: snippet(name, ...found),
      times: calls,
    };
  }
  const { name, step, value, role } = trace.bindings;
  const { calls, functions, steps, strings } = trace;
  const wanted = new Set(namesOf(lecture).filter((string) => find(strings[string], 0)));
  if (wanted.size === 0) return;
  const hits = new Map<number, Hit>(); // by function and name
  for (let row = 0; row < name.length; row++) {
    if (row % STRIDE === 0) yield null;
    const string = name[row];
    if (!wanted.has(string) || value[row] < 0 || role[row] === RETURNED) continue;
    const fn = calls.function[steps.call[step[row]]];
    const key = fn * strings.length + string;
    const before = hits.get(key);
    if (before) {
      before.times++; // counted on after it was told of
      continue;
    }
    const id = `variable ${fn} ${strings[string]}`;
    const hit: Hit = {
      ...hitAt(placeOf(step[row]), id, "names", "variable", bindings.known[row]),
      snippet: within(strings[string], find, ` in ${strings[functions.name[fn]]}`),
    };
    hits.set(key, hit);
    yield hit;
  }
}

const names = new WeakMap<Lecture, number[]>();

/** The strings that are names of variables. */
function namesOf(lecture: Lecture): number[] {
  let known = names.get(lecture);
  if (!known) {
    const { bindings, strings } = lecture.trace;
    const seen = new Uint8Array(strings.length);
    for (let row = 0; row < bindings.name.length; row++) {
      if (bindings.role[row] !== RETURNED) seen[bindings.name[row]] = 1;
    }
    names.set(lecture, (known = strings.flatMap((_, string) => (seen[string] ? [string] : []))));
  }
  return known;
}

/** A snippet with words behind it that were not looked through. */
function within(text: string, find: Find, behind: string): Hit["snippet"] {
  const cut = snippet(text, ...find(text, 0)!);
  return { ...cut, text: cut.text + behind };
}

/** What the lecture says and shows. What a statement shows often is found where it shows it first. */
function* inWords({ trace, positions, placeOf }: Lecture, find: Find, { hidden }: Scope, told: Set<number>): Part {
  const { shown, outputs, steps } = trace;
  const hits = new Map<string, Hit>(); // by statement and text
  for (let row = 0; row < shown.step.length; row++) {
    if (row % STRIDE === 0) yield null;
    const step = shown.step[row];
    const statement = steps.statement[step];
    if (hidden[statement]) continue;
    for (const [part, { label, text }] of textsOf(outputs[shown.output[row]]).entries()) {
      const found = find(text, 0);
      if (!found) continue;
      const key = `${statement} ${text}`;
      const before = hits.get(key);
      if (before) {
        before.times++; // counted on after it was told of
        continue;
      }
      told.add(statement);
      const position = knownFrom(positions, step, shown.at[row]);
      const hit: Hit = {
        ...hitAt(placeOf(step), `shown ${row} ${part}`, "words", label, position),
        snippet: snippet(text, ...found),
      };
      hits.set(key, hit);
      yield hit;
    }
  }
}

/** Lines of source: the lecture's own file first. A line that ran leads to the first time it did. */
function* inCode(lecture: Lecture, find: Find, { hidden, raw }: Scope, told: Set<number>): Part {
  const { trace, executions, positions } = lecture;
  const order = trace.files
    .map((_, file) => file)
    .sort((a, b) => Number(b === trace.entry) - Number(a === trace.entry));
  for (const file of order) {
    yield null;
    const { text, hidden: lines } = trace.files[file];
    const left = new Set(raw ? [] : lines);
    let [line, start] = [1, 0];
    for (let found = find(text, 0); found; found = find(text, start)) {
      for (let end = text.indexOf("\n", start); end >= 0 && end < found[0]; end = text.indexOf("\n", start)) {
        line++;
        start = end + 1;
      }
      const [statement = -1] = executions.statementsAt(file, line);
      if (!left.has(line) && !(statement >= 0 && (hidden[statement] || told.has(statement)))) {
        const { start: from, order: steps } = executions.byStatement;
        const ran = statement < 0 ? 0 : from[statement + 1] - from[statement];
        const position = ran > 0 ? positions.entry[steps[from[statement]]] : -1;
        const hit = hitAt({ file, line }, `code ${file} ${line}`, "code", "code", position);
        yield { ...hit, snippet: snippet(text, ...found), times: ran };
      }
      const end = text.indexOf("\n", Math.max(found[0], start));
      if (end < 0) break;
      line++;
      start = end + 1;
      yield null;
    }
  }
}

const STREAMS = ["stdout", "stderr"] as const;
const LONGEST_LINE = 100_000;

/** What was printed, line by line however it was written, and what exceptions said. */
function* inOutput({ trace, positions, placeOf }: Lecture, find: Find): Part {
  const { printed, strings, raised, failures } = trace;
  const open = STREAMS.map(() => ({ text: "", row: -1 }));
  const hitIn = (stream: number, part: number): Hit | null => {
    const { text, row } = open[stream];
    const found = find(text, 0);
    if (!found) return null;
    const step = printed.step[row];
    const position = knownFrom(positions, step, printed.at[row]);
    const id = `printed ${row} ${part}`;
    return { ...hitAt(placeOf(step), id, "output", STREAMS[stream], position), snippet: snippet(text, ...found) };
  };
  for (let row = 0; row < printed.step.length; row++) {
    if (row % STRIDE === 0) yield null;
    const stream = printed.stream[row];
    const line = open[stream];
    const pieces = strings[printed.text[row]].split(/\r\n|\n|\r/);
    for (const [part, piece] of pieces.entries()) {
      if (part > 0) {
        const hit = hitIn(stream, part);
        if (hit) yield hit;
        line.text = "";
      }
      if (line.text === "") line.row = row;
      if (line.text.length < LONGEST_LINE) line.text += piece;
    }
  }
  for (const stream of STREAMS.keys()) {
    const hit = open[stream].text === "" ? null : hitIn(stream, 0);
    if (hit) yield hit;
  }
  const told = new Set<number>();
  for (let row = 0; row < raised.step.length; row++) {
    const failure = raised.failure[row];
    if (told.has(failure)) continue;
    told.add(failure);
    const text = `${failures[failure].type}: ${failures[failure].message}`;
    const found = find(text, 0);
    const step = raised.step[row];
    const hit = hitAt(placeOf(step), `raised ${row}`, "output", "exception", positions.exit[step]);
    if (found) yield { ...hit, snippet: snippet(text, ...found) };
  }
}

/** Values as text. The same value of the same name is found where it first was. */
function* inValues({ trace, bindings: { known }, placeOf }: Lecture, find: Find): Part {
  const { name, step, value, role } = trace.bindings;
  const tried = new Uint8Array(trace.values.length); // 1: no, 2: yes
  const hits = new Map<number, Hit>(); // by value and name
  for (let row = 0; row < value.length; row++) {
    if (row % STRIDE === 0) yield null;
    const index = value[row];
    if (index < 0 || tried[index] === 1) continue;
    const key = index * trace.strings.length + name[row];
    const before = tried[index] === 2 ? hits.get(key) : undefined;
    if (before) {
      before.times++;
      continue;
    }
    const text = textOf(trace.values[index]);
    const found = find(text, 0);
    tried[index] = found ? 2 : 1;
    if (!found) continue;
    const called = role[row] === RETURNED ? "returns " : `${trace.strings[name[row]]} = `;
    const cut = snippet(text, ...found);
    const hit: Hit = {
      ...hitAt(placeOf(step[row]), `value ${key}`, "values", "value", known[row]),
      snippet: { text: called + cut.text, from: called.length + cut.from, to: called.length + cut.to },
    };
    hits.set(key, hit);
    yield hit;
  }
}

function hitAt(
  { file, line }: { file: number; line: number },
  id: string,
  kind: Kind,
  label: string,
  position: number,
): Hit {
  return { id, kind, label, position, file, line, snippet: { text: "", from: 0, to: 0 }, times: 1 };
}
