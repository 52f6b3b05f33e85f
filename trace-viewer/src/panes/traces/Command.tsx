import { useEffect, useState } from "react";
import { copied } from "../../state/link";

/** For so long a button says what it has done. */
const SAID_MS = 2000;

/** A command for a terminal, with a button that copies it. */
export function Command({ words, children }: { words: string; children: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(setSaid, SAID_MS, "");
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => setSaid((await copied(children)) ? "Copied" : "Not copied");
  return (
    <span className="trace-command">
      <span>{words}</span>
      <code>{children}</code>
      <button type="button" className="button" aria-label={`Copy ${children}`} onClick={() => void copy()}>
        {said || "Copy"}
      </button>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </span>
  );
}
