import "./ranks.css";
import { useRef } from "react";
import type { Outcome, SourceFile } from "../../format/generated";
import type { Lane } from "../../logic/side-by-side";
import { seconds } from "../../logic/units";
import { goToRank } from "../../state/ranks";
import { visible } from "../../values/escape";
import { count } from "../../values/numbers";
import { Guard } from "../../widgets/Guard";
import { useOnTop } from "../../widgets/useOnTop";
import { AcrossRanks } from "./AcrossRanks";
import { Collectives } from "./Collectives";
import { useRanks, type RanksNow } from "./useRanks";

/** A run of several ranks: where each is, what the names of this function are on each, and what they say to each other. */
export default function RanksPane() {
  const now = useRanks();
  const pane = useRef<HTMLElement>(null);
  useOnTop(pane, now !== null);
  if (!now) return null;
  return (
    <section ref={pane} className="ranks" data-keeps aria-label="Ranks">
      <Guard what="The ranks" watch={now.lecture}>
        <Head {...now} />
        <Where {...now} />
        <AcrossRanks {...now} />
        <Collectives {...now} />
      </Guard>
    </section>
  );
}

function Head({ lecture, shown, together, setTogether }: RanksNow) {
  const { run, number } = lecture.rank;
  return (
    <header className="ranks-head">
      <h2 className="side-title">Ranks</h2>
      <p className="ranks-place">
        Rank {number} <span className="ranks-of">of {count(run.ranks.length)}</span>
        {shown.length < run.ranks.length && (
          <span className="ranks-of">
            {" "}
            · {shown[0]} to {shown.at(-1)} here
          </span>
        )}
      </p>
      <div className="ranks-together" role="group" aria-label="Where the others are">
        {(["line", "moment"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={together === each} onClick={() => setTogether(each)}>
            same {each}
          </button>
        ))}
      </div>
    </header>
  );
}

/** Each rank with its place: a press goes there. */
function Where({ lecture, lanes, together }: RanksNow) {
  return (
    <table className="ranks-table ranks-where">
      <thead>
        <tr>
          <th scope="col">Rank</th>
          <th scope="col">{together === "line" ? "at this line" : "at this moment"}</th>
          <th scope="col">{together === "line" ? "came there" : "since"}</th>
        </tr>
      </thead>
      <tbody>
        {lanes.map((lane) => {
          const isHere = lane.number === lecture.rank.number;
          return (
            <tr key={lane.number} data-here={isHere || undefined}>
              <th scope="row">
                <button
                  type="button"
                  className="ranks-go"
                  aria-current={isHere || undefined}
                  aria-label={`Rank ${lane.number}`}
                  onClick={() => void goToRank(lane.number)}
                >
                  {lane.number}
                </button>
              </th>
              <td>
                <Place lane={lane} together={together} isHere={isHere} />
                <Ended lane={lane} />
              </td>
              <td className="ranks-when">{isHere ? "here" : whenWords(lane)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Place({ lane, together, isHere }: { lane: Lane; together: string; isHere: boolean }) {
  const { lecture, position, state, isSame } = lane;
  if (!lecture) return <span className="nothing">being worked out …</span>;
  if (position < 0) return <span className="nothing">{together === "line" ? "never ran it" : "had not begun"}</span>;
  if (together === "moment" && !isHere && state !== "running")
    return <span className="nothing">{state === "before" ? "had not begun" : "was over"}</span>;
  const step = lecture.positions.step[position];
  const { file, line } = lecture.placeOf(step);
  const text = linesOf(lecture.trace.files[file])[line - 1]?.trim() ?? "";
  return (
    <span className="ranks-line">
      {together === "line" && !isSame && <strong>never came here; last on the way: </strong>}
      <span className="ranks-number">{line}</span> <code>{visible(text.slice(0, 120))}</code>
    </span>
  );
}

const split = new WeakMap<SourceFile, string[]>();

function linesOf(file: SourceFile): string[] {
  let lines = split.get(file);
  if (!lines) split.set(file, (lines = file.text.split("\n")));
  return lines;
}

const ENDS: Record<Outcome["status"], string> = {
  finished: "",
  failed: "failed",
  interrupted: "interrupted",
  lost: "lost without a word",
  running: "still running",
  stopped: "stopped",
};

/** How a rank ended that did not finish. */
function Ended({ lane: { number, lecture } }: { lane: Lane }) {
  const own = lecture?.rank.run.trace.ranks.findLast((each) => each.rank === number)?.outcome;
  if (!own || !ENDS[own.status]) return null;
  const { message } = own;
  return (
    <span className="ranks-ended">
      {ENDS[own.status]}
      {typeof message === "string" && message !== "" && `: ${visible(message.slice(0, 200))}`}
    </span>
  );
}

/** `+3.2 ms`: after the reader's own rank. */
function whenWords({ later, position }: Lane): string {
  if (position < 0 || Number.isNaN(later)) return "";
  if (later === 0) return "at once";
  return `${later > 0 ? "+" : "−"}${seconds(Math.abs(later) / 1e9)}`;
}
