"""`text` and `note`: prose, on the page and for the speaker."""

from __future__ import annotations

from tracer.authoring.plain import Style, bounded, check_style, words_of
from tracer.authoring.recording import active

__all__ = ["note", "text"]


def text(message: str | float, style: Style | None = None, verbatim: bool = False) -> None:
    """Show `message`: Markdown with `$…$` and `$$…$$` for formulas or, when `verbatim`, exactly those characters.

    `style` holds CSS properties in camelCase. A number is shown as Python prints it. Raises TypeError for anything else.
    """
    message, checked = words_of("text", message), check_style("text", style)
    if (recorder := active()) is not None:
        from tracer.format.schema import Words

        shown = bounded(recorder, "text", message)
        recorder.emit(Words(text=shown, verbatim=bool(verbatim), style=checked))


def note(message: str | float) -> None:
    """Speaker notes in Markdown: seen by the presenter, and by readers who ask. Raises TypeError for what is no text."""
    message = words_of("note", message)
    if (recorder := active()) is not None:
        from tracer.format.schema import Note

        recorder.emit(Note(text=bounded(recorder, "note", message)))
