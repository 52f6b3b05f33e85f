import type { Failure } from "../../format/generated";
import { causesOf, tracebackOf, type TracedLine } from "../../logic/failures";
import { jumpTo, jumpToLine } from "../../state/actions";
import { useLecture } from "../../state/store";
import { visible } from "../../values/escape";

/** An exception, what it was raised from, and the way they came: each line of the record leads to where it was left. */
export function FailureView({ failure }: { failure: Failure }) {
  const lecture = useLecture();
  const causes = causesOf(lecture, failure);
  return (
    <div className="failure" role="note" aria-label="The run failed here">
      <Name failure={failure} />
      <Traceback lines={tracebackOf(lecture, failure)} />
      {causes.map((cause, index) => (
        // A chain never changes, and may name the same exception twice.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="failure-cause">
          <p>Raised from</p>
          <Name failure={cause} />
          <Traceback lines={tracebackOf(lecture, cause)} />
        </div>
      ))}
    </div>
  );
}

function Name({ failure: { type, message } }: { failure: Failure }) {
  return (
    <p className="failure-name">
      <strong>{visible(type)}</strong>
      {message && `: ${message.split("\n").map(visible).join("\n")}`}
    </p>
  );
}

/** More lines than these are folded: the reader knows the way, or has a deep recursion. */
const FEW = 6;

function Traceback({ lines }: { lines: TracedLine[] }) {
  if (lines.length === 0) return null;
  const list = (
    <ol>
      {lines.map((line, index) => (
        // A traceback never changes; recursion repeats its lines.
        // oxlint-disable-next-line react/no-array-index-key
        <Line key={index} {...line} />
      ))}
    </ol>
  );
  if (lines.length <= FEW) return list;
  return (
    <details>
      <summary>Traceback, {lines.length} lines</summary>
      {list}
    </details>
  );
}

function Line({ file, path, line, function: name, text, position }: TracedLine) {
  const { files } = useLecture().trace;
  const known = files[file];
  return (
    <li>
      {known ? (
        <button
          type="button"
          className="text-button"
          onClick={() => (position >= 0 ? jumpTo(position) : jumpToLine(file, line))}
        >
          {visible(known.path)}, line {line}
        </button>
      ) : (
        <span>
          {visible(path)}, line {line}
        </span>
      )}{" "}
      in {visible(name)}
      {text && <code>{visible(text)}</code>}
    </li>
  );
}
