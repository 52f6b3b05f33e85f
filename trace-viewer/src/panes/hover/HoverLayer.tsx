import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { spotAt, type Spot } from "../../code/names";
import type { Lecture } from "../../logic/lecture";
import { store, useLecture, useStore } from "../../state/store";
import { explain, namesOf, type Site } from "./explain";
import { HoverCard } from "./HoverCard";
import { LineDetails } from "./LineDetails";
import { pointedAt, rangeOf } from "./pointed";
import { SpotDetails } from "./SpotDetails";
import type { Point } from "./useHover";

/** A pointer that passes opens nothing; one that leaves has time to reach the card. */
const OPEN_MS = 150;
const SWITCH_MS = 90;
const CLOSE_MS = 220;

type Shown = { site: Site; about: Range | Element; asked: boolean } & (
  { spot: Spot; line?: undefined } | { spot?: undefined; line: number }
);

interface Props {
  root: RefObject<HTMLElement | null>;
  /** Where the pointer first came over the source. */
  first: Point;
  tap: Point | null;
}

/** The card that a resting pointer or a tap opens on a name, a call or the number of a line. */
export default function HoverLayer({ root, first, tap }: Props) {
  const lecture = useLecture();
  const [shown, setShown] = useState<Shown | null>(null);
  const card = useRef<HTMLDivElement>(null);
  const close = useCallback(() => setShown(null), []);

  const started = useRef<Point | null>(null);
  const tapFirst = useRef(tap !== null);
  const answered = useRef<Point | null>(null);
  useEffect(() => {
    if (!tap || answered.current === tap) return;
    answered.current = tap;
    setShown(shownAt(lecture, root.current, tap.x, tap.y, true));
  }, [tap, lecture, root]);

  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = first;
    const later = (what: () => void, ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(what, ms);
    };
    const look = (x: number, y: number) => {
      if (store.getState().lineMenu) return; // it answers what was asked
      const next = shownAt(lecture, element, x, y, false);
      if (next) setShown((before) => (before && isSame(before, next) ? before : next));
      else if (card.current) later(close, CLOSE_MS - SWITCH_MS);
    };
    const move = ({ pointerType, clientX: x, clientY: y, buttons }: PointerEvent) => {
      if (pointerType !== "mouse" || buttons > 0) return;
      // The page that moves under a resting pointer is no movement of the reader's.
      if (last.x === x && last.y === y) return;
      last = { x, y };
      later(() => look(x, y), card.current ? SWITCH_MS : OPEN_MS);
    };
    const leave = ({ pointerType }: PointerEvent) => {
      if (pointerType === "mouse") later(close, CLOSE_MS);
    };
    const inCard = ({ target }: Event) => {
      if (card.current?.contains(target as Node)) clearTimeout(timer);
    };
    const press = ({ target }: Event) => {
      clearTimeout(timer);
      if (!card.current?.contains(target as Node)) close();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !card.current) return;
      event.preventDefault();
      event.stopPropagation();
      close();
    };
    if (first !== started.current && !tapFirst.current) later(() => look(first.x, first.y), OPEN_MS);
    started.current = first;
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerleave", leave);
    document.addEventListener("pointerover", inCard);
    document.addEventListener("pointerdown", press);
    window.addEventListener("keydown", key, { capture: true });
    return () => {
      clearTimeout(timer);
      close(); // another lecture has other names
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerleave", leave);
      document.removeEventListener("pointerover", inCard);
      document.removeEventListener("pointerdown", press);
      window.removeEventListener("keydown", key, { capture: true });
    };
  }, [lecture, root, first, close]);

  return shown && <Opened shown={shown} card={card} close={close} />;
}

/** What there is at a point of the window, if it is in the source and there could be something to tell of it. */
function shownAt(lecture: Lecture, root: HTMLElement | null, x: number, y: number, asked: boolean): Shown | null {
  const element = document.elementFromPoint(x, y);
  const site = siteOf(element);
  if (!site || !root?.contains(element)) return null;
  const number = element?.closest(".number");
  if (number && !number.closest("[data-costs]")) {
    return { site, about: number, asked, line: Number(number.closest<HTMLElement>("[data-line]")?.dataset.line) };
  }
  const point = pointedAt(x, y);
  if (!point) return null;
  const spot = spotAt(namesOf(lecture.trace.files[site.file]).onLine(point.line), point.column);
  const about = spot && rangeOf(point.source, spot.from, spot.to);
  return spot && about ? { site, about, asked, spot } : null;
}

/** Only while a card is open does it follow the steps. */
function Opened({ shown, card, close }: { shown: Shown; card: RefObject<HTMLDivElement | null>; close: () => void }) {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const hidden = useStore((state) => state.settings.animate);
  const { site, spot, line, about, asked } = shown;
  const explanation = useMemo(
    () => (spot ? explain(lecture, site, spot, position, hidden) : null),
    [lecture, site, spot, position, hidden],
  );
  if (spot && !explanation) return null;
  return (
    <HoverCard
      card={card}
      label={spot ? `What is known of ${spot.expression}` : `What line ${line} cost`}
      about={about}
      onClose={close}
      asked={asked}
    >
      {spot && explanation ? (
        <SpotDetails {...{ lecture, site, spot, position, explanation }} onLeave={close} />
      ) : (
        <LineDetails lecture={lecture} file={site.file} line={line!} />
      )}
    </HoverCard>
  );
}

function siteOf(element: Element | null): Site | null {
  const data = element?.closest<HTMLElement>("[data-file]")?.dataset;
  return data ? { file: Number(data.file), call: data.call === undefined ? null : Number(data.call) } : null;
}

function isSame(a: Shown, b: Shown): boolean {
  return a.site.file === b.site.file && a.site.call === b.site.call && a.spot === b.spot && a.line === b.line;
}
