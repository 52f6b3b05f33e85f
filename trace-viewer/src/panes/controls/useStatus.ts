import type { Lecture } from "../../logic/lecture";
import { lastAtMost } from "../../logic/columns";
import { loopHere } from "../../state/loops";
import { useStore } from "../../state/store";

/** Where the reader is, in words: counted in positions, so that the count only grows on the way through. */
export function useStatus(lecture: Lecture) {
  const position = useStore((state) => state.position);
  const inLoop = useStore((state) => loopHere(state) !== undefined);
  const { positions, trace, headings } = lecture;
  const { count } = positions;
  if (position < 0) return { number: 0, count, section: "", detail: "" };
  const step = positions.step[position];
  const heading = lastAtMost(position, 0, headings.length, (index) => headings[index].position);
  return {
    number: position + 1,
    count,
    section: heading < 0 ? "" : headings[heading].text,
    detail: [calling(), turn(), lecture.elided.wordsAfter(step)].filter(Boolean).join(" · "),
  };

  function calling(): string {
    if (positions.entry[step] === positions.exit[step]) return "";
    const name = step + 1 < trace.steps.call.length ? lecture.functionName(trace.steps.call[step + 1]) : "";
    return positions.out[position] ? `back from ${name}` : `into ${name}`;
  }

  /** Unless the control of the loop says it. */
  function turn(): string {
    if (inLoop) return "";
    const { turn, of } = lecture.executions.turnOf(step);
    return of > 1 ? `turn ${turn} of ${of}` : "";
  }
}
