import { memo, useEffect, useRef, type KeyboardEvent } from "react";
import { argumentsOf } from "../../logic/call-arguments";
import { callInPlace, type CallInPlace } from "../../logic/call-in-place";
import { callLinks, callsMadeBy } from "../../logic/call-links";
import { jumpTo } from "../../state/actions";
import { chooseInPlace, closeInPlace, DEEPEST, depthOf, isFresh } from "../../state/in-place";
import { useLecture, useStore } from "../../state/store";
import { count } from "../../values/numbers";
import { ValueInline } from "../../values/ValueInline";
import { Guard } from "../../widgets/Guard";
import { Icon } from "../../widgets/Icon";
import { CalledBody } from "./CalledBody";

interface Props {
  place: string;
  /** The calls that the statement made in one activation, and which of them is shown: -1 for none. */
  made: Int32Array;
  index: number;
  /** The execution of the statement that this is about. */
  at: number;
  base: string;
}

/** A call in place: what it was called with, its body as it ran then, and what came back. */
export function CalledCall({ place, made, index, at, base }: Props) {
  const lecture = useLecture();
  const frame = useRef<HTMLDivElement>(null);
  const call = index < 0 || index >= made.length ? -1 : made[index];
  useEffect(() => {
    if (!isFresh(place)) return;
    const element = frame.current!;
    element.scrollIntoView({ block: "nearest", behavior: "instant" });
    // By a key of the page the focus goes where the reader looks, and Escape and Tab are at hand.
    if (document.activeElement === document.body) element.focus({ preventScroll: true });
  }, [place]);

  function close(): void {
    const control = frame.current?.parentElement?.querySelector<HTMLElement>(`[data-place="${place}"]`);
    if (frame.current?.contains(document.activeElement)) control?.focus({ preventScroll: true });
    closeInPlace(place);
  }

  function press(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  }

  const name = call < 0 ? "" : lecture.functionName(call);
  const of = made.length > 1 ? `, call ${count(index + 1)} of ${count(made.length)}` : "";
  return (
    // Escape, wherever in it the focus is.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="called"
      role="group"
      tabIndex={-1}
      ref={frame}
      aria-label={call < 0 ? "Nothing was called" : `${name}, in place${of}`}
      onKeyDown={press}
    >
      <div className="called-head">
        {call < 0 ? <span className="nothing">It called nothing here this time.</span> : <Signature call={call} />}
        <span className="called-actions">
          {made.length > 1 && (
            <span className="called-choice">
              <button
                type="button"
                className="icon-button"
                aria-label="The call before"
                title="The call before"
                disabled={index <= 0}
                onClick={() => chooseInPlace(place, { index: index - 1, at })}
              >
                <Icon name="previousLoopTurn" />
              </button>
              <span>
                {index < 0 ? "–" : count(index + 1)} of {count(made.length)}
              </span>
              <button
                type="button"
                className="icon-button"
                aria-label="The next call"
                title="The next call"
                disabled={index + 1 >= made.length}
                onClick={() => chooseInPlace(place, { index: index + 1, at })}
              >
                <Icon name="nextLoopTurn" />
              </button>
            </span>
          )}
          {call >= 0 && (
            <button
              type="button"
              className="text-button called-into"
              onClick={() => jumpTo(lecture.positions.entry[callLinks(lecture).first[call]])}
            >
              Step into it
            </button>
          )}
          <button type="button" className="icon-button" aria-label="Put away" title="Put away (Esc)" onClick={close}>
            <Icon name="close" />
          </button>
        </span>
      </div>
      {call >= 0 && (
        <Guard what="This call" watch={call}>
          <CalledBody call={callInPlace(lecture, call)} place={place} base={base} />
          <Foot call={callInPlace(lecture, call)} />
        </Guard>
      )}
    </div>
  );
}

/** `merge_pair(word=…, new='Z')`, with the values of this call. */
const Signature = memo(function Signature({ call }: { call: number }) {
  const lecture = useLecture();
  const given = argumentsOf(lecture, call);
  return (
    <code className="called-signature">
      <span className="tok-function">{lecture.functionName(call)}</span>(
      {given.map(({ name, value }, index) => (
        <span key={name} className="called-argument">
          {name}=<ValueInline value={value} max={56} />
          {index < given.length - 1 && ", "}
        </span>
      ))}
      )
    </code>
  );
});

function Foot({ call: { returned, raised } }: { call: CallInPlace }) {
  const { trace } = useLecture();
  if (raised)
    return (
      <p className="called-foot called-raised">
        raised <strong>{String(raised.type)}</strong>
        {raised.message && `: ${String(raised.message).slice(0, 300)}`}
      </p>
    );
  if (returned < 0 || trace.values[returned] === null) return null;
  return (
    <p className="called-foot">
      returned <ValueInline value={trace.values[returned]} max={160} />
    </p>
  );
}

/** What a line inside a call that is shown in place called itself. */
export function CalledInside({
  place,
  statement,
  call,
  base,
}: {
  place: string;
  statement: number;
  call: number;
  base: string;
}) {
  const lecture = useLecture();
  const choice = useStore(({ inPlace }) => inPlace.get(place));
  if (choice === undefined || depthOf(place) > DEEPEST) return null;
  const made = callsMadeBy(lecture, callLinks(lecture), statement, call);
  return <CalledCall place={place} made={made} index={choice?.index ?? 0} at={-1} base={base} />;
}
