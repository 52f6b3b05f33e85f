import "./outline.css";
import { memo, useEffect, useMemo, useRef } from "react";
import { jumpTo } from "../../state/actions";
import { useLecture } from "../../state/store";
import { CommandButton } from "../../widgets/CommandButton";
import { entriesOf, type Entry } from "./entries";
import { useSection } from "./useSection";

/** The table of contents beside the lecture. It follows the reader, whether they step or scroll. */
export default function OutlinePane() {
  const lecture = useLecture();
  const section = useSection(lecture);
  const entries = useMemo(() => entriesOf(lecture.headings), [lecture]);
  const current = entries.findLast(({ index }) => index <= section); // a deep heading has no entry of its own
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (list.current && current) keepInView(list.current);
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
        {entries.map((entry) => (
          <EntryView key={entry.index} entry={entry} current={entry === current} />
        ))}
      </ol>
    </nav>
  );
}

const EntryView = memo(function EntryView({ entry: { heading, level }, current }: { entry: Entry; current: boolean }) {
  return (
    <li data-level={level}>
      <button type="button" aria-current={current ? "location" : undefined} onClick={() => jumpTo(heading.position)}>
        {heading.text}
      </button>
    </li>
  );
});

/** Scrolls the list, and nothing else, until the current entry can be seen with some of what is around it. */
function keepInView(list: HTMLElement): void {
  const entry = list.querySelector<HTMLElement>("[aria-current]");
  if (!entry) return;
  const [box, room] = [entry.getBoundingClientRect(), list.getBoundingClientRect()];
  const around = room.height / 5;
  if (box.top < room.top + around) list.scrollTop += box.top - room.top - around;
  else if (box.bottom > room.bottom - around) list.scrollTop += box.bottom - room.bottom + around;
}
