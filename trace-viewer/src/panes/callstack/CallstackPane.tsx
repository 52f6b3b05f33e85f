import "./callstack.css";
import { useEffect, useRef } from "react";
import { endPeek, jumpTo } from "../../state/actions";
import { useLecture, useStore } from "../../state/store";

/** Which function the reader is in and how the program came there: each caller leads back to its line. */
export function CallstackPane() {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const peek = useStore((state) => state.peek);
  const { files } = lecture.trace;
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    if (bar.current) bar.current.scrollLeft = bar.current.scrollWidth; // the innermost call in view
  });
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
  return (
    <nav className="callstack" aria-label="Call stack" ref={bar}>
      <span className="file">{fileName(files[file].path)}</span>
      <ol>
        {stack.map(({ call, step }, index) => (
          <li key={call}>
            {index === stack.length - 1 ? (
              <span className="here" aria-current="location">
                {lecture.functionName(call)}
              </span>
            ) : (
              <button
                type="button"
                title={`Line ${lecture.placeOf(step).line} of ${files[lecture.placeOf(step).file].path}`}
                onClick={() => jumpTo(lecture.positions.entry[step])}
              >
                {lecture.functionName(call)}
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function fileName(path: string): string {
  return path.replace(/^lectures\//, "");
}
