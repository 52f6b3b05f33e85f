import "./outline.css";
import { memo, useEffect, useMemo, useRef } from "react";
import type { Heading } from "../../logic/headings";
import { jumpTo } from "../../state/actions";
import { useLecture } from "../../state/store";
import { CommandButton } from "../../widgets/CommandButton";
import { entriesAround, levelsOf } from "./entries";
import { useSection } from "./useSection";

/** The table of contents beside the lecture. It follows the reader, whether they step or scroll. */
export default function OutlinePane() {
  const lecture = useLecture();
  const { headings } = lecture;
  const section = useSection(lecture);
  const levels = useMemo(() => levelsOf(headings), [headings]);
  const shown = useMemo(() => entriesAround(levels, section), [levels, section]);
  const current = shown.findLast((index) => index <= section); // a heading further down may have no entry of its own
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (list.current && current !== undefined) keepInView(list.current);
  }, [current]);
  return (
    <nav className="outline" aria-labelledby="outline-title">
      <header>
        <h2 className="side-title" id="outline-title">
          Contents
        </h2>
        <CommandButton id="outline" />
      </header>
      <ol ref={list}>
        {shown.map((index) => (
          <Entry key={index} heading={headings[index]} level={levels[index]} current={index === current} />
        ))}
      </ol>
    </nav>
  );
}

const Entry = memo(function Entry({ heading, level, current }: { heading: Heading; level: number; current: boolean }) {
  return (
    <li data-level={level}>
      <button type="button" aria-current={current ? "location" : undefined} onClick={() => jumpTo(heading.position)}>
        {heading.text}
      </button>
    </li>
  );
});

/** Scrolls the list, and nothing else, until the current entry can be seen. */
function keepInView(list: HTMLElement): void {
  const entry = list.querySelector<HTMLElement>("[aria-current]");
  if (!entry) return;
  const [box, room] = [entry.getBoundingClientRect(), list.getBoundingClientRect()];
  if (box.top < room.top) list.scrollTop += box.top - room.top - box.height;
  else if (box.bottom > room.bottom) list.scrollTop += box.bottom - room.bottom + box.height;
}
