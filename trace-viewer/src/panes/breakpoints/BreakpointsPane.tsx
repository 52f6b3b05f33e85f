import "./breakpoints.css";
import { useRef, useState } from "react";
import { keyLabel } from "../../commands/keys";
import { command } from "../../commands/registry";
import { sourceLines, type Breakpoint } from "../../logic/breakpoints";
import type { Lecture } from "../../logic/lecture";
import { setOverlay } from "../../state/actions";
import {
  addWatch,
  changeCondition,
  enableBreakpoint,
  isPlaced,
  loadBreakpoints,
  removeBreakpoint,
} from "../../state/breakpoints";
import { goToStop } from "../../state/stops";
import { store, useLecture, useStore } from "../../state/store";
import { Dialog } from "../../widgets/Dialog";
import { Icon } from "../../widgets/Icon";
import { ConditionField } from "./ConditionField";
import { Sentence } from "./Sentence";
import { stopWords, undecidedWords } from "./stop-words";
import { useStops } from "./useStops";

/** All breakpoints of the lecture: where, under which condition, how often; and a field for another condition. */
export default function BreakpointsPane() {
  const lecture = useLecture();
  loadBreakpoints();
  const breakpoints = useStore((state) => state.breakpoints);
  const pane = useRef<HTMLDivElement>(null);
  return (
    <Dialog title="Breakpoints">
      <div className="breakpoints" ref={pane}>
        <ConditionField
          lecture={lecture}
          where={null}
          label="Stop where this becomes true"
          condition=""
          action="Add"
          first
          onSet={addWatch}
        />
        {breakpoints.length > 0 ? (
          <ul className="breakpoint-list" aria-label="Breakpoints">
            {breakpoints.map((breakpoint) => (
              <Row
                key={breakpoint.id}
                lecture={lecture}
                breakpoint={breakpoint}
                onRemove={() => {
                  removeBreakpoint(breakpoint.id);
                  pane.current?.querySelector<HTMLElement>("[data-first]")?.focus();
                }}
              />
            ))}
          </ul>
        ) : (
          <p className="nothing">
            No breakpoint yet. <kbd className="kbd">{keyLabel(command("breakpoint").keys[0])}</kbd> puts one on the
            current line; so does the menu of a line, with a condition if you like.
          </p>
        )}
        <p className="breakpoints-help">
          A condition is written as in Python, over the recorded values: <code>loss &lt; 2</code>,{" "}
          <code>len(tokens) &gt; 5</code>, <code>x.shape == (4, 8)</code>, <code>isnan(x) or x.max() &gt; 100</code>.
        </p>
        {breakpoints.length > 0 && (
          <p className="breakpoints-go">
            <GoButton id="previousStop" text="Back" />
            <GoButton id="nextStop" text="Continue" />
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** Goes from stop to stop, of all breakpoints that are switched on. */
function GoButton({ id, text }: { id: "nextStop" | "previousStop"; text: string }) {
  const { label, keys, icon, run } = command(id);
  return (
    <button
      type="button"
      className={id === "nextStop" ? "button primary" : "button"}
      aria-label={label}
      title={`${label} (${keyLabel(keys[0])})`}
      onClick={() => {
        setOverlay(null);
        run(store.getState());
      }}
    >
      <Icon name={icon} />
      {text}
    </button>
  );
}

function Row({ lecture, breakpoint, onRemove }: { lecture: Lecture; breakpoint: Breakpoint; onRemove(): void }) {
  const { id, anchor, file, line, condition, enabled } = breakpoint;
  const [editing, setEditing] = useState(false);
  const placed = isPlaced(breakpoint);
  const stops = useStops(lecture, placed ? breakpoint : null);
  const name = nameOf(breakpoint);
  return (
    <li data-off={!enabled || undefined}>
      <div className="breakpoint-row">
        <label className="breakpoint-name">
          <input
            type="checkbox"
            checked={enabled}
            aria-label={`Stop ${name}`}
            onChange={(event) => enableBreakpoint(id, event.target.checked)}
          />
          <span className="breakpoint-what">
            {anchor === null ? (
              <code className="breakpoint-condition">{condition}</code>
            ) : (
              <>
                <code className="breakpoint-source">
                  {(placed ? (sourceLines(lecture, file)[line - 1] ?? "") : anchor.text).trim().slice(0, 160)}
                </code>
                {condition !== "" && (
                  <span>
                    where <code className="breakpoint-condition">{condition}</code>
                  </span>
                )}
              </>
            )}
            <span className="breakpoint-where">
              {[
                anchor === null ? "where it becomes true" : placeWords(breakpoint),
                stops ? stopWords(stops) : "this line is not in this recording",
              ].join(" · ")}
            </span>
          </span>
        </label>
        <span className="breakpoint-buttons">
          <button type="button" className="button" aria-label={`First stop ${name}`} onClick={() => go("first")}>
            First
          </button>
          <button type="button" className="button" aria-label={`Next stop ${name}`} onClick={() => go("next")}>
            Next
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={`Condition ${name}`}
            title="Condition"
            aria-expanded={editing}
            onClick={() => setEditing(!editing)}
          >
            <Icon name="edit" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove the breakpoint ${name}`}
            title="Remove"
            onClick={onRemove}
          >
            <Icon name="remove" />
          </button>
        </span>
      </div>
      {stops?.problem && (
        <p className="condition-words" data-wrong>
          <Sentence words={stops.problem.message} />
        </p>
      )}
      {stops && stops.undecided > 0 && (
        <p className="condition-words">
          <Sentence words={undecidedWords(stops)} />
        </p>
      )}
      {editing && (
        <ConditionField
          lecture={lecture}
          where={anchor === null ? null : { file, line, anchor }}
          label={anchor === null ? "Stop where this becomes true" : "Stop here where"}
          condition={condition}
          action="Set"
          mayBeEmpty={anchor !== null}
          first
          onSet={(text) => {
            changeCondition(id, text);
            setEditing(false);
          }}
        />
      )}
    </li>
  );

  function go(which: "first" | "next"): void {
    void goToStop(breakpoint, which);
  }
}

function placeWords({ anchor, line }: Breakpoint): string {
  const file = anchor!.path.split("/").at(-1);
  return line > 0 ? `line ${line} of ${file}` : `once line ${anchor!.line} of ${file}`;
}

/** What tells it from the others, for those who do not see the row. */
function nameOf(breakpoint: Breakpoint): string {
  const { anchor, condition } = breakpoint;
  if (anchor === null) return `where ${condition} becomes true`;
  return `on ${placeWords(breakpoint)}${condition === "" ? "" : `, where ${condition}`}`;
}
