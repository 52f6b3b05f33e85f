import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { Spot } from "../../code/names";
import { linesOf } from "../../logic/document";
import type { Lecture } from "../../logic/lecture";
import { say, setOverlay } from "../../state/actions";
import { useLecture, useStore } from "../../state/store";
import { visible } from "../../values/escape";
import { explain, namesOf, type Explanation } from "./explain";
import { HoverCard } from "./HoverCard";
import { rangeOf } from "./pointed";
import { SpotDetails } from "./SpotDetails";

/** The same cards by the keyboard: those of the current line one after the other, by the arrow keys. */
export default function ValuesOfLine() {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const hidden = useStore((state) => state.settings.animate);
  const card = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const [start] = useState(position);
  const file = position < 0 ? 0 : lecture.placeOf(lecture.positions.step[position]).file;
  const known = useMemo(() => explainedSpots(lecture, position, hidden), [lecture, position, hidden]);
  const chosen = known[Math.min(at, known.length - 1)] as Explained | undefined;
  const about = useMemo(() => chosen && placeOf(chosen.spot), [chosen]);

  const close = () => setOverlay(null);
  useEffect(() => {
    if (!chosen) say("The record has no values for the names of this line.");
    if (!chosen || position !== start) setOverlay(null);
  }, [chosen, position, start]);
  useEffect(() => {
    const outside = ({ target }: Event) => !card.current?.contains(target as Node) && setOverlay(null);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  if (!chosen) return null;

  const press = (event: KeyboardEvent) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: known.length - 1 }[event.key];
    if (event.key === "Escape") close();
    else if (to !== undefined) setAt(Math.max(0, Math.min(to, known.length - 1)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <HoverCard
      card={card}
      label={`Values of line ${chosen.spot.line}, ${known.length} names; left and right arrow for the others`}
      about={about ?? null}
      onClose={close}
      onKeyDown={press}
      asked
    >
      <SpotDetails lecture={lecture} site={{ file, call: null }} position={position} {...chosen} onLeave={close} />
      {known.length > 1 && (
        <p className="hover-walk" aria-hidden="true">
          {known.map(({ spot }, index) => (
            <button
              key={`${spot.line} ${spot.from}`}
              type="button"
              tabIndex={-1}
              data-chosen={index === known.indexOf(chosen) || undefined}
              onClick={() => setAt(index)}
            >
              {visible(spot.expression)}
            </button>
          ))}
        </p>
      )}
    </HoverCard>
  );
}

interface Explained {
  spot: Spot;
  explanation: Explanation;
}

const MOST_LINES = 100;
const MOST_SPOTS = 40;

/** The names and calls of the current statement that there is something to tell of; one that stands there twice is one. */
function explainedSpots(lecture: Lecture, position: number, hidden: boolean): Explained[] {
  if (position < 0) return [];
  const { file, line, endLine } = lecture.placeOf(lecture.positions.step[position]);
  const source = lecture.trace.files[file];
  const last = Math.min(endLine, line + MOST_LINES, linesOf(source.text).length);
  const found = new Map<string, Explained>();
  for (let at = line; at <= last; at++) {
    for (const spot of namesOf(source).onLine(at)) {
      const key = spot.call ? `${spot.expression} call ${spot.from}` : spot.expression;
      if (found.size >= MOST_SPOTS || found.has(key)) continue;
      const explanation = explain(lecture, { file, call: null }, spot, position, hidden);
      if (explanation) found.set(key, { spot, explanation });
    }
  }
  return [...found.values()];
}

/** Where a spot is on the page; the row of its line where its code is not shown. */
function placeOf({ line, from, to }: Spot): Range | Element | null {
  const page = document.querySelector(".page:not([hidden])");
  const source = page?.querySelector<HTMLElement>(`.row [data-source="${line}"]`);
  return (source && rangeOf(source, from, to)) ?? page?.querySelector("[aria-current=step]") ?? null;
}
