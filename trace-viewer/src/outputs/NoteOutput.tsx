import type { Note } from "../format/generated";
import { Markdown } from "../markdown/Markdown";
import type { OutputProps } from "./OutputView";

/** `note()`: for the speaker. Whether notes are shown at all is decided where outputs are laid out. */
export function NoteOutput({ output: { text }, base }: OutputProps<Note>) {
  return (
    <div className="speaker-note" role="note" aria-label="Speaker note">
      <span className="speaker-note-label" aria-hidden="true">
        Note
      </span>
      <Markdown text={text} base={base} />
    </div>
  );
}
