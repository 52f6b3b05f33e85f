import type { DialogKey } from "../commands/dialog-keys";
import { keyLabel } from "../commands/keys";

/** A few keys in a row, each with what it does. */
export function KeyHints({ hints }: { hints: { keys: DialogKey["keys"]; word: string }[] }) {
  return (
    <div className="pick-keys" aria-hidden="true">
      {hints.map(({ keys, word }) => (
        <span key={word}>
          {keys.map((key) => (
            <kbd key={key} className="kbd">
              {keyLabel(key)}
            </kbd>
          ))}
          {word}
        </span>
      ))}
    </div>
  );
}
