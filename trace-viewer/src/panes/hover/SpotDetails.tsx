import type { Spot } from "../../code/names";
import { ROLE_ARGUMENT } from "../../format/generated";
import type { Lecture } from "../../logic/lecture";
import type { Seen } from "../../logic/seen";
import { jumpTo, peekAt } from "../../state/actions";
import { visible } from "../../values/escape";
import { count } from "../../values/numbers";
import { CompactValue } from "./CompactValue";
import { CallDetails } from "./CallDetails";
import type { Explanation, Site } from "./explain";

interface Props {
  lecture: Lecture;
  site: Site;
  spot: Spot;
  position: number;
  explanation: Explanation;
  /** Called before the reader is led elsewhere. */
  onLeave: () => void;
}

/** What is to tell of a name or a call: its value, when that was, where it comes from, and what it is by now. */
export function SpotDetails({ lecture, site, spot, position, explanation, onLeave }: Props) {
  const { file } = site;
  const { seen, answer, now, call, definition, binding } = explanation;
  const go = (to: number) => () => {
    onLeave();
    jumpTo(to);
  };
  const look = (at: number, line: number) => () => {
    onLeave();
    peekAt(at, line);
  };
  const title = answer?.kind === "value" && answer.partial ? answer.of : spot.expression;
  return (
    <>
      <p className="hover-title">
        <code>
          {visible(title)}
          {call && "(…)"}
        </code>
        {seen && (answer || call) && (
          <When seen={seen} line={spot.line} inCall={site.call !== null} onGo={go} lecture={lecture} />
        )}
      </p>
      {call && <CallDetails call={call} onGo={go} />}
      {answer?.kind === "value" && !(call && isFunction(answer.value)) && (
        <>
          <CompactValue value={answer.value} />
          {answer.partial && <p className="hover-note">Of this, {visible(spot.expression)} is not in the record.</p>}
          <Bound lecture={lecture} answer={answer} position={position} onGo={go} />
        </>
      )}
      {answer?.kind === "not yet" && (
        <p className="hover-note">
          Not bound yet at this step <Away lecture={lecture} from={position} to={answer.known} word="bound" onGo={go} />
        </p>
      )}
      {answer?.kind === "cleared" && (
        <p className="hover-note">
          No longer recorded <Away lecture={lecture} from={position} to={answer.known} word="cleared" onGo={go} />
        </p>
      )}
      {now && (
        <div className="hover-now">
          <p className="hover-title">
            <span>at this step</span>
          </p>
          <CompactValue value={now.value} />
        </div>
      )}
      {definition && (
        <p className="hover-note">
          Defined at{" "}
          <button type="button" className="text-button" onClick={look(definition.file, definition.line)}>
            {placeName(lecture, definition.file, definition.line, file)}
          </button>
          , called {definition.calls === 1 ? "once" : `${count(definition.calls)} times`}
        </p>
      )}
      {binding && (
        <p className="hover-note">
          {binding.kind === "import" ? "Imported" : binding.kind === "definition" ? "Defined" : "Bound"} at{" "}
          <button type="button" className="text-button" onClick={look(file, binding.line)}>
            line {binding.line}
          </button>
          {(binding.kind === "name" || binding.kind === "parameter") && (
            <>
              ; its value was not recorded: <code># @inspect {visible(binding.name)}</code> would
            </>
          )}
        </p>
      )}
    </>
  );
}

function isFunction(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "definition";
}

type Go = (to: number) => () => void;

/** Which execution the values are of. */
function When({
  seen,
  line,
  inCall,
  lecture,
  onGo,
}: {
  seen: Seen;
  line: number;
  /** It is about the call that is shown in place. */
  inCall: boolean;
  lecture: Lecture;
  onGo: Go;
}) {
  if (seen.when === "now") return <span>at this step</span>;
  const runs = seen.when === "ahead" ? "runs" : "ran";
  const words = {
    before: `when line ${line} last ran`,
    elsewhere: `when line ${line} last ran, in an earlier call`,
    ahead: `when line ${line} first runs`,
  }[seen.when];
  return (
    <span>
      {inCall ? `when line ${line} last ${runs} in this call` : words},{" "}
      <button type="button" className="text-button" onClick={onGo(lecture.positions.entry[seen.step])}>
        {steps(seen.away)} {seen.when === "ahead" ? "on" : "ago"}
      </button>
    </span>
  );
}

function Bound({
  lecture,
  answer,
  position,
  onGo,
}: {
  lecture: Lecture;
  answer: { row: number; known: number; written: boolean };
  position: number;
  onGo: Go;
}) {
  const { trace, positions, tree } = lecture;
  const { role, step } = trace.bindings;
  if (role[answer.row] === ROLE_ARGUMENT) {
    const caller = tree.parent(trace.steps.call[step[answer.row]], step[answer.row]);
    if (caller >= 0) {
      const from = positions.entry[caller];
      return (
        <p className="hover-note">
          <Away lecture={lecture} from={position} to={from} word="an argument, passed" onGo={onGo} />
        </p>
      );
    }
  }
  const word = answer.written ? "written to" : "bound";
  return (
    <p className="hover-note">
      <Away lecture={lecture} from={position} to={answer.known} word={word} onGo={onGo} />
    </p>
  );
}

/** `bound at line 12, 3 steps ago`, the way there included. */
function Away({
  lecture,
  from,
  to,
  word,
  onGo,
}: {
  lecture: Lecture;
  from: number;
  to: number;
  word: string;
  onGo: Go;
}) {
  const { line, file } = lecture.placeOf(lecture.positions.step[to]);
  const here = lecture.placeOf(lecture.positions.step[from]).file;
  const place = placeName(lecture, file, line, here);
  if (to === from)
    return (
      <>
        {word} here, at {place}
      </>
    );
  return (
    <>
      {word} at{" "}
      <button type="button" className="text-button" onClick={onGo(to)}>
        {place}
      </button>
      , {steps(Math.abs(to - from))} {to < from ? "ago" : "on"}
    </>
  );
}

function placeName({ trace }: Lecture, file: number, line: number, here: number): string {
  return file === here ? `line ${line}` : `${visible(trace.files[file].path.split("/").at(-1) ?? "")}, line ${line}`;
}

function steps(many: number): string {
  return many === 1 ? "1 step" : `${count(many)} steps`;
}
