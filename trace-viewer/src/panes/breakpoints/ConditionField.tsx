import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import type { Breakpoint } from "../../logic/breakpoints";
import type { Lecture } from "../../logic/lecture";
import { stopsOf } from "../../logic/stops";
import { Sentence } from "./Sentence";
import { stopWords, undecidedWords } from "./stop-words";
import { useStops } from "./useStops";

interface Props {
  lecture: Lecture;
  /** The line that it belongs to; null: it is a condition alone. */
  where: Pick<Breakpoint, "file" | "line" | "anchor"> | null;
  label: string;
  /** What it was before. */
  condition: string;
  /** The words of the button that sets it. */
  action: string;
  /** An empty condition may be set, too. */
  mayBeEmpty?: boolean;
  /** The focus starts here. */
  first?: boolean;
  onSet(condition: string): void;
  children?: ReactNode;
}

/** What is typed is read so long after the latest key. */
const PAUSE_MS = 120;

/** A field for a condition: says under it what is wrong while it is typed, or how often it stops. */
export function ConditionField({
  lecture,
  where,
  label,
  condition,
  action,
  mayBeEmpty = false,
  first = false,
  onSet,
  children,
}: Props) {
  const [text, setText] = useState(condition);
  const read = usePaused(text.trim());
  const [refused, setRefused] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const words = useId();
  const stops = useStops(lecture, read === "" ? null : { ...(where ?? NOWHERE), condition: read });
  const isRead = read === text.trim();
  const problem = isRead ? stops?.problem : null;
  // A condition that has only begun is not yet wrong.
  const unfinished = problem && problem.at >= read.length && !refused;
  const isWrong = Boolean(problem) && !unfinished;
  useEffect(() => {
    if (first) field.current?.focus();
  }, [first]);
  return (
    <form
      className="condition"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = text.trim();
        if (wanted === "" ? !mayBeEmpty : stopsOf(lecture, { ...(where ?? NOWHERE), condition: wanted }).problem) {
          setRefused(true);
          field.current?.focus();
          return;
        }
        onSet(wanted);
        setText("");
      }}
    >
      <label>
        <span className="condition-label">{label}</span>
        <input
          ref={field}
          type="text"
          data-first={first || undefined}
          value={text}
          maxLength={500}
          spellCheck={false}
          autoCapitalize="none"
          autoCorrect="off"
          autoComplete="off"
          placeholder="loss < 2"
          aria-invalid={isWrong}
          aria-describedby={words}
          onChange={(event) => {
            setText(event.target.value);
            setRefused(false);
          }}
        />
      </label>
      <p id={words} className="condition-words" data-wrong={isWrong || undefined} aria-live="polite">
        {isWrong && problem && <Sentence words={problem.message} />}
        {!isWrong && stops && !stops.problem && (
          <>
            {stopWords(stops)}
            {stops.undecided > 0 && (
              <>
                {". "}
                <Sentence words={undecidedWords(stops)} />
              </>
            )}
          </>
        )}
        {!isWrong && !stops && refused && "Write a condition, such as loss < 2."}
      </p>
      <div className="condition-buttons">
        {children}
        <button type="submit" className="button primary">
          {action}
        </button>
      </div>
    </form>
  );
}

const NOWHERE = { file: -1, line: 0, anchor: null };

/** A text once it has rested for a moment. */
function usePaused(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
