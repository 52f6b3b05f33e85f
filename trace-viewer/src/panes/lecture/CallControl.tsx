import { lazy, memo, Suspense } from "react";
import type { Lecture } from "../../logic/lecture";
import { callingStatements } from "../../logic/call-links";
import { placeOf, toggleInPlace } from "../../state/in-place";
import { useStore } from "../../state/store";

const CallBelow = lazy(() => import("./CallBelow"));

/** Beside a line that called recorded code: shows what it called in place, below the line, or puts it away. */
export const CallControl = memo(function CallControl({
  place,
  line,
  reachable = true,
}: {
  place: string;
  line: number;
  /** By Tab: on a page, only at the current line; elsewhere a press of Enter does the same. */
  reachable?: boolean;
}) {
  const open = useStore(({ inPlace }) => inPlace.has(place));
  return (
    <button
      type="button"
      className="call-control"
      data-place={place}
      aria-expanded={open}
      aria-label={`What line ${line} called, in place`}
      title={open ? "Put away what this line called" : "Show what this line called, in place"}
      tabIndex={reachable ? 0 : -1}
      onClick={() => toggleInPlace(place)}
    />
  );
});

/** Below a line of the page: the call that it stands for, while that is open. */
export const CallSlot = memo(function CallSlot({ statement, base }: { statement: number; base: string }) {
  const open = useStore(({ inPlace }) => inPlace.has(placeOf(statement)));
  if (!open) return null;
  return (
    <Suspense>
      <CallBelow statement={statement} base={base} />
    </Suspense>
  );
});

/** By line, the statements of a file that called recorded code: where they begin, and below which line they end. */
export interface CallingLines {
  begins: ReadonlyMap<number, number>;
  ends: ReadonlyMap<number, number>;
}

export function callingLines(lecture: Lecture, file: number): CallingLines {
  const { statements } = lecture.trace;
  const calling = callingStatements(lecture);
  const begins = new Map<number, number>();
  const ends = new Map<number, number>();
  for (let statement = 0; statement < calling.length; statement++) {
    if (!calling[statement] || statements.file[statement] !== file || begins.has(statements.line[statement])) continue;
    begins.set(statements.line[statement], statement);
    ends.set(statements.end_line[statement], statement);
  }
  return { begins, ends };
}
