import type { ReactNode } from "react";
import { changedStretch } from "./difference";
import { stretches, visible } from "./escape";
import { useKept } from "./kept";
import { count } from "./numbers";
import { summaryLine } from "./summary";
import { Toggle } from "./Toggle";
import { Parts } from "./ValueInline";

const LINE = 80;
const FIRST = 1200;
const PAGE = 20_000;
const SCROLLS_FROM = 600;
const WIDE_LINE = /.{32}/;
/** Characters shown of what is gone. */
const LONGEST_GONE = 200;

type Props = {
  text: string;
  /** Of the whole string; `text` may be only its beginning. */ length: number;
  /** What it was; what differs from it is marked. */ before?: string | undefined;
};

/** A string: short ones as Python writes them, others with their lines. Spaces and line ends are made visible on demand. */
export function StringView({ text, length, before }: Props) {
  const [shown, setShown] = useKept("shown", FIRST);
  const [whitespace, setWhitespace] = useKept("whitespace", false);
  const [wraps, setWraps] = useKept("wraps", true);
  if (text.length <= LINE && text.length >= length && !text.includes("\n")) {
    return <Parts parts={summaryLine(text, 10 * LINE, false, before).parts} />;
  }
  const end = shown < text.length ? shown - (/[\ud800-\udbff]/.test(text.charAt(shown - 1)) ? 1 : 0) : text.length;
  return (
    <div className="value-string">
      {/* Scrolls when it is long or does not wrap, so the keyboard must reach it. */}
      <div
        className={wraps ? "value-string-text" : "value-string-text unwrapped"}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={end > SCROLLS_FROM || !wraps ? 0 : undefined}
      >
        <Text text={text} end={end} before={before} whitespace={whitespace} />
        {end < length ? <span className="value-faint">…</span> : null}
      </div>
      <div className="value-facts">
        <span>{count(length)} characters</span>
        <Toggle pressed={whitespace} onPress={setWhitespace} title="Make spaces, tabs and line ends visible">
          whitespace
        </Toggle>
        {WIDE_LINE.test(text) ? (
          <Toggle pressed={wraps} onPress={setWraps} title="Wrap long lines">
            wrap
          </Toggle>
        ) : null}
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

type TextProps = { text: string; end: number; before: string | undefined; whitespace: boolean };

/** The text up to `end`, with the stretch that is not as it was marked. */
function Text({ text, end, before, whitespace }: TextProps) {
  const piece = (from: number, to: number) => drawn(text.slice(Math.min(from, end), Math.min(to, end)), whitespace);
  if (before === undefined || before === text) return piece(0, end);
  const { from, to, was } = changedStretch(text, before);
  const gone = before.slice(from, was);
  return (
    <>
      {piece(0, from)}
      {gone && from <= end ? (
        <del>{gone.length > LONGEST_GONE ? `${visible(gone.slice(0, LONGEST_GONE))}…` : visible(gone)}</del>
      ) : null}
      {to > from ? <ins>{piece(from, to)}</ins> : null}
      {piece(to, text.length)}
    </>
  );
}

function drawn(text: string, whitespace: boolean): ReactNode {
  return stretches(text, whitespace).map((stretch, index) =>
    stretch.kind === "plain" ? (
      stretch.text
    ) : (
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={stretch.kind === "space" ? "value-space" : "value-escape"}>
        {stretch.text}
      </span>
    ),
  );
}
