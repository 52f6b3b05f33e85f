import type { Tokens } from "../format/generated";
import { visible } from "./escape";

/** Token ids as chips over their text. */
export function TokensView({ tokens: { ids, pieces } }: { tokens: Tokens }) {
  return (
    <span className="value-tokens">
      {ids.map((id, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a token stands at its place
        <span key={index} className="token" title={String(id)}>
          {visible(pieces[index] ?? "")}
        </span>
      ))}
    </span>
  );
}
