import { memo } from "react";
import type { Token } from "./highlight";

/** One line of highlighted source. The array is the key of the memo: pass the same one for the same line. */
export const CodeTokens = memo(function CodeTokens({ tokens }: { tokens: Token[] }) {
  return tokens.map(({ text, cls }, index) =>
    cls ? (
      // Tokens of a line never move: their place is their identity.
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={cls}>
        {text}
      </span>
    ) : (
      text
    ),
  );
});
