import { useState } from "react";
import { quoted, stretches } from "./escape";
import { count } from "./numbers";

const LINE = 80;
const FIRST = 1200;
const PAGE = 20_000;
const SCROLLS_FROM = 600;

type Props = { text: string; /** Of the whole string; `text` may be only its beginning. */ length: number };

/** A string: short ones as Python writes them, others with their lines, what is unseen made visible. */
export function StringView({ text, length }: Props) {
  const [shown, setShown] = useState(FIRST);
  if (text.length <= LINE && text.length >= length && !text.includes("\n")) {
    return <span className="tok-string">{quoted(text)}</span>;
  }
  const end = shown < text.length ? shown - (/[\ud800-\udbff]/.test(text.charAt(shown - 1)) ? 1 : 0) : text.length;
  return (
    <div className="value-string">
      {/* Scrolls when it is long, so the keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="value-string-text" tabIndex={end > SCROLLS_FROM ? 0 : undefined}>
        {stretches(text.slice(0, end)).map((stretch, index) =>
          stretch.kind === "plain" ? (
            stretch.text
          ) : (
            // oxlint-disable-next-line react/no-array-index-key
            <span key={index} className={stretch.kind === "space" ? "value-space" : "value-escape"}>
              {stretch.text}
            </span>
          ),
        )}
        {end < length ? <span className="value-faint">…</span> : null}
      </div>
      <div className="value-facts">
        <span>{count(length)} characters</span>
        {end < text.length ? (
          <button type="button" className="text-button" onClick={() => setShown(shown + PAGE)}>
            Show {text.length - end > PAGE ? count(PAGE) : "the rest"}
          </button>
        ) : text.length < length ? (
          <span>the beginning is recorded</span>
        ) : null}
      </div>
    </div>
  );
}
