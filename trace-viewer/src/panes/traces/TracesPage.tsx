import { useEffect, useState, type FormEvent } from "react";
import { followLink } from "../../state/address";
import { count } from "../../values/numbers";
import { CommandButton } from "../../widgets/CommandButton";
import {
  ago,
  chapterOf,
  duration,
  fetchListing,
  fileSize,
  inOrder,
  viewerLink,
  type Listed,
  type Listing,
} from "../../format/listing";
import "./TracesPage.css";

/** The start page: the traces there are, each a link into the viewer. Looks again whenever the page is returned to. */
export default function TracesPage() {
  const listing = useListing();
  return (
    <main className="traces-page">
      <header>
        <h1>Executable lectures</h1>
        <p>Each is a Python program, recorded line by line as it ran. Open one and step through it.</p>
        <div className="traces-own">
          <CommandButton id="openFile" wide />
          <span>or drop one anywhere on this page. Those of edtrace open, too.</span>
        </div>
      </header>
      <div aria-live="polite" aria-busy={listing === undefined}>
        {listing ? <Body listing={listing} /> : null}
      </div>
    </main>
  );
}

function Body({ listing }: { listing: Listing }) {
  switch (listing.state) {
    case "ready":
      return listing.traces.length ? (
        <ul className="traces">
          {inOrder(listing.traces).map((trace) => (
            <Row key={trace.url} trace={trace} />
          ))}
        </ul>
      ) : (
        <section className="traces-aside card">
          <h2>No lecture has been recorded yet</h2>
          <p>Run one, and it appears here:</p>
          <pre>
            <code>python execute.py -m lecture_01</code>
          </pre>
        </section>
      );
    case "absent":
      return (
        <section className="traces-aside card">
          <h2>This site keeps no list of its traces</h2>
          <p>A trace can still be opened by its address, relative to this page.</p>
          <OpenByAddress />
        </section>
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

function Row({ trace }: { trace: Listed }) {
  const { name, title, url, steps, seconds, outcome, modified, bytes, problem } = trace;
  const isFailure = problem !== null || outcome?.status === "failed" || outcome?.status === "lost";
  const trouble = problem ?? (outcome && outcome.status !== "finished" ? outcome.message : "");
  const { number, words } = chapterOf(title);
  return (
    <li className="trace">
      <a href={viewerLink(url)} aria-label={title} onClick={followLink}>
        <span className="trace-number">{number}</span>
        <span>{words}</span>
      </a>
      <span className="trace-name">{name}</span>
      <span className="trace-facts">
        {problem ? <span className="chip error">unreadable</span> : <OutcomeChip status={outcome?.status} />}
        {steps === null ? null : <span>{count(steps)} steps</span>}
        {seconds === null ? null : <span>{duration(seconds)}</span>}
        <span>{fileSize(bytes)}</span>
        <time dateTime={modified} title={modified}>
          {ago(modified)}
        </time>
      </span>
      {trouble ? <span className={isFailure ? "trace-trouble failure" : "trace-trouble"}>{trouble}</span> : null}
    </li>
  );
}

function OutcomeChip({ status }: { status?: string }) {
  if (!status || status === "finished") return null;
  return <span className={status === "failed" || status === "lost" ? "chip error" : "chip warn"}>{status}</span>;
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

function useListing(): Listing | undefined {
  const [listing, setListing] = useState<Listing>();
  useEffect(() => {
    let request = new AbortController();
    const look = async () => {
      request.abort();
      request = new AbortController();
      const { signal } = request;
      const answer = await fetchListing(signal);
      if (!signal.aborted) setListing(answer);
    };
    const returned = () => document.visibilityState === "visible" && void look();
    void look();
    document.addEventListener("visibilitychange", returned);
    return () => {
      request.abort();
      document.removeEventListener("visibilitychange", returned);
    };
  }, []);
  return listing;
}
