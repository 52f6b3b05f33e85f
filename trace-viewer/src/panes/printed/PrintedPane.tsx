import "./printed.css";
import { useLayoutEffect, useRef } from "react";
import { useLecture, useStore } from "../../state/store";
import { asOnTerminal } from "./terminal";

/** Characters kept on the page: more than anyone reads, and few enough to draw at every step. */
const LIMIT = 20_000;

/** What the program had written to stdout and stderr by now. */
export function PrintedPane() {
  const { printed } = useLecture();
  const position = useStore((state) => state.position);
  const { pieces, left } = printed.upTo(position, LIMIT);
  const end = useRef<HTMLPreElement>(null);
  const rows = printed.rowsAt(position);
  useLayoutEffect(() => {
    if (rows > 0) end.current?.scrollTo({ top: end.current.scrollHeight });
  }, [rows]);
  return (
    <section className="printed" aria-label="Printed output">
      <h2 className="side-title">Printed</h2>
      {left > 0 && <p className="nothing">{left.toLocaleString("en")} characters before these are left out.</p>}
      {pieces.length === 0 ? (
        <p className="nothing">{printed.any ? "Nothing yet." : "This lecture prints nothing."}</p>
      ) : (
        // A region that scrolls must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre ref={end} tabIndex={0}>
          {pieces.map(({ stream, text, fresh }, index) => (
            // Pieces are only ever added at the end.
            // oxlint-disable-next-line react/no-array-index-key
            <span key={index} className={stream} data-fresh={fresh || undefined}>
              {stream === "stderr" && <span className="stream">stderr </span>}
              {asOnTerminal(text)}
            </span>
          ))}
        </pre>
      )}
    </section>
  );
}
