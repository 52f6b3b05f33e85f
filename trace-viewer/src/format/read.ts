import { checkTrace } from "./check";
import { FORMAT, type Trace } from "./generated";
import { TraceProblem, unanswered } from "./problem";
import { upgrade } from "./upgrade";

type Data = Record<string, unknown>;

/** What makes traces of those of edtrace. */
export type Importer = (data: Data) => Trace;

/** Bring the record of a lecture to this version, and check it. Fails with a `TraceProblem`. */
export async function read(data: Data): Promise<Trace> {
  return readNow(data, isEdtrace(data) ? await loadImporter() : undefined);
}

/** The same at once; one of edtrace needs the importer. */
export function readNow(data: Data, importer?: Importer): Trace {
  if (importer && isEdtrace(data)) return checkTrace(importer(data) as unknown as Data);
  if (data.format !== FORMAT) {
    throw new TraceProblem(
      "This is not a trace",
      "It is JSON, but not the record of a lecture. Traces are made by `python execute.py -m NAME`.",
    );
  }
  upgrade(data);
  return checkTrace(data);
}

/** Few traces are foreign, so what makes lectures of them comes when one does. */
async function loadImporter(): Promise<Importer> {
  try {
    return (await import("./import/edtrace")).importEdtrace;
  } catch {
    throw unanswered();
  }
}

function isEdtrace({ format, files, steps }: Data): boolean {
  const hasFiles = typeof files === "object" && files !== null && !Array.isArray(files);
  return format === undefined && hasFiles && Array.isArray(steps);
}

/** The object that a JSON text holds, or what `JSON.parse` gave for it. Fails with a `TraceProblem` that says what it is instead. */
export function recordOf(source: unknown): Data {
  if (typeof source === "string") return parseText(source);
  if (typeof source === "object" && source !== null && !Array.isArray(source)) return source as Data;
  throw new TraceProblem("This is not a trace", "It is JSON, but not the record of a lecture.");
}

function parseText(text: string): Data {
  const start = text.trimStart().slice(0, 200);
  if (start === "") throw new TraceProblem("This trace is empty", "There is nothing in it. Run the lecture again.");
  let data: unknown;
  try {
    data = parseJSON(text);
  } catch (error) {
    if (start.startsWith("<")) {
      throw new TraceProblem("This is not a trace", "A web page came instead of one: check the address of the trace.");
    }
    if (start.startsWith("{") && endsEarly(text.trimEnd(), String(error))) {
      const size = text.length.toLocaleString("en");
      throw new TraceProblem(
        "This trace is cut off",
        `It ends in the middle, after ${size} characters: wait for the run to end, copy it again, or run the lecture again.`,
      );
    }
    throw new TraceProblem("This is not a trace", "It is not JSON. Traces are made by `python execute.py -m NAME`.");
  }
  return recordOf(typeof data === "string" ? null : data);
}

/** Python's own JSON writes NaN and infinities bare. */
function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = quoteBare(text);
    if (quoted === text) throw error;
    return JSON.parse(quoted, (_, value: unknown) => (typeof value === "string" ? (BARE.get(value) ?? value) : value));
  }
}

/** What stands for them while they are read: no other string begins with this sign. */
const BARE = new Map(["NaN", "Infinity", "-Infinity"].map((word) => [`\0${word}`, Number(word)]));

/** Put the bare words of a JSON text, those outside its strings, between quotes. */
function quoteBare(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === '"') {
      do i = text.indexOf('"', i + 1);
      while (i >= 0 && isEscaped(text, i));
      if (i < 0) return text; // cut off within a string
    } else if (sign === "N" || sign === "I" || sign === "-") {
      const word = /^(?:NaN|-?Infinity)/.exec(text.slice(i, i + 9))?.[0];
      if (!word) continue;
      pieces.push(text.slice(from, i), `"\\u0000${word}"`);
      from = i + word.length;
      i = from - 1;
    }
  }
  return from === 0 ? text : pieces.join("") + text.slice(from);
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** Whether reading failed because the text ended: in the middle of something, or before its last bracket closed. */
function endsEarly(text: string, error: string): boolean {
  const position = /position (\d+)/.exec(error);
  return !text.endsWith("}") || /end of|unterminated/i.test(error) || Number(position?.[1] ?? 0) >= text.length;
}
