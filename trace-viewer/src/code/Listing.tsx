import { memo, useMemo } from "react";
import { CodeTokens } from "./CodeTokens";
import { highlight } from "./highlight";
import "./Listing.css";

/** A highlighted piece of source, scrolling sideways when its lines are long. */
export const Listing = memo(function Listing({ text, language }: { text: string; language: string }) {
  const lines = useMemo(() => highlight(text.replace(/\n$/, ""), language), [text, language]);
  return (
    // Scrolls sideways, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="listing" tabIndex={0}>
      <code>
        {lines.map((tokens, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <span className="listing-line" key={index}>
            <CodeTokens tokens={tokens} />
            {"\n"}
          </span>
        ))}
      </code>
    </pre>
  );
});
