import { useEffect, useState } from "react";
import type { Lecture } from "../../logic/lecture";
import { openRun } from "../../logic/open";
import { TraceProblem } from "../../format/problem";
import { compareWith } from "../../state/actions";
import { keepOpened } from "../../state/comparison";
import { useLecture, useStore } from "../../state/store";
import { count } from "../../values/numbers";
import { Dialog } from "../../widgets/Dialog";
import { ago, fetchListing, type Listed, type Listing } from "../../format/listing";
import { lineText, placeWords } from "./places";
import { otherTurns } from "./turns";
import "./compare-dialog.css";

/** With what to compare: another place of this trace, another trace, or a file. */
export default function CompareDialog() {
  const lecture = useLecture();
  return (
    <Dialog title="Compare">
      <OtherPlaces lecture={lecture} />
      <OtherTraces lecture={lecture} />
      <FromFile />
    </Dialog>
  );
}

/** This step with another turn of its line, or with where the reader was before. */
function OtherPlaces({ lecture }: { lecture: Lecture }) {
  const position = useStore((state) => state.position);
  const path = useStore(({ opened }) => (opened.status === "ready" ? opened.path : ""));
  const past = useStore((state) => state.past);
  if (position < 0) return null;
  const { positions } = lecture;
  const { turn, of, step } = otherTurns(lecture, position);
  const here = lecture.placeOf(positions.step[position]);
  const go = (target: number, out: boolean) => compareWith({ path, step: target, out });
  const goTurn = (nth: number) => go(step(nth), positions.out[position] === 1);
  const before = past.findLast((at) => at !== position) ?? -1;
  return (
    <section className="compare-choice">
      <h3>This step with another of this run</h3>
      <p className="compare-here">
        Line {here.line} <code>{lineText(lecture, here.file, here.line)}</code>{" "}
        {of > 1 ? `ran ${count(of)} times; this is turn ${count(turn)}.` : "ran once."}
      </p>
      <div className="compare-options">
        {of > 1 && turn > 1 && (
          <button type="button" className="button" data-first onClick={() => goTurn(turn - 1)}>
            Previous turn
          </button>
        )}
        {of > 1 && turn > 2 && (
          <button type="button" className="button" data-first onClick={() => goTurn(1)}>
            First turn
          </button>
        )}
        {of > 1 && turn < of && (
          <button type="button" className="button" data-first onClick={() => goTurn(of)}>
            Last turn
          </button>
        )}
        {of > 2 && <TurnForm of={of} turn={turn} onGo={goTurn} />}
        {before >= 0 && (
          <button
            type="button"
            className="button"
            onClick={() => go(positions.step[before], positions.out[before] === 1)}
          >
            Where I was before: {placeWords(lecture, before)}
          </button>
        )}
        {of === 1 && before < 0 && (
          <p className="nothing">
            Go to a line that ran several times, or jump somewhere, and more can be chosen here.
          </p>
        )}
      </div>
    </section>
  );
}

function TurnForm({ of, turn, onGo }: { of: number; turn: number; onGo: (nth: number) => void }) {
  const [text, setText] = useState("");
  const nth = Number.parseInt(text, 10);
  const sound = nth >= 1 && nth <= of && nth !== turn;
  return (
    <form
      className="compare-turn"
      onSubmit={(event) => {
        event.preventDefault();
        if (sound) onGo(nth);
      }}
    >
      <label>
        turn
        <input
          inputMode="numeric"
          size={Math.max(String(of).length, 3)}
          value={text}
          placeholder={`1–${of}`}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="button" aria-disabled={!sound}>
        Compare
      </button>
    </form>
  );
}

/** The traces of this server, those of the same lecture first. */
function OtherTraces({ lecture }: { lecture: Lecture }) {
  const path = useStore(({ opened }) => (opened.status === "ready" ? opened.path : ""));
  const [listing, setListing] = useState<Listing>();
  useEffect(() => {
    const request = new AbortController();
    void fetchListing(request.signal).then((answer) => {
      if (!request.signal.aborted) setListing(answer);
    });
    return () => request.abort();
  }, []);
  const others =
    listing?.state === "ready" ? listing.traces.filter(({ url, problem }) => url !== path && !problem) : [];
  const { title, name } = lecture.trace.summary;
  const isKin = (listed: Listed) =>
    listed.title === title || listed.title === lecture.title || listed.name.startsWith(name);
  const kin = others.filter(isKin);
  const strangers = others.filter((listed) => !isKin(listed));
  return (
    <section className="compare-choice" aria-busy={listing === undefined}>
      <h3>With another trace</h3>
      {listing?.state === "failed" && <p className="nothing">{listing.message}</p>}
      {listing?.state === "absent" && <p className="nothing">This site keeps no list of its traces: choose a file.</p>}
      {listing?.state === "ready" && others.length === 0 && (
        <p className="nothing">
          There is no other trace here. Run the lecture again under another name, with what you changed.
        </p>
      )}
      <TraceList listed={kin} words="of this lecture" />
      <TraceList listed={strangers} words={kin.length > 0 ? "of other lectures" : ""} />
    </section>
  );
}

function TraceList({ listed, words }: { listed: Listed[]; words: string }) {
  if (listed.length === 0) return null;
  return (
    <>
      {words && <p className="compare-faint">{words}</p>}
      <ul className="compare-traces">
        {listed.map(({ url, name, title, steps, modified }) => (
          <li key={url}>
            <button type="button" data-first onClick={() => compareWith({ path: url, step: -1, out: false })}>
              <strong>{name}</strong>
              <span>{title}</span>
              <span className="compare-faint">
                {[steps === null ? "" : `${count(steps)} steps`, ago(modified)].filter(Boolean).join(", ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function FromFile() {
  const [problem, setProblem] = useState("");
  const open = async (file: File) => {
    try {
      const { loadFile } = await import("../../format/local");
      const path = keepOpened(file, await openRun(await loadFile(file)));
      compareWith({ path, step: -1, out: false });
    } catch (error) {
      if (!(error instanceof TraceProblem)) console.error(error);
      setProblem(error instanceof TraceProblem ? error.message : "The viewer met something it does not understand.");
    }
  };
  return (
    <section className="compare-choice">
      <h3>With a file</h3>
      <label className="compare-file">
        <span>A trace on this machine</span>
        <input
          type="file"
          accept=".json,.gz,application/json"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void open(file);
          }}
        />
      </label>
      {problem && (
        <p className="compare-trouble" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
