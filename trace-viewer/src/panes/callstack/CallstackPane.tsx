import "./callstack.css";
import { lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { argumentsOf } from "../../logic/call-arguments";
import type { Frame } from "../../logic/calls";
import type { Lecture } from "../../logic/lecture";
import { endPeek, jumpTo } from "../../state/actions";
import { useSoonAt } from "../../state/soon";
import { useLecture, useStore } from "../../state/store";
import { count } from "../../values/numbers";
import { summarise } from "../../values/summary";
import { NARROW, useMedia } from "../../widgets/useMedia";

const StackList = lazy(() => import("./StackList"));

/** So many calls are named in the bar, where there is room and where there is little; of more, the middle is left out. */
const MOST = 6;
const MOST_NARROW = 2;

/** Which function the reader is in and how the program came there: each caller leads back to its line. */
export function CallstackPane() {
  const lecture = useLecture();
  const position = useSoonAt(lecture, (at) => at);
  const peek = useStore((state) => state.peek);
  const { files } = lecture.trace;
  if (peek) {
    return (
      <div className="callstack">
        <span className="here">{files[peek.file].path}</span>
        <button type="button" className="text-button" onClick={endPeek}>
          Back to the step
        </button>
      </div>
    );
  }
  const stack = lecture.stackAt(position).toReversed();
  const file = stack.length > 0 ? lecture.placeOf(stack.at(-1)!.step).file : lecture.trace.entry;
  return <Breadcrumbs lecture={lecture} stack={stack} file={files[file].path.replace(/^lectures\//, "")} />;
}

function Breadcrumbs({ lecture, stack, file }: { lecture: Lecture; stack: Frame[]; file: string }) {
  const narrow = useMedia(NARROW);
  const [listed, setListed] = useState(false);
  const bar = useRef<HTMLElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const list = useId();
  const most = narrow ? MOST_NARROW : MOST;
  const left = stack.length > most ? stack.length - most + 1 : 0; // the outermost, then these, then the innermost
  const before = narrow ? 0 : 1;
  const outer = left > 0 ? stack.slice(0, before) : stack.slice(0, -1);
  const inner = left > 0 ? stack.slice(before + left, -1) : [];
  const current = stack.at(-1);
  useEffect(() => toInnermost(bar.current!));
  useEffect(() => {
    const { current: element } = bar;
    const sizes = new ResizeObserver(() => toInnermost(element!)); // what comes to stand beside it takes room away
    sizes.observe(element!);
    return () => sizes.disconnect();
  }, []);

  function close(): void {
    setListed(false);
    more.current?.focus({ preventScroll: true });
  }

  return (
    <div className="callstack-place">
      <nav className="callstack" aria-label="Call stack" ref={bar}>
        <span className="file">{file}</span>
        <ol>
          {outer.map((frame) => (
            <Crumb key={frame.call} lecture={lecture} frame={frame} />
          ))}
          {left > 0 && (
            <li>
              <button
                type="button"
                className="callstack-more"
                ref={more}
                aria-expanded={listed}
                aria-controls={listed ? list : undefined}
                aria-label={`${count(left)} more calls between: list them all`}
                onClick={() => setListed(!listed)}
              >
                … {count(left)}
              </button>
            </li>
          )}
          {inner.map((frame) => (
            <Crumb key={frame.call} lecture={lecture} frame={frame} />
          ))}
          {current && (
            <li>
              <span className="here" aria-current="location" title={inWords(lecture, current)}>
                {lecture.functionName(current.call)}
              </span>
            </li>
          )}
        </ol>
      </nav>
      {listed && (
        <Suspense>
          <StackList id={list} lecture={lecture} stack={stack} opener={more} onClose={close} />
        </Suspense>
      )}
    </div>
  );
}

function Crumb({ lecture, frame }: { lecture: Lecture; frame: Frame }) {
  return (
    <li>
      <button type="button" title={inWords(lecture, frame)} onClick={() => jumpTo(lecture.positions.entry[frame.step])}>
        {lecture.functionName(frame.call)}
      </button>
    </li>
  );
}

/** `best_pair(counts={…}, tie='first'), at line 49 of lectures/lm/bpe.py` */
function inWords(lecture: Lecture, { call, step }: Frame): string {
  const { file, line } = lecture.placeOf(step);
  return `${callInWords(lecture, call)}, at line ${line} of ${lecture.trace.files[file].path}`;
}

let latest: { lecture: Lecture; words: Map<number, string> } | null = null;
/** Calls of which the words are kept. */
const MOST_KEPT = 200;

/** Steps go on in the same calls. */
function callInWords(lecture: Lecture, call: number): string {
  if (latest?.lecture !== lecture || latest.words.size > MOST_KEPT) latest = { lecture, words: new Map() };
  let words = latest.words.get(call);
  if (words === undefined) {
    const given = argumentsOf(lecture, call).map(({ name, value }) => `${name}=${summarise(value, 60)}`);
    latest.words.set(call, (words = `${lecture.functionName(call)}(${given.join(", ")})`));
  }
  return words;
}

/** The innermost call is in view, whatever is too long before it. */
function toInnermost(bar: HTMLElement): void {
  bar.scrollLeft = bar.scrollWidth;
}
