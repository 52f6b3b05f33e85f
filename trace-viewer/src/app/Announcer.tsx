import { useEffect, useState } from "react";
import { framesAt } from "../logic/bindings";
import { linesOf } from "../logic/document";
import type { Lecture } from "../logic/lecture";
import { commands, type Command } from "../commands/registry";
import { useSoonAt } from "../state/soon";
import { store, useLecture, useStore, type State } from "../state/store";
import { summarise } from "../values/summary";

/** A key held down steps many times a second: only where it stops is told. */
const PAUSE_MS = 250;

/** So many names are told with their values, and so many characters of code or of a value. */
const MOST_NAMES = 3;
const LONGEST = 80;
/** And so many of the words that a line shows: who wants all of a paragraph reads it on the page. */
const LONGEST_WORDS = 240;

/** Tells screen readers where a step led, what ran there and what it changed, and what a key has switched on or off. */
export function Announcer() {
  const lecture = useLecture();
  const position = useSoonAt(lecture, (at) => at);
  const playing = useStore((state) => state.playing); // what goes on by itself would talk without end
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setWords(wordsFor(lecture, position)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [lecture, position]);
  useEffect(
    () =>
      store.subscribe((state, before) => {
        if (state.settings === before.settings) return;
        const told = commands.map((each) => [chosenWords(each, state), chosenWords(each, before)]);
        const changed = told.filter(([now, then]) => now !== then);
        if (changed.length > 0) setWords(changed.map(([now]) => now).join(". "));
      }),
    [],
  );
  return (
    <p className="visually-hidden" aria-live={playing ? "off" : "polite"} aria-atomic="true">
      {words}
    </p>
  );
}

/** `High contrast: on`; empty for what chooses nothing. */
function chosenWords({ label, isOn, told }: Command, state: State): string {
  return told?.(state) ?? (isOn ? `${label}: ${isOn(state) ? "on" : "off"}` : "");
}

/** `Line 12: x = f(1), back from f. x = 3` */
function wordsFor(lecture: Lecture, position: number): string {
  if (position < 0) return "";
  const { positions, trace, bindings } = lecture;
  const step = positions.step[position];
  const { file, line } = lecture.placeOf(step);
  const where = file === trace.entry ? `Line ${line}` : `Line ${line} of ${trace.files[file].path.split("/").at(-1)}`;
  const code = shownWords(lecture, step, position) || cut((linesOf(trace.files[file].text)[line - 1] ?? "").trim());
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

/** What stands on the page in place of the code: the words of `text()`, without their marks. */
function shownWords({ outputs }: Lecture, step: number, position: number): string {
  if (position < outputs.knownFrom(step)) return "";
  const words = outputs
    .ofStep(step)
    .map((output) => (output.kind === "text" && typeof output.text === "string" ? output.text : ""))
    .join(" ")
    .slice(0, 4 * LONGEST_WORDS)
    .replace(/[#*_`$]+|\]\([^)]*\)|[[\]]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return cut(words, LONGEST_WORDS).replace(/[.:]$/, "");
}

function cut(text: string, most = LONGEST): string {
  return text.length > most ? `${text.slice(0, most)} …` : text;
}
