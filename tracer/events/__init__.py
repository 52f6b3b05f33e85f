"""Who executes which line: two sources of interpreter events, one stream of steps."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tracer.events.steps import Steps

__all__ = ["EventSource", "event_source"]


class EventSource(Protocol):
    """Tells `Steps` what the interpreter does, between `start` and `stop`, on every thread."""

    name: str

    def start(self) -> None:
        """Begin. Raises RuntimeError, with a sentence, if another tool is in the way."""

    def stop(self) -> bool:
        """End, and leave the interpreter as it was. False if the events had stopped coming before."""


def event_source(steps: Steps) -> EventSource:
    """The best that this Python has."""
    if hasattr(sys, "monitoring"):
        from tracer.events.monitoring import MonitoringSource

        return MonitoringSource(steps)
    from tracer.events.settrace import SettraceSource

    return SettraceSource(steps)
