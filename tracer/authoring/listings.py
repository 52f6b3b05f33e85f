"""`code`: a listing that is shown, not run."""

from __future__ import annotations

from types import ModuleType

from tracer.authoring.plain import bounded, described, plain_text
from tracer.authoring.recording import active, missing

__all__ = ["code"]


def code(source: object, language: str = "python", caption: str = "") -> None:
    """Show a listing: a string (common indentation removed), or the source of a function, class or module.

    `language` says how to colour it. Raises TypeError for anything else; a function without source (one written in C)
    leaves a placeholder.
    """
    if not isinstance(source, str) and not callable(source) and not isinstance(source, ModuleType | property):
        raise TypeError(
            f"code() takes a string, or a function, class or module to show the source of, not {described(source)}."
        )
    if not isinstance(language, str) or not isinstance(caption, str):
        raise TypeError("code() takes its language and its caption as strings.")
    if (recorder := active()) is None:
        return
    import textwrap

    from tracer.authoring.definitions import NoSource, find, source_of
    from tracer.format.schema import Code

    if isinstance(source, str):
        listing = textwrap.dedent(plain_text(source))
    else:
        try:
            listing = source_of(find(source))
        except NoSource as reason:
            missing(recorder, "code", reason.name, str(reason))
            return
    recorder.emit(
        Code(
            text=bounded(recorder, "code", _without_blank_ends(listing)),
            language=plain_text(language),
            caption=plain_text(caption),
        )
    )


def _without_blank_ends(listing: str) -> str:
    """A listing without the blank lines that triple quotes put around it; its own indentation stays."""
    lines = listing.split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    return "\n".join(lines)
