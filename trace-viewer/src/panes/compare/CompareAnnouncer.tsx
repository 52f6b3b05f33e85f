import { useEffect, useState } from "react";
import { valuePairs } from "../../logic/compare/pairs";
import { comparison, useComparison } from "../../state/comparison";
import { lectureOf, store, useStore } from "../../state/store";
import { summarise } from "../../values/summary";
import { placeWords } from "./places";

/** A key held down steps many times a second: only where it stops is told. */
const PAUSE_MS = 300;
const MOST_NAMES = 3;

/** Tells screen readers where B stands, and which values differ there. */
export function CompareAnnouncer() {
  const position = useStore((state) => state.position);
  const other = useComparison((state) => state.position);
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setWords(wordsAt(position, other)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [position, other]);
  return (
    <p className="visually-hidden" aria-live="polite" aria-atomic="true">
      {words}
    </p>
  );
}

function wordsAt(position: number, other: number): string {
  const { lecture: b, together, exact, tolerance } = comparison.getState();
  const a = lectureOf(store.getState());
  if (!a || !b) return "";
  const where = together && !exact ? "B has no counterpart" : `B: ${placeWords(b, other)}`;
  const [frame] = valuePairs({ lecture: a, position }, { lecture: b, position: other }, tolerance);
  const differ = (frame?.pairs ?? []).filter((pair) => !pair.alike);
  const told = differ.slice(0, MOST_NAMES).map(({ name, a: own, b: theirs }) => {
    const [x, y] = [own, theirs].map((value) => (value === undefined ? "nothing" : summarise(value, 40)));
    return `${name}: ${x} and ${y}`;
  });
  const more = differ.length > MOST_NAMES ? `, and ${differ.length - MOST_NAMES} more` : "";
  return `${where}. ${differ.length === 0 ? "No value differs" : `Different: ${told.join("; ")}${more}`}.`;
}
