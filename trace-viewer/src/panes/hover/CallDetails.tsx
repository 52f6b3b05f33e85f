import type { Value } from "../../format/generated";
import { visible } from "../../values/escape";
import { ValueInline } from "../../values/ValueInline";
import { CompactValue } from "./CompactValue";
import type { ExplainedCall } from "./explain";

const MOST_ARGUMENTS = 12;

/** What a call was made with and what came back, and the way into it where it was stepped into. */
export function CallDetails({ call, onGo }: { call: ExplainedCall; onGo: (to: number) => () => void }) {
  const { traced, result } = call;
  const given = traced
    ? traced.arguments.map(({ name, value }) => ({ name, text: "", value: value as Value | undefined }))
    : call.arguments;
  const shown = given.slice(0, MOST_ARGUMENTS);
  return (
    <>
      {shown.length > 0 && (
        <dl className="hover-arguments">
          {shown.map(({ name, text, value }, index) => (
            // Arguments have an order, and not all of them a name.
            // oxlint-disable-next-line react/no-array-index-key
            <div key={index}>
              <dt>{visible(name || (value === undefined ? "" : text))}</dt>
              <dd>{value === undefined ? <code>{visible(text)}</code> : <ValueInline value={value} max={90} />}</dd>
            </div>
          ))}
        </dl>
      )}
      {given.length > shown.length && <p className="hover-note">… and {given.length - shown.length} more</p>}
      {result !== undefined && (
        <div className="hover-result">
          <span>returns</span> <CompactValue value={result} />
        </div>
      )}
      {traced?.raised && (
        <p className="hover-raised">
          raises {visible(traced.raised.type)}
          {traced.raised.message && `: ${visible(traced.raised.message.slice(0, 200))}`}
        </p>
      )}
      <p className="hover-note">
        {traced ? (
          <>
            <button type="button" className="text-button" onClick={onGo(traced.enter)}>
              Step into it
            </button>
            {traced.of > 1 && ` · the first of ${traced.of} calls here`}
            {traced.open && " · it has not returned yet"}
            {!traced.open && result === undefined && !traced.raised && " · what it returned was not recorded"}
          </>
        ) : (
          "Not stepped into: it lies outside of the lecture, or runs in one step"
        )}
      </p>
    </>
  );
}
