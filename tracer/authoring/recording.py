"""Where outputs go: the recorder of the running lecture, when there is one.

The recorder is looked up, never imported: a lecture run without the tracer has not loaded it, and must not pay for it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Protocol

    from tracer.events.steps import Steps
    from tracer.format.schema import Output, Target, Value

    class Recorder(Protocol):
        """What the authoring interface asks of a recorder."""

        @property
        def cache(self) -> Path:
            """The folder for downloads and metadata; it may not exist yet."""

        def emit(self, output: Output) -> None:
            """Attach `output` to the step that is running."""

        @property
        def steps(self) -> Steps | None:
            """Whoever tells it of steps."""

        def notice(self, message: str, once: bool = False) -> None:
            """Warn the author at the line that is running, in the viewer and on the terminal; with `once`, not again there."""

        def store(self, data: bytes, suffix: str) -> str:
            """Keep `data` in a file named by its content; its address relative to the trace."""

        def target(self, path: str, line: int, name: str) -> Target | None:
            """That place in the recorded source, or None when the file is not part of the record."""

        def picture(self, value: object) -> Value:
            """A bounded picture of `value`."""


__all__ = ["active", "missing"]


def active() -> Recorder | None:
    """The recorder of the running lecture; None when the lecture runs without the tracer."""
    module = sys.modules.get("tracer.recorder")
    recorder: Recorder | None = module.active() if module is not None else None
    return recorder


def missing(recorder: Recorder, of: str, label: str, reason: str) -> None:
    """Show, in place of an output of kind `of`, what it was to be and why it is not there; tell the author too."""
    from tracer.authoring.plain import plain_text
    from tracer.format.schema import Placeholder

    label, reason = plain_text(label)[:500], plain_text(reason)
    recorder.emit(Placeholder(of=of, label=label, reason=reason))
    recorder.notice(f"{of}({label}): {reason}")
