import "./controls.css";
import { useSoon } from "../../state/soon";
import { lectureOf, useLecture, useStore } from "../../state/store";
import { loopHere } from "../../state/loops";
import { CommandButton } from "../../widgets/CommandButton";
import { LoopControl } from "./LoopControl";
import { PlayControl } from "./PlayControl";
import { Scrubber } from "./Scrubber";
import { useStatus } from "./useStatus";

/** The instrument: where the reader is, and the buttons that move them, within reach of a thumb. */
export function ControlsPane() {
  const any = useStore((state) => (lectureOf(state)?.positions.count ?? 0) > 0);
  const playing = useStore((state) => state.playing);
  const inLoop = useSoon((state) => loopHere(state) !== undefined);
  return (
    <section
      className="controls"
      aria-label="Stepping"
      data-loop={inLoop || undefined}
      data-playing={playing || undefined}
    >
      {any && <Scrubber />}
      <div className="place">
        <PlayControl />
        <Status />
      </div>
      <div className="buttons" role="toolbar" aria-label="Step">
        <CommandButton id="outBack" className="wide-only" />
        <CommandButton id="overBack" />
        <CommandButton id="back" />
        <CommandButton id="forward" wide text="Step" className="primary" />
        <CommandButton id="over" />
        <CommandButton id="out" />
      </div>
      <div className="going">
        <LoopControl />
        <div className="going-buttons" role="toolbar" aria-label="Go">
          <CommandButton id="previousTurn" className="of-line" />
          <CommandButton id="nextTurn" className="of-line" />
          <CommandButton id="jumpBack" />
        </div>
      </div>
    </section>
  );
}

function Status() {
  const lecture = useLecture();
  const { number, count, section, detail } = useStatus(lecture);
  return (
    <p className="status">
      <span className="count">
        {number} <span className="of">/ {count}</span>
      </span>
      {detail ? (
        <span className="detail" title={detail}>
          {detail}
        </span>
      ) : (
        section && <span className="section">{section}</span>
      )}
    </p>
  );
}
