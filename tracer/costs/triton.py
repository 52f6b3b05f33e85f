"""What Triton's interpreter does for a kernel, counted: bytes loaded and stored, FLOPs of `tl.dot`, atomics.

Elements that a mask leaves out are neither loaded nor stored, so the counts are exact; a kernel that is compiled, for a GPU, is
not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tracer.format.schema import ACCESS_LOAD, MAKES, WRITES
from tracer.kernels.interpreter import Access, Listener, Product, Redirection, leave, listen

__all__ = ["KernelCounter"]

Count = Callable[[str, int, int, int, str], None]
"""`count(name, kind, flops, bytes, formula)`: an operation of the table `operations` has run, on this thread."""

Uncounted = Callable[[], AbstractContextManager[Any]]
"""Within `uncounted()`, what torch does on this thread is not the lecture's doing."""


class KernelCounter(Listener):
    """Between `begin()` and `end()`, `count` is told of what interpreted kernels do; Triton may be imported at any time.

    `uncounted`: the interpreter has torch copy a kernel's arguments to and fro, which no kernel on a device would need.
    """

    def __init__(self, count: Count, uncounted: Uncounted = nullcontext) -> None:
        self._count = count
        self._uncounted = uncounted

    def begin(self) -> None:
        """Count from now on. Without effect if it does already."""
        listen(self)

    def end(self) -> None:
        """Count no more."""
        leave(self)

    def copying(self) -> AbstractContextManager[Any]:
        return self._uncounted()

    def heard(self, event: Access | Product | Redirection) -> None:
        if isinstance(event, Access):
            kind = MAKES if event.kind == ACCESS_LOAD else WRITES
            self._count(event.name, kind, 0, event.moved * event.item_bytes, "")
        elif isinstance(event, Product):
            self._count("tl.dot", MAKES, event.flops, 0, event.formula)
