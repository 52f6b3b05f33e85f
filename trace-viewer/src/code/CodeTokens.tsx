import { memo, type ReactNode } from "react";
import type { Token } from "./highlight";
import { escapeOf, unseenApart } from "./unseen";

/** One line of highlighted source. The array is the key of the memo: pass the same one for the same line. */
export const CodeTokens = memo(function CodeTokens({ tokens }: { tokens: Token[] }) {
  return tokens.map(({ text, cls }, index) =>
    cls ? (
      // Tokens of a line never move: their place is their identity.
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={cls}>
        {seen(text)}
      </span>
    ) : (
      seen(text, index)
    ),
  );
});

/** What is not plain ASCII may hold what cannot be seen, or turns the line around: a reader sees it, a copy has it as it is. */
// oxlint-disable-next-line no-control-regex
const PLAIN = /^[\t\u0020-\u007e]*$/;

function seen(text: string, token = 0): ReactNode {
  if (PLAIN.test(text)) return text;
  const pieces = unseenApart(text);
  if (pieces.length < 2 && !pieces[0]?.unseen) return text;
  return pieces.map((piece, index) =>
    piece.unseen ? (
      // oxlint-disable-next-line react/no-array-index-key
      <span key={`${token} ${index}`} className="unseen" data-shown={escapeOf(piece.text)}>
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  );
}
