import { useEffect, useState } from "react";
import { framesAt } from "../logic/bindings";
import { linesOf } from "../logic/document";
import type { Lecture } from "../logic/lecture";
import { useLecture, useStore } from "../state/store";
import { summarise } from "../values/summary";

/** A key held down steps many times a second: only where it stops is told. */
const PAUSE_MS = 250;

/** So many names are told with their values, and so many characters of code or of a value. */
const MOST_NAMES = 3;
const LONGEST = 80;

/** Tells screen readers where a step led, what ran there and what it changed. */
export function Announcer() {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const playing = useStore((state) => state.playing); // what goes on by itself would talk without end
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setWords(wordsFor(lecture, position)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [lecture, position]);
  return (
    <p className="visually-hidden" aria-live={playing ? "off" : "polite"} aria-atomic="true">
      {words}
    </p>
  );
}

/** `Line 12: x = f(1), back from f. x = 3` */
function wordsFor(lecture: Lecture, position: number): string {
  if (position < 0) return "";
  const { positions, trace, bindings } = lecture;
  const step = positions.step[position];
  const { file, line } = lecture.placeOf(step);
  const where = file === trace.entry ? `Line ${line}` : `Line ${line} of ${trace.files[file].path.split("/").at(-1)}`;
  const code = cut((linesOf(trace.files[file].text)[line - 1] ?? "").trim());
  const calls = positions.entry[step] !== positions.exit[step];
  const way = calls ? (positions.out[position] ? ", after the call" : ", into the call") : "";
  const stack = lecture.stackAt(position);
  const changed = (framesAt(bindings, stack.slice(0, 1), position)[0]?.variables ?? []).filter(
    ({ changed }) => changed,
  );
  const values = changed
    .slice(0, MOST_NAMES)
    .map(({ name, value }) => `${name} = ${cut(summarise(trace.values[value]))}`);
  const more = changed.length - values.length;
  const returned = bindings.returned(position);
  const told = [
    ...values,
    more > 0 ? `${more} more changed` : "",
    returned >= 0 ? `returns ${cut(summarise(trace.values[returned]))}` : "",
  ].filter(Boolean);
  return `${where}: ${code}${way}. ${told.join(", ")}`.trim();
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}
