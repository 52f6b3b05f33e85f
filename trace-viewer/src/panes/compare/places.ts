import { FROM_FILE } from "../../logic/comparing";
import type { Lecture } from "../../logic/lecture";
import { loopsOf } from "../../logic/loops";
import { count } from "../../values/numbers";

/** Where a position is, in words: `line 12, turn 3 of 50`. */
export function placeWords(lecture: Lecture, position: number): string {
  if (position < 0) return "nothing ran";
  const step = lecture.positions.step[position];
  const { file, line } = lecture.placeOf(step);
  const name = file === lecture.trace.entry ? "" : ` of ${fileName(lecture, file)}`;
  const turn = turnWords(lecture, position);
  return `line ${line}${name}${turn && `, ${turn}`}`;
}

/** Which turn of the innermost loop around a position, or of its own line; nothing where it ran once. */
export function turnWords(lecture: Lecture, position: number): string {
  const [loop] = loopsOf(lecture).at(position);
  if (loop) return `${loop.ended ? "after " : ""}turn ${count(loop.turn)} of ${count(loop.turns)}`;
  const { turn, of } = lecture.executions.turnOf(lecture.positions.step[position]);
  return of > 1 ? `turn ${count(turn)} of ${count(of)}` : "";
}

export function fileName({ trace }: Lecture, file: number): string {
  return trace.files[file].path.split("/").at(-1) ?? "";
}

/** What a trace is called by its address: `lecture_01`. */
export function traceName(address: string): string {
  const path = address.startsWith(FROM_FILE) ? address.slice(FROM_FILE.length) : address;
  return (path.split("/").at(-1) ?? path).replace(/\.json(\.gz)?$/, "").slice(0, 80);
}

/** The source of a line, short. */
export function lineText({ trace }: Lecture, file: number, line: number): string {
  const text = trace.files[file]?.text.split("\n", line)[line - 1] ?? "";
  return text
    .trim()
    .replace(/\s+#.*$/, "")
    .slice(0, 80);
}
