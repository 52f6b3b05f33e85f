import "./contents.css";
import { useState } from "react";
import { jumpTo, peekAt, setOverlay } from "../../state/actions";
import { useLecture, useStore } from "../../state/store";
import { Dialog } from "../../widgets/Dialog";

/** The lecture's headings and source files, narrowed by what is typed; Enter goes to the first. */
export default function ContentsPane() {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const headings = lecture.headings.filter(({ text }) => text.toLowerCase().includes(wanted));
  const files = lecture.trace.files
    .map(({ path }, file) => ({ path, file }))
    .filter(({ path }) => path.includes(wanted));
  const current = lecture.headings.findLast((heading) => heading.position <= position);
  const go = (to: number) => {
    setOverlay(null);
    jumpTo(to);
  };
  return (
    <Dialog title="Contents">
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          if (headings[0]) go(headings[0].position);
          else if (files[0]) peekAt(files[0].file, 1);
        }}
      >
        <input
          type="search"
          data-first
          aria-label="Find a heading or a file"
          placeholder="Find a heading or a file"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </form>
      {headings.length > 0 && (
        <>
          <h3>Headings</h3>
          <ul className="contents-list">
            {headings.map((heading) => (
              <li key={`${heading.step} ${heading.text}`}>
                <button
                  type="button"
                  data-level={heading.level}
                  aria-current={heading === current ? "location" : undefined}
                  onClick={() => go(heading.position)}
                >
                  {heading.text}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {files.length > 0 && (
        <>
          <h3>Source files</h3>
          <ul className="contents-list files">
            {files.map(({ path, file }) => (
              <li key={path}>
                <button type="button" onClick={() => peekAt(file, 1)}>
                  {path}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {headings.length + files.length === 0 && <p className="nothing">Nothing here is called that.</p>}
    </Dialog>
  );
}
