import type { Lecture } from "../../logic/lecture";
import { lastAtMost } from "../../logic/columns";
import { useStore } from "../../state/store";

/** Where the reader is, in words. */
export function useStatus(lecture: Lecture) {
  const position = useStore((state) => state.position);
  const { positions, trace, headings } = lecture;
  const steps = positions.entry.length;
  if (position < 0) return { number: 0, steps, line: 0, section: "", detail: "" };
  const step = positions.step[position];
  const heading = lastAtMost(position, 0, headings.length, (index) => headings[index].position);
  return {
    number: step + 1,
    steps,
    line: lecture.placeOf(step).line,
    section: heading < 0 ? "" : headings[heading].text,
    detail: [calling(), turn()].filter(Boolean).join(" · "),
  };

  function calling(): string {
    if (positions.entry[step] === positions.exit[step]) return "";
    const name = step + 1 < steps ? lecture.functionName(trace.steps.call[step + 1]) : "";
    return positions.out[position] ? `back from ${name}` : `into ${name}`;
  }

  function turn(): string {
    const { turn, of } = lecture.executions.turnOf(step);
    return of > 1 ? `turn ${turn} of ${of}` : "";
  }
}
