"""Other processes that a lecture starts: they run as they would without the tracer, unrecorded, and the record says so."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tracer.imports import when_imported

if TYPE_CHECKING:
    from tracer.recorder import Recorder

__all__ = ["children_told_of"]

NOT_RECORDED = "Other processes are started here; what runs in them is not recorded."


@contextmanager
def children_told_of(recorder: Recorder, in_child: Callable[[], None]) -> Iterator[None]:
    """Within: a notice stands where a process is forked or spawned, and a forked one does `in_child` first."""

    def told() -> None:
        if not recorder.closed:
            recorder.notice(NOT_RECORDED, once=True)

    def forked() -> None:
        if not recorder.closed:
            in_child()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_parent=told, after_in_child=forked)
    patched: list[tuple[Any, Any]] = []

    def patch(module: ModuleType) -> None:
        """Spawning a process forks nothing; `start()` is where each of multiprocessing's begins."""
        base: Any = module.BaseProcess
        start = base.start

        @functools.wraps(start)
        def start_and_tell(self: Any) -> Any:
            told()
            return start(self)

        patched.append((base, start))
        base.start = start_and_tell

    with when_imported({"multiprocessing.process": patch}):
        try:
            yield
        finally:
            for base, start in patched:
                base.start = start
