import { anchorOf, findAnchor, findLine, isAt, lineText, type Anchor, type Found } from "./anchor";
import { comparingParts, readComparing, type Comparing } from "./comparing";
import type { Lecture } from "./lecture";

/** Where a reader is, as the address of the page says it: `?trace=…&rank=2&step=12&phase=out&code=…&turn=3&at=main:40`. */
export interface Place {
  trace: string | null;
  /** The name of a file of the reader's own, which no address leads to. */
  local?: string | null;
  /** Of a run of several ranks: whose steps are meant. */
  rank?: number;
  step: number;
  out: boolean;
  /** The step once more, told by its source: it holds when the lecture was edited since. */
  anchor?: Anchor | null;
  /** A place in the source that is being looked at, away from the step, and the text of its line. */
  file: string | null;
  line: number;
  text?: string | null;
  /** What the trace is compared with. */
  comparing?: Comparing | null;
}

/** Version 1 of the address. It is written without a number; a later one will say `v=2`, and read this one still. */
export function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  const trace = query.get("trace") || null;
  const comparing = readComparing(query);
  return {
    trace,
    local: trace ? null : query.get("local") || null,
    ...(/^\d{1,9}$/.test(query.get("rank") ?? "") && { rank: Number(query.get("rank")) }),
    step: query.has("step") ? Number(query.get("step") || NaN) : 0,
    out: query.get("phase") === "out",
    anchor: readAnchor(query),
    file: query.get("file") || null,
    line: Number(query.get("line")) || 1,
    text: query.get("text"),
    ...(comparing && { comparing }),
  };
}

/** What may end a sentence does not end the address: a program that finds links in text would leave it out. */
export function writePlace({ trace, local, rank, step, out, anchor, file, line, text, comparing }: Place): string {
  if (!trace && !local) return "";
  const parts = [trace ? `trace=${encode(trace)}` : `local=${encode(local!)}`];
  if (rank !== undefined) parts.push(`rank=${rank}`);
  if (step > 0) parts.push(`step=${step}`);
  if (out) parts.push("phase=out");
  if (comparing) parts.push(...comparingParts(comparing, encode));
  if (anchor) parts.push(...anchorParts(anchor));
  if (file) {
    if (text) parts.push(`text=${encode(text)}`);
    parts.push(`file=${encode(file)}`, `line=${line}`);
  }
  return `?${parts.join("&")}`;
}

function anchorParts({ file, function: name, line, code, like, beside, turn }: Anchor): string[] {
  const parts = [`code=${encode(code)}`];
  if (like > 1) parts.push(`like=${like}`);
  if (beside) parts.push(`beside=${encode(beside)}`);
  if (turn > 1) parts.push(`turn=${turn}`);
  return [...parts, `at=${encode(`${file ? `${file}:` : ""}${name}:${line}`)}`];
}

function readAnchor(query: URLSearchParams): Anchor | null {
  const at = /^(?:(.+):)?([^:]*):(\d{1,9})$/.exec((query.get("at") ?? "").slice(0, 1000));
  const code = query.get("code");
  if (!at || code === null) return null;
  const count = (name: string) => Math.max(Math.floor(Number(query.get(name))), 1) || 1;
  return {
    file: at[1] ?? "",
    function: at[2],
    line: Number(at[3]),
    code,
    like: count("like"),
    beside: (query.get("beside") ?? "").slice(0, 20),
    turn: count("turn"),
  };
}

/** What the query may hold stays readable. */
function encode(text: string): string {
  const encoded = encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\uFFFD"));
  return encoded.replaceAll("%20", "+").replace(/%(?:2C|2F|3A|3D|40|5B|5D)/g, decodeURIComponent);
}

/** The place of a position, as a reader of `trace` (or of their own file) sees it. */
export function placeAt(
  lecture: Lecture,
  from: Pick<Place, "trace" | "local">,
  position: number,
  peek: { file: number; line: number } | null,
): Place {
  const { positions, trace } = lecture;
  const step = position < 0 ? 0 : positions.step[position];
  const anchor = position < 0 ? null : anchorOf(lecture, step);
  return {
    ...from,
    ...(lecture.rank && { rank: lecture.rank.number }),
    step,
    out: position >= 0 && positions.out[position] === 1,
    anchor: step > 0 ? anchor : null, // the beginning needs none
    file: peek ? trace.files[peek.file].path : null,
    line: peek?.line ?? 1,
    text: peek ? lineText(trace, peek.file, peek.line) : null,
  };
}

export interface Located {
  position: number;
  peek: { file: number; line: number } | null;
  /** What the address asked for and could not have, for the reader. */
  problem: string | null;
}

/** Find a place in a lecture; where it does not exist, the nearest one that does. */
export function locate(lecture: Lecture, place: Place): Located {
  const { positions } = lecture;
  const { step, problem } = findStep(lecture, place);
  const looked = findPeek(lecture, place);
  return {
    position: step < 0 ? -1 : place.out ? positions.exit[step] : positions.entry[step],
    peek: looked.peek,
    problem: looked.problem ?? problem,
  };
}

function findStep(lecture: Lecture, { step, anchor }: Place): { step: number; problem: string | null } {
  const steps = lecture.positions.entry.length;
  if (steps === 0) return { step: -1, problem: null };
  if (anchor && !(isStep(step, steps) && isAt(lecture, step, anchor))) {
    const there = findAnchor(lecture, anchor);
    // Only what stands beside it was edited.
    if (there?.step === step && there.found === "same") return { step, problem: null };
    if (there) return { step: there.step, problem: changed(lecture, anchor, there.step, there.found) };
  }
  const found = Math.min(Math.max(Number.isInteger(step) ? step : 0, 0), steps - 1);
  if (!Number.isInteger(step)) return { step: 0, problem: "The address names no proper step: this is the beginning." };
  if (found === step) return { step, problem: null };
  return { step: found, problem: `There is no step ${step}: this is the nearest, step ${found}.` };
}

function isStep(step: number, steps: number): boolean {
  return Number.isInteger(step) && step >= 0 && step < steps;
}

/** What was done about an address from before the lecture was edited. */
function changed(lecture: Lecture, anchor: Anchor, step: number, found: Found): string {
  const { line, function: name, turn } = anchorOf(lecture, step)!;
  const said: Record<Found, string> = {
    same: `its line is line ${line} now`,
    "fewer turns": `its line, line ${line} now, ran ${turn === 1 ? "only once" : `only ${turn} times`}; this is the last`,
    "other function": `its line is in ${name} now, line ${line}`,
    similar: `this is the line most like the one it named, line ${line}`,
    line: `the line it named is gone; this is what ran nearest to it, line ${line}`,
  };
  if (found === "same" && line === anchor.line)
    return "The lecture has changed since this link was made: its line is the same, the steps before it are not.";
  return `The lecture has changed since this link was made: ${said[found]}.`;
}

function findPeek({ trace }: Lecture, { file, line, text }: Place): Pick<Located, "peek" | "problem"> {
  if (file === null) return { peek: null, problem: null };
  const index = trace.files.findIndex(({ path }) => path === file);
  if (index < 0) return { peek: null, problem: `${file} is not part of this trace.` };
  if (!text || lineText(trace, index, line) === text) return { peek: { file: index, line }, problem: null };
  const there = findLine(trace, index, line, text);
  const said = there.same ? `the line it shows is line ${there.line} now` : "the line it showed is gone";
  return {
    peek: { file: index, line: there.line },
    problem: `The lecture has changed since this link was made: ${said}.`,
  };
}
