"""What Triton's interpreter does for a kernel, told to whoever listens: launches, accesses to memory, products.

With TRITON_INTERPRET=1 a kernel is run by NumPy, program by program, and torch's dispatcher knows nothing of it. All that a
kernel does about memory goes through a few methods of the interpreter's builder (block pointers and tensor descriptors too),
which are wrapped for as long as anybody listens. A kernel that is compiled, for a GPU, is not heard of.

No wrapper stands around a whole kernel: what runs below a frame of the engine cannot be interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from functools import wraps
from operator import index
from types import ModuleType
from typing import Any, NamedTuple

from tracer.format.schema import ACCESS_ATOMIC, ACCESS_LOAD, ACCESS_STORE
from tracer.imports import when_imported

__all__ = ["Access", "Listener", "Product", "Redirection", "grid", "leave", "listen", "place"]

INTERPRETER = "triton.runtime.interpreter"


class Access(NamedTuple):
    """A program has loaded, stored, or done something atomic (`kind`, as in the table `accesses`).

    `pointers` is a handle of addresses, one an element, and `mask` says which of them count. `elements` do; `moved` is how many
    were read and written in all, of `item_bytes` each.
    """

    name: str
    kind: int
    pointers: Any
    mask: Any
    elements: int
    moved: int
    item_bytes: int


class Product(NamedTuple):
    """A program has multiplied two matrices, or a batch of them."""

    flops: int
    formula: str


class Redirection(NamedTuple):
    """A program has made the pointers `made` of those in `sources`, and they may be into several arrays or of another type."""

    made: Any
    sources: tuple[Any, ...]


class Listener:
    """What may be heard of kernels, on the thread that runs them."""

    @property
    def hears(self) -> bool:
        """Whether `heard` is to be told now."""
        return True

    def launching(self, function: Any, arguments: Sequence[Any], options: Mapping[str, Any]) -> None:
        """A kernel is about to run on these arguments, which the interpreter has copied to the host if need be."""

    def landed(self) -> None:
        """It has run. Not told of one that fails."""

    def copying(self) -> AbstractContextManager[Any]:
        """Around what the interpreter has torch do to copy arguments, which no kernel on a device would need."""
        return nullcontext()

    def heard(self, event: Access | Product | Redirection) -> None:
        """A program has done something."""


def listen(listener: Listener) -> None:
    """Tell `listener` from now on; Triton may be imported at any time. Without effect if it listens already."""
    _wrapping.listen(listener)


def leave(listener: Listener) -> None:
    """Tell it no more. When the last one has left, the interpreter is as it was."""
    _wrapping.leave(listener)


def grid() -> tuple[int, int, int]:
    """How many programs the kernel that runs has, in each direction."""
    return _three(_builder().grid_dim)


def place() -> tuple[int, int, int]:
    """Which of them runs now."""
    return _three(_builder().grid_idx)


def _builder() -> Any:
    return vars(sys.modules[INTERPRETER])["interpreter_builder"]


def _three(numbers: Sequence[Any]) -> tuple[int, int, int]:
    x, y, z = map(index, numbers)
    return x, y, z


class _Wrapping:
    """The interpreter's methods with ours in their places, while anybody listens."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()
        self._waiting = ExitStack()
        self._wrapped: list[tuple[type, str, Any, Any]] = []

    def listen(self, listener: Listener) -> None:
        if listener in self._listeners:
            return
        self._listeners += (listener,)
        if len(self._listeners) == 1:
            self._waiting.enter_context(when_imported({INTERPRETER: self._wrap}))

    def leave(self, listener: Listener) -> None:
        self._listeners = tuple(other for other in self._listeners if other is not listener)
        if self._listeners:
            return
        self._waiting.close()
        wrapped, self._wrapped = self._wrapped, []
        for cls, name, original, ours in wrapped:
            if vars(cls).get(name) is ours:  # else somebody has wrapped ours since: it tells nobody, and stays
                setattr(cls, name, original)

    def _wrap(self, interpreter: ModuleType) -> None:
        for name, look in _METHODS.items():
            self._replace(getattr(interpreter, "InterpreterBuilder", None), name, self._heard, look)
        for name, launches in (("_init_args_hst", True), ("_restore_args_dev", False)):
            self._replace(getattr(interpreter, "GridExecutor", None), name, self._copied, launches)

    def _replace(self, cls: Any, name: str, wrapper: Any, what: Any) -> None:
        original = vars(cls).get(name) if isinstance(cls, type) else None
        if callable(original):  # a version that does not have it is not heard of
            ours = wrapper(original, what)
            setattr(cls, name, ours)
            self._wrapped.append((cls, name, original, ours))

    def _heard(self, original: Any, look: Any) -> Any:
        @wraps(original)
        def method(builder: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(builder, *args, **kwargs)
            listeners = [listener for listener in self._listeners if listener.hears]
            if listeners:
                with suppress(Exception):  # a builder that has changed: what it does is not known
                    event = look(result, *args, **kwargs)
                    for listener in listeners if event is not None else ():
                        listener.heard(event)
            return result

        return method

    def _copied(self, original: Any, launches: bool) -> Any:
        @wraps(original)
        def method(executor: Any, *args: Any, **kwargs: Any) -> Any:
            with ExitStack() as copying:
                for listener in self._listeners:
                    copying.enter_context(listener.copying())
                result = original(executor, *args, **kwargs)
            for listener in self._listeners:
                with suppress(Exception):  # an executor that has changed
                    if launches:
                        listener.launching(executor.fn, *result)
                    else:
                        listener.landed()
            return result

        return method


_wrapping = _Wrapping()


# --------------------------------------------------------------------------- one function a method: what its arguments say


def _load(_result: Any, ptrs: Any, mask: Any, *_: Any, **__: Any) -> Access:
    return _access("tl.load", ACCESS_LOAD, ptrs, mask, 1)


def _store(_result: Any, ptrs: Any, _value: Any, mask: Any, *_: Any, **__: Any) -> Access:
    return _access("tl.store", ACCESS_STORE, ptrs, mask, 1)


def _atomic(_result: Any, operation: Any, ptr: Any, _value: Any, mask: Any, *_: Any, **__: Any) -> Access:
    """Reads what was there, and writes."""
    name = str(operation.name).lower()
    name = {"fadd": "add", "umin": "min", "umax": "max"}.get(name, name)
    return _access(f"tl.atomic_{name}", ACCESS_ATOMIC, ptr, mask, 2)


def _compare(result: Any, ptr: Any, expected: Any, *_: Any, **__: Any) -> Access:
    """Reads what was there, and writes where that is what was expected."""
    numpy = sys.modules["numpy"]
    size, written = result.data.size, int(numpy.count_nonzero(result.data == expected.data))
    every = numpy.ones(ptr.data.shape, dtype=bool)
    return Access("tl.atomic_cas", ACCESS_ATOMIC, ptr, every, size, size + written, _item_bytes(ptr))


def _access(name: str, kind: int, pointers: Any, mask: Any, times: int) -> Access:
    numpy = sys.modules["numpy"]
    bits = mask if isinstance(mask, numpy.ndarray) else mask.data  # of a block pointer or descriptor, an array itself
    elements = int(numpy.count_nonzero(bits))
    return Access(name, kind, pointers, bits, elements, times * elements, _item_bytes(pointers))


def _item_bytes(pointers: Any) -> int:
    """A bool takes one."""
    return max(1, int(pointers.get_element_ty().primitive_bitwidth) // 8)


def _dot(_result: Any, a: Any, b: Any, *_: Any, **__: Any) -> Product:
    """Two FLOPs for each product that is summed up: 2·M·N·K, for each of a batch. Its operands are in registers."""
    *batch, m, k = a.data.shape
    n = b.data.shape[-1]
    flops, names, numbers = 2 * m * n * k, "2·M·N·K", f"2·{m}·{n}·{k}"
    for size in batch:
        flops, names, numbers = flops * size, "2·B·M·N·K", numbers.replace("2·", f"2·{size}·", 1)
    return Product(flops, f"{names} = {numbers}")


def _cast(result: Any, source: Any, *_: Any, **__: Any) -> Redirection | None:
    return Redirection(result, (source,)) if hasattr(result.dtype, "element_ty") else None


def _select(result: Any, _condition: Any, this: Any, that: Any) -> Redirection | None:
    return Redirection(result, (this, that)) if hasattr(result.dtype, "element_ty") else None


_METHODS: dict[str, Callable[..., Access | Product | Redirection | None]] = {
    "create_masked_load": _load,
    "create_masked_store": _store,
    "create_dot": _dot,
    "create_atomic_rmw": _atomic,
    "create_atomic_cas": _compare,
    "create_bitcast": _cast,
    "create_select": _select,
}
