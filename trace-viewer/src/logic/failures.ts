import type { Failure } from "../format/generated";
import type { Lecture } from "./lecture";

/** One line of a traceback, the outermost first. */
export interface TracedLine {
  /** Index of its file, or -1 outside of the record; then `path` names it. */
  file: number;
  path: string;
  line: number;
  function: string;
  text: string;
  /** The position where the exception left it, or -1 where that is not in the record. */
  position: number;
}

const MOST_CAUSES = 8;
const MOST_LINES = 100;

/** The lines of a failure's traceback; of one without, the steps that it left. */
export function tracebackOf(lecture: Lecture, failure: Failure): TracedLine[] {
  const { positions, placeOf, trace } = lecture;
  const steps = stepsLeftBy(lecture, failure);
  if (failure.traceback.length === 0) {
    return steps.slice(-MOST_LINES).map((step) => {
      const { file, line } = placeOf(step);
      const text = trace.files[file].text.split("\n", line)[line - 1]?.trim() ?? "";
      const name = lecture.functionName(trace.steps.call[step]);
      return { file, path: trace.files[file].path, line, function: name, text, position: positions.exit[step] };
    });
  }
  let from = 0;
  return failure.traceback.slice(0, MOST_LINES).map((entry) => {
    const at = steps.findIndex((step, index) => {
      const { file, line, endLine } = placeOf(step);
      return index >= from && file === entry.file && line <= entry.line && entry.line <= endLine;
    });
    if (at >= 0) from = at + 1; // recursion has the same line again, further in
    return { ...entry, position: at < 0 ? -1 : positions.exit[steps[at]] };
  });
}

/** What a failure was raised from, the nearest first; as far as the record holds those. */
export function causesOf({ trace }: Lecture, failure: Failure): Failure[] {
  const causes: Failure[] = [];
  for (let { cause } = failure; cause && causes.length < MOST_CAUSES;) {
    const found = trace.failures.find((each) => each !== failure && !causes.includes(each) && textOf(each) === cause);
    if (!found) {
      causes.push({ type: cause, message: "", traceback: [] });
      break;
    }
    causes.push(found);
    ({ cause } = found);
  }
  return causes;
}

export function textOf({ type, message }: Failure): string {
  return message ? `${type}: ${message}` : type;
}

/** The record has a row for each step that an exception left; the same exception ends the run under an entry of its own. */
function stepsLeftBy({ trace }: Lecture, failure: Failure): number[] {
  const { raised, failures } = trace;
  const steps: number[] = [];
  for (let row = 0; row < raised.step.length; row++) {
    const each = failures[raised.failure[row]];
    if (each.type === failure.type && each.message === failure.message) steps.push(raised.step[row]);
  }
  return steps.sort((a, b) => a - b);
}
