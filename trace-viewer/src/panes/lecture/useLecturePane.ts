import { useCallback, useMemo, useState } from "react";
import { traceURL } from "../../format/load";
import type { Lecture } from "../../logic/lecture";
import { useStore } from "../../state/store";
import { useAhead } from "./useAhead";

/** How the current line is marked: a step that calls is marked on the way in and, differently, on the way out. */
export type Cursor = "at" | "in" | "out";

/** What a trace from the reader's own disk names is looked for where a trace of this page would have it. */
const TRACES = "var/traces/";

/** What the pane shows: which file, where in it the reader is, and which files stay drawn for when they come back. */
export function useLecturePane(lecture: Lecture) {
  const { positions, trace } = lecture;
  const position = useStore((state) => state.position);
  const peek = useStore((state) => state.peek);
  const settings = useStore((state) => state.settings);
  const motion = useStore((state) => state.motion);
  const path = useStore(({ opened }) => (opened.status !== "ready" ? "" : opened.file ? TRACES : opened.path));

  const step = position < 0 ? -1 : positions.step[position];
  const here = step < 0 ? null : lecture.placeOf(step);
  const file = peek?.file ?? here?.file ?? trace.entry;
  const cursor: Cursor = step < 0 || positions.entry[step] === positions.exit[step] ? "at" : inOrOut(position);
  const callers = useMemo(
    () =>
      lecture
        .stackAt(position)
        .slice(1)
        .map(({ step: caller }) => trace.steps.statement[caller]),
    [lecture, trace, position],
  );

  // Drawing a file anew takes longer than hiding it: a reader who steps in and out of a call finds it as it was.
  const [drawn, setDrawn] = useState({ lecture, files: [file] });
  const files = drawn.lecture === lecture ? drawn.files : [];
  if (drawn.lecture !== lecture || !files.includes(file)) setDrawn({ lecture, files: [...files, file] });
  const draw = useCallback((ahead: number) => {
    setDrawn((now) => (now.files.includes(ahead) ? now : { ...now, files: [...now.files, ahead] }));
  }, []);
  useAhead(lecture, position, settings.raw, draw);

  return {
    file,
    visited: files.includes(file) ? files : [...files, file],
    position,
    statement: step < 0 ? -1 : trace.steps.statement[step],
    cursor,
    callers,
    looked: peek?.line ?? 0,
    settings,
    motion,
    base: useMemo(() => traceURL(path)?.href ?? "", [path]),
    goal: peek ? `line ${peek.line}` : `position ${position}`,
  };

  function inOrOut(at: number): Cursor {
    return positions.out[at] ? "out" : "in";
  }
}
