import { readNames, type Binding, type CallSite, type Names, type Spot } from "../../code/names";
import type { SourceFile, Value } from "../../format/generated";
import {
  answerFor,
  callMadeAt,
  definitionOf,
  resultOf,
  type Answer,
  type Definition,
  type TracedCall,
} from "../../logic/answers";
import { linesOf } from "../../logic/document";
import type { Lecture } from "../../logic/lecture";
import { callSeen, executionSeen, seenInCall, type Seen } from "../../logic/seen";

/** What is to tell of a spot in the source to a reader at a position. */
export interface Explanation {
  /** Which execution it is about; null where the line never ran. */
  seen: Seen | null;
  answer: Answer | null;
  /** The same name in the reader's own call, where that is another value by now. */
  now: (Answer & { kind: "value" }) | null;
  call: ExplainedCall | null;
  /** What the name is, where no value of it is recorded. */
  definition: Definition | null;
  binding: Binding | null;
}

export interface ExplainedCall {
  site: CallSite;
  /** Where it was stepped into. */
  traced: TracedCall | null;
  /** Where it was not: what was written, and the values of what is a name. */
  arguments: { name: string; text: string; value: Value | undefined }[];
  result: Value | undefined;
}

const namesByFile = new WeakMap<SourceFile, Names>();

/** The names in a source file; read when first asked for. */
export function namesOf(file: SourceFile): Names {
  let names = namesByFile.get(file);
  if (!names) namesByFile.set(file, (names = readNames(linesOf(file.text).join("\n"))));
  return names;
}

/** Where a spot stands: in the page of a file, or in a call that is shown in place. */
export interface Site {
  file: number;
  /** The call in place; null in a page. */
  call: number | null;
}

/** What there is to tell of a spot, or null. `hidden`: nothing of what is still to come is told, but of a call in place. */
export function explain(
  lecture: Lecture,
  { file, call: within }: Site,
  spot: Spot,
  position: number,
  hidden: boolean,
): Explanation | null {
  if (spot.inner) return null;
  const { trace } = lecture;
  const seen = seenOf(lecture, { file, line: spot.line, call: within }, spot.role === "parameter", position);
  const told = seen?.when === "ahead" && hidden && within === null ? null : seen;
  const answer = told && spot.role !== "definition" ? answerFor(lecture, told, spot.expression) : null;
  const name = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(spot.expression)?.[0] ?? "";
  const unknown = answer === null;
  const definition = unknown && name ? definitionOf(lecture, name, file) : null;
  const isPlain = name === spot.expression;
  const binding = unknown && !definition && isPlain ? namesOf(trace.files[file]).bindingAbove(name, spot.line) : null;
  const made = spot.call && told ? explainCall(lecture, file, spot.line, told, spot.call) : null;
  const call = isTold(made) ? made : null;
  if (!answer && !definition && !binding && !call) return null;
  return {
    seen,
    answer,
    now: answer && told ? valueNow(lecture, told, spot, position, answer) : null,
    call,
    definition,
    binding,
  };
}

function seenOf(
  lecture: Lecture,
  { file, line, call }: Site & { line: number },
  ofParameters: boolean,
  position: number,
): Seen | null {
  if (position < 0) return null;
  if (call !== null) return seenInCall(lecture, { file, line, call }, ofParameters, position);
  return ofParameters ? callSeen(lecture, file, line, position) : executionSeen(lecture, file, line, position);
}

/** A call of which nothing is known but what is written there needs no card. */
function isTold(call: ExplainedCall | null): boolean {
  return (
    call !== null &&
    (call.traced !== null || call.result !== undefined || call.arguments.some(({ value }) => value !== undefined))
  );
}

function explainCall(lecture: Lecture, file: number, line: number, seen: Seen, site: CallSite): ExplainedCall {
  const traced = callMadeAt(lecture, seen, site, sitesAt(lecture, file, line));
  if (traced) return { site, traced, arguments: [], result: traced.result };
  return {
    site,
    traced,
    arguments: site.arguments.map(({ keyword, text }) => {
      const answer = /^[\p{L}_]/u.test(text) ? answerFor(lecture, seen, text.replace(/\s+/g, "")) : null;
      const known = answer?.kind === "value" && !answer.partial;
      return { name: keyword, text, value: known ? answer.value : undefined };
    }),
    result: resultOf(lecture, seen, site.result),
  };
}

/** All calls of the statement that a line belongs to. */
function sitesAt({ trace, executions }: Lecture, file: number, line: number): CallSite[] {
  const { statements, files } = trace;
  const names = namesOf(files[file]);
  const statement = executions.statementsAt(file, line)[0];
  const first = statement === undefined ? line : statements.line[statement];
  const last = statement === undefined ? line : Math.min(statements.end_line[statement], first + MOST_LINES);
  const sites: CallSite[] = [];
  for (let at = first; at <= last; at++) for (const { call } of names.onLine(at)) if (call) sites.push(call);
  return sites;
}

const MOST_LINES = 200;

function valueNow(lecture: Lecture, seen: Seen, spot: Spot, position: number, then: Answer): Explanation["now"] {
  if (seen.when === "now") return null;
  const { calls } = lecture.trace;
  const here = lecture.stackAt(position)[0];
  if (!here || calls.function[here.call] !== calls.function[seen.call]) return null;
  const now = answerFor(lecture, { ...seen, call: here.call, step: here.step, at: position }, spot.expression);
  if (now?.kind !== "value" || now.partial || (then.kind === "value" && then.value === now.value)) return null;
  return now;
}
