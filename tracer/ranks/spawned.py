"""A process that a lecture starts to be one of its ranks: it is recorded by itself, and the lecture's trace gets its lane.

What multiprocessing is to run there is replaced by `Traced`, which sets up recording and then runs it. For a process that is
spawned it travels as bytes inside: they are read, and the lecture and torch imported, when recording has begun.
"""

from __future__ import annotations

import inspect
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Provenance
from tracer.ranks.place import Place

if TYPE_CHECKING:
    from tracer.run import Options

__all__ = ["Lane", "Traced", "runs_the_lecture", "torch_rank"]


@dataclass(frozen=True)
class Lane:
    """What a child has to know to record itself: the lecture, its folders, how to record, its place in the run."""

    name: str
    output: Path
    root: Path
    entry: Path
    options: Options
    place: Place
    provenance: Provenance


class Traced:
    """Stands in for the target of a process: calls it, recorded."""

    def __init__(self, lane: Lane, target: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._lane = lane
        self._call: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]] | bytes = target, args, kwargs

    def __getstate__(self) -> dict[str, Any]:
        from multiprocessing.reduction import ForkingPickler

        buffer = io.BytesIO()
        ForkingPickler(buffer, None).dump(self._call)
        return {"_lane": self._lane, "_call": buffer.getvalue()}

    def __call__(self) -> None:
        from tracer.run import run_lane

        run_lane(self._lane, self.passed_on)

    def passed_on(self) -> None:
        """Call it; `interrupts` knows by its name that the lecture runs below."""
        call = self._call
        if isinstance(call, bytes):
            import pickle

            call = pickle.loads(call)
        target, args, kwargs = call
        target(*args, **kwargs)


def runs_the_lecture(target: Any, args: tuple[Any, ...], is_visible: Callable[[str], bool]) -> bool:
    """Whether what a process is to run is a function of the lecture's: not a library's worker."""
    if _is_torch_wrap(target):
        target = args[0]
    while isinstance(target, partial):
        target = target.func
    function = inspect.unwrap(getattr(target, "__func__", target)) if callable(target) else None
    if isinstance(function, object) and not inspect.isroutine(function):
        function = vars(type(function)).get("__call__")
    code = getattr(function, "__code__", None)
    return code is not None and is_visible(code.co_filename)


def torch_rank(target: Any, args: tuple[Any, ...]) -> int:
    """The number that `torch.multiprocessing` gives the process it is about to start; -1 if another starts it."""
    return args[1] if _is_torch_wrap(target) and isinstance(args[1], int) else -1


def _is_torch_wrap(target: Any) -> bool:
    spawn = sys.modules.get("torch.multiprocessing.spawn")
    return spawn is not None and target is getattr(spawn, "_wrap", None)
