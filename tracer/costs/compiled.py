"""Being told when code runs that inductor made: kernels of its own in it are seen by no dispatch mode.

Nothing here is part of torch's interface: where it is not found, nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from types import ModuleType
from typing import Any

from tracer.imports import when_imported

__all__ = ["CompiledWatch"]

OUTPUT = "torch._inductor.output_code"


class CompiledWatch:
    """Between `begin()` and `end()`, `tell` is called before a graph that inductor compiled runs, on its thread."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._waiting: AbstractContextManager[None] | None = None
        self._wrapped: tuple[Any, Any, Any] | None = None

    def begin(self) -> None:
        if self._waiting is None:
            self._waiting = when_imported({OUTPUT: self._wrap})
            self._waiting.__enter__()

    def end(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.__exit__(None, None, None)
        wrapped, self._wrapped = self._wrapped, None
        if wrapped is not None:
            cls, original, ours = wrapped
            if vars(cls).get("__call__") is ours:  # else somebody has wrapped ours since: it tells no more, and stays
                cls.__call__ = original

    def _wrap(self, module: ModuleType) -> None:
        cls: Any = getattr(module, "CompiledFxGraph", None)
        original: Any = vars(cls).get("__call__") if isinstance(cls, type) else None
        if original is None:
            return

        @wraps(original)
        def call(graph: Any, *args: Any, **kwargs: Any) -> Any:
            if self._waiting is not None:
                self._tell()
            return original(graph, *args, **kwargs)

        cls.__call__ = call
        self._wrapped = cls, original, call
