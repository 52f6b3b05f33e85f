"""What Triton's interpreter does for a kernel: bytes loaded and stored, FLOPs of `tl.dot`, atomics.

With TRITON_INTERPRET=1 a kernel is run by NumPy, program by program, and torch's dispatcher knows nothing of it. All that a
kernel does about memory goes through a few methods of the interpreter's builder (block pointers and tensor descriptors too),
which are wrapped for as long as anything is counted. Elements that a mask leaves out are neither loaded nor stored, so the
counts are exact; a kernel that is compiled, for a GPU, is not counted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import wraps
from types import ModuleType
from typing import Any

from tracer.format.schema import MAKES, WRITES
from tracer.imports import when_imported

__all__ = ["KernelCounter"]

INTERPRETER = "triton.runtime.interpreter"

Count = Callable[[str, int, int, int, str], None]
"""`count(name, kind, flops, bytes, formula)`: an operation of the table `operations` has run, on this thread."""

Uncounted = Callable[[], AbstractContextManager[Any]]
"""Within `uncounted()`, what torch does on this thread is not the lecture's doing."""


class KernelCounter:
    """Between `begin()` and `end()`, `count` is told of what interpreted kernels do; Triton may be imported at any time.

    `uncounted`: the interpreter has torch copy a kernel's arguments to and fro, which no kernel on a device would need.
    """

    def __init__(self, count: Count, uncounted: Uncounted = nullcontext) -> None:
        self._count = count
        self._uncounted = uncounted
        self._waiting: AbstractContextManager[None] | None = None
        self._wrapped: list[tuple[type, str, Any, Any]] = []

    def begin(self) -> None:
        """Count from now on. Without effect if it does already."""
        if self._waiting is None:
            self._waiting = when_imported({INTERPRETER: self._wrap})
            self._waiting.__enter__()

    def end(self) -> None:
        """Count no more: the interpreter is as it was."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.__exit__(None, None, None)
        wrapped, self._wrapped = self._wrapped, []
        for cls, name, original, ours in wrapped:
            if vars(cls).get(name) is ours:  # else somebody has wrapped ours since: it counts no more, and stays
                setattr(cls, name, original)

    def _wrap(self, interpreter: ModuleType) -> None:
        builder: Any = getattr(interpreter, "InterpreterBuilder", None)
        executor: Any = getattr(interpreter, "GridExecutor", None)
        for name, look in _METHODS.items():
            self._replace(builder, name, self._counted, look)
        for name in ("_init_args_hst", "_restore_args_dev"):
            self._replace(executor, name, self._apart, None)

    def _replace(self, cls: Any, name: str, wrapper: Any, look: Any) -> None:
        original = vars(cls).get(name) if isinstance(cls, type) else None
        if callable(original):  # a version that does not have it is not counted
            ours = wrapper(original, look)
            setattr(cls, name, ours)
            self._wrapped.append((cls, name, original, ours))

    def _counted(self, original: Any, look: Any) -> Any:
        @wraps(original)
        def method(builder: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(builder, *args, **kwargs)
            if self._waiting is not None:
                with suppress(Exception):  # a builder that has changed: what it does is not known
                    self._count(*look(result, *args, **kwargs))
            return result

        return method

    def _apart(self, original: Any, _look: None) -> Any:
        @wraps(original)
        def method(executor: Any, *args: Any, **kwargs: Any) -> Any:
            if self._waiting is None:
                return original(executor, *args, **kwargs)
            with self._uncounted():
                return original(executor, *args, **kwargs)

        return method


# --------------------------------------------------------------------------- one function a method: what its arguments say

Counted = tuple[str, int, int, int, str]


def _load(_result: Any, ptrs: Any, mask: Any, *_: Any, **__: Any) -> Counted:
    return "tl.load", MAKES, 0, _unmasked(mask) * _size(ptrs), ""


def _store(_result: Any, ptrs: Any, _value: Any, mask: Any, *_: Any, **__: Any) -> Counted:
    return "tl.store", WRITES, 0, _unmasked(mask) * _size(ptrs), ""


def _dot(_result: Any, a: Any, b: Any, *_: Any, **__: Any) -> Counted:
    """Two FLOPs for each product that is summed up: 2·M·N·K, for each of a batch. Its operands are in registers."""
    *batch, m, k = a.data.shape
    n = b.data.shape[-1]
    flops, names, numbers = 2 * m * n * k, "2·M·N·K", f"2·{m}·{n}·{k}"
    for size in batch:
        flops, names, numbers = flops * size, "2·B·M·N·K", numbers.replace("2·", f"2·{size}·", 1)
    return "tl.dot", MAKES, flops, 0, f"{names} = {numbers}"


def _atomic(_result: Any, operation: Any, ptr: Any, _value: Any, mask: Any, *_: Any, **__: Any) -> Counted:
    """Reads what was there, and writes."""
    name = str(operation.name).lower()
    name = {"fadd": "add", "umin": "min", "umax": "max"}.get(name, name)
    return f"tl.atomic_{name}", WRITES, 0, 2 * _unmasked(mask) * _size(ptr), ""


def _compare(result: Any, ptr: Any, expected: Any, *_: Any, **__: Any) -> Counted:
    """Reads what was there, and writes where that is what was expected."""
    numpy = sys.modules["numpy"]
    written = numpy.count_nonzero(result.data == expected.data)
    return "tl.atomic_cas", WRITES, 0, (result.data.size + int(written)) * _size(ptr), ""


_METHODS: dict[str, Callable[..., Counted]] = {
    "create_masked_load": _load,
    "create_masked_store": _store,
    "create_dot": _dot,
    "create_atomic_rmw": _atomic,
    "create_atomic_cas": _compare,
}


def _unmasked(mask: Any) -> int:
    numpy = sys.modules["numpy"]
    bits = mask if isinstance(mask, numpy.ndarray) else mask.data  # of a block pointer or descriptor, an array itself
    return int(numpy.count_nonzero(bits))


def _size(pointers: Any) -> int:
    """Bytes of an element: a bool takes one."""
    return max(1, int(pointers.get_element_ty().primitive_bitwidth) // 8)
