import { useEffect, type FormEvent, type KeyboardEvent, type ReactNode } from "react";
import { arrange, type Course } from "../../format/course";
import { inOrder, viewerLink, type Listed } from "../../format/listing";
import { preloadMath } from "../../markdown/katex";
import { CommandButton } from "../../widgets/CommandButton";
import { Command } from "./Command";
import { GoOn } from "./GoOn";
import { LectureRow, TraceRow } from "./Rows";
import { useStartPage, type StartPage } from "./useStartPage";
import "./TracesPage.css";

/** The start page: the course, what of it has been recorded, and every other trace there is, each a link into the viewer. */
export default function TracesPage() {
  const page = useStartPage();
  useEffect(() => {
    // Nearly every lecture has formulas.
    if (page && "requestIdleCallback" in window) requestIdleCallback(() => void preloadMath());
  }, [page]);
  const course = page?.course ?? null;
  const title = course?.title;
  useEffect(() => {
    if (title) document.title = title;
  }, [title]);
  return (
    <main className="traces-page" aria-busy={page === undefined}>
      {page && (
        <div onKeyDown={moveByArrows} role="presentation">
          <Contents {...page} />
          <OpenFile />
        </div>
      )}
    </main>
  );
}

function Contents({ course, problem, listing }: StartPage) {
  const traces = listing.state === "ready" ? listing.traces : [];
  return (
    <>
      <header>
        <h1>{course?.title ?? "Executable lectures"}</h1>
        <p>
          {course?.description ||
            "Each is a Python program, recorded line by line as it ran. Open one and step through it."}
        </p>
        <GoOn course={course} traces={traces} />
      </header>
      {problem && (
        <section className="traces-aside card" role="alert">
          <h2>The course cannot be shown</h2>
          <p>{problem}</p>
        </section>
      )}
      {course && listing.state !== "failed" ? (
        <CourseContents course={course} traces={traces} />
      ) : (
        <Traces listing={listing} />
      )}
    </>
  );
}

function CourseContents({ course, traces }: { course: Course; traces: Listed[] }) {
  const { entries, others } = arrange(course, traces);
  return (
    <>
      {entries.length > 0 && entries.every(({ trace }) => trace === null) && (
        <Aside title="No lecture has been recorded here yet">
          <p>Each is recorded by running it, with the command below it. Then it can be opened here.</p>
        </Aside>
      )}
      <ol className="traces">
        {entries.map(({ lecture, trace }) => (
          <LectureRow key={lecture.id} lecture={lecture} trace={trace} />
        ))}
      </ol>
      {others.length > 0 && (
        <section className="traces-others" aria-label="Other traces">
          <h2>Other traces</h2>
          <List traces={others} />
        </section>
      )}
    </>
  );
}

function Traces({ listing }: Pick<StartPage, "listing">) {
  switch (listing.state) {
    case "ready":
      return listing.traces.length ? (
        <List traces={listing.traces} />
      ) : (
        <Aside title="No lecture has been recorded yet">
          <p>Run one, and it appears here.</p>
          <Command words="For example:">python execute.py -m lecture_01</Command>
        </Aside>
      );
    case "absent":
      return (
        <Aside title="This site keeps no list of its traces">
          <p>A trace can still be opened by its address, relative to this page.</p>
          <OpenByAddress />
        </Aside>
      );
    case "failed":
      return (
        <section className="traces-aside card" role="alert">
          <h2>The list cannot be shown</h2>
          <p>{listing.message}</p>
          <p>
            To start the server again: <code>python -m tracer serve</code>
          </p>
          <OpenByAddress />
        </section>
      );
  }
}

function List({ traces }: { traces: Listed[] }) {
  return (
    <ul className="traces">
      {inOrder(traces).map((trace) => (
        <TraceRow key={trace.url} trace={trace} />
      ))}
    </ul>
  );
}

function Aside({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="traces-aside card">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function OpenFile() {
  return (
    <footer className="traces-own">
      <CommandButton id="openFile" wide />
      <span>or drop one anywhere on this page. Those of edtrace open, too.</span>
    </footer>
  );
}

function OpenByAddress() {
  const open = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const address = String(new FormData(event.currentTarget).get("trace") ?? "").trim();
    if (address) location.assign(viewerLink(address));
  };
  return (
    <form className="traces-open" onSubmit={open}>
      <input
        name="trace"
        aria-label="Address of a trace"
        placeholder="traces/lecture_01.json"
        autoComplete="off"
        spellCheck={false}
      />
      <button type="submit" className="button primary">
        Open
      </button>
    </form>
  );
}

/** From one link to the next by ↑ and ↓, once one has the focus; Tab gets there, Enter opens. */
function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const links = Array.from(event.currentTarget.querySelectorAll<HTMLElement>("a[href]"));
  const at = links.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  links[at + by]?.focus();
}
