import "./loop.css";
import { useId, useState } from "react";
import { keyLabel } from "../../commands/keys";
import { command } from "../../commands/registry";
import type { Lecture } from "../../logic/lecture";
import { loopsOf, type LoopPlace } from "../../logic/loops";
import { chooseLoop, goToTurn } from "../../state/actions";
import { loopHere, loopsHere } from "../../state/loops";
import { useSoon } from "../../state/soon";
import { useLecture, useStore } from "../../state/store";
import { count } from "../../values/numbers";
import { CommandButton } from "../../widgets/CommandButton";
import { Slider } from "../../widgets/Slider";

/** Moves by the turns of the loop around the step; there while the reader is in one. */
export function LoopControl() {
  const lecture = useLecture();
  const place = useStore(loopHere);
  const seen = useSoon((state) => loopHere(state) !== undefined); // a step into a loop is shown before it
  if (!place || !seen) return null;
  return (
    <div className="loop-control" role="toolbar" aria-label="Loop">
      <CommandButton id="previousLoopTurn" />
      <LoopChoice lecture={lecture} place={place} />
      <CommandButton id="nextLoopTurn" />
      <TurnSlider place={place} className="loop-roomy" />
      <CommandButton id="turns" className="loop-roomy" />
    </div>
  );
}

/** Where the reader is in the loop, in words; it opens what says more and leads to any turn of any loop around. */
function LoopChoice({ lecture, place }: { lecture: Lecture; place: LoopPlace }) {
  const panel = useId();
  const [open, setOpen] = useState(false);
  const { line } = loopPlace(lecture, place);
  const more = loopsOf(lecture).more(place);
  return (
    <>
      <button
        type="button"
        className="loop-here"
        popoverTarget={panel}
        aria-label={`Loop on line ${line}: ${place.ended ? "after turn" : "turn"} ${count(place.turn)} of ${count(place.turns)}`}
        title={more || "Loops around this step"}
      >
        <span className="loop-line">line {line}</span>
        <span className="loop-turn">
          {place.ended && "after "}
          {count(place.turn)}{" "}
          <span className="of">
            / {count(place.turns)}
            {more && "+"}
          </span>
        </span>
      </button>
      <div
        id={panel}
        popover="auto"
        className="loop-panel card floating"
        onBeforeToggle={(event) => setOpen(event.newState === "open")}
      >
        {open && <LoopPanel lecture={lecture} place={place} />}
      </div>
    </>
  );
}

function LoopPanel({ lecture, place }: { lecture: Lecture; place: LoopPlace }) {
  const places = useStore(loopsHere);
  const more = loopsOf(lecture).more(place);
  return (
    <>
      <fieldset>
        <legend>{places.length > 1 ? "Loops around this step" : "The loop around this step"}</legend>
        {places.map((each) => (
          <label key={each.index} className="loop-option">
            <input
              type="radio"
              name="loop"
              checked={each.index === place.index}
              onChange={() => chooseLoop(each.statement)}
            />
            <LoopName lecture={lecture} place={each} />
          </label>
        ))}
      </fieldset>
      <div className="loop-go">
        <TurnSlider place={place} />
        <TurnEntry key={`${place.index} ${place.turn}`} place={place} />
      </div>
      {more && <p className="nothing">{more}.</p>}
      <p className="loop-also">
        <CommandButton id="turns" wide text="Table of turns" />
        <span>
          <kbd className="kbd">{keyLabel(command("previousLoopTurn").keys[0])}</kbd>{" "}
          <kbd className="kbd">{keyLabel(command("nextLoopTurn").keys[0])}</kbd>
        </span>
      </p>
    </>
  );
}

function LoopName({ lecture, place }: { lecture: Lecture; place: LoopPlace }) {
  const { line, source } = loopPlace(lecture, place);
  return (
    <>
      <span className="loop-line">line {line}</span>
      <code className="loop-source">{source}</code>
      <span className="loop-turn">
        {count(place.turn)} <span className="of">/ {count(place.turns)}</span>
      </span>
    </>
  );
}

function loopPlace({ trace }: Lecture, { statement }: LoopPlace): { line: number; source: string } {
  const line = trace.statements.line[statement];
  const source = trace.files[trace.statements.file[statement]].text.split("\n", line)[line - 1] ?? "";
  return {
    line,
    source: source
      .trim()
      .replace(/\s+#.*$/, "")
      .slice(0, 80),
  };
}

function TurnSlider({ place, className = "" }: { place: LoopPlace; className?: string }) {
  return (
    <Slider
      className={`turn-slider ${className}`}
      min={1}
      max={place.turns}
      value={place.turn}
      label="Turn of the loop"
      text={`Turn ${place.turn} of ${place.turns}`}
      onMove={(turn, first) => goToTurn(turn, first)}
    />
  );
}

/** A turn by its number: gone to on Enter, or when the field is left. */
function TurnEntry({ place }: { place: LoopPlace }) {
  const [text, setText] = useState(String(place.turn));
  const go = () => {
    const turn = Number.parseInt(text, 10);
    if (turn > 0 && turn !== place.turn) goToTurn(turn, true);
    else setText(String(place.turn));
  };
  return (
    <label className="turn-entry">
      turn
      <input
        inputMode="numeric"
        value={text}
        size={Math.max(String(place.turns).length, 2)}
        onChange={(event) => setText(event.target.value)}
        onBlur={go}
        onKeyDown={(event) => event.key === "Enter" && go()}
      />
      of {count(place.turns)}
    </label>
  );
}
