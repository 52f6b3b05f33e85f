import type { Failure } from "../../format/generated";
import { jumpToLine } from "../../state/actions";
import { useLecture } from "../../state/store";

/** An exception and the way it came, each line of the record a way to go there. */
export function FailureView({ failure }: { failure: Failure }) {
  const { files } = useLecture().trace;
  return (
    <div className="failure" role="note" aria-label="The run failed here">
      <p className="failure-name">
        <strong>{failure.type}</strong>
        {failure.message && `: ${failure.message}`}
      </p>
      {failure.cause && <p className="failure-cause">Raised from {failure.cause}</p>}
      <details>
        <summary>Traceback</summary>
        <ol>
          {failure.traceback.map(({ file, path, line, function: name, text }, index) => (
            // A traceback never changes; recursion repeats its lines.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              {files[file] ? (
                <button type="button" className="text-button" onClick={() => jumpToLine(file, line)}>
                  {files[file].path}, line {line}
                </button>
              ) : (
                <span>
                  {path}, line {line}
                </span>
              )}{" "}
              in {name}
              {text && <code>{text}</code>}
            </li>
          ))}
        </ol>
      </details>
    </div>
  );
}
