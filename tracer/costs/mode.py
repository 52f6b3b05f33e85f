"""The dispatch mode that sees every tensor operation of a thread, and its place among the modes of that thread.

It lies below all others, so that the lecture's own modes see what they would see without it, and come and go above it. It
calls itself infrastructure, as torch's own modes do: any other mode would switch torch.compile off, silently and for good.

Imports torch: for whoever knows that a lecture did.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter_ns
from types import FunctionType
from typing import Any, Protocol

import torch
from torch import Tensor
from torch._ops import HigherOrderOperator
from torch._subclasses.fake_tensor import FakeTensor
from torch._subclasses.functional_tensor import FunctionalTensor
from torch.utils._python_dispatch import TorchDispatchMode

from tracer.costs.operations import Operation, WholeOperation

__all__ = ["CountingMode", "insert", "is_among_the_modes", "remove", "without_modes"]


class Counter(Protocol):
    """Whom the mode tells. `counts`: otherwise the mode only hands operations on; it may have no way out of its thread.

    `rehearses` is called where the lecture's operations run, if it is there.

    `excluded`: an operation came in at `entered`, and ran from `begun` to `ended`; the rest of its time was ours.
    """

    counts: bool
    inside: int
    rehearses: Callable[[], None] | None

    def ran(self, operation: Operation, args: Any, kwargs: Any, out: Any) -> None: ...
    def excluded(self, entered: int, begun: int, ended: int) -> None: ...
    def failed(self, error: Exception) -> None: ...


_known: dict[int, Operation] = {}

PLAIN, UNREAL, WRAPPER = range(3)
"""Tensors with elements; those that stand for tensors in a trace; those whose class runs operations on other tensors."""

CONTROLS = frozenset({"cond", "while_loop", "map_impl"})
"""Operators that run functions, whose operations are what counts. Others of their order are seen as one operation."""

PASSED_ON, OF_ITS_CLASS, OF_FUNCTIONS = object(), object(), object()
"""In place of an operation: hand it on uncounted; leave it to the class of its tensors; it runs functions of the lecture."""

_classes: dict[type, int] = {torch.Tensor: PLAIN, torch.nn.Parameter: PLAIN}


class CountingMode(TorchDispatchMode):  # type: ignore[misc]
    """Tells a counter of the operations of one thread, and of the backward passes that it starts, on whatever thread."""

    supports_higher_order_operators = True

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self.counter = counter

    @classmethod
    def is_infra_mode(cls) -> bool:
        return True

    @classmethod
    def ignore_compile_internals(cls) -> bool:
        return True

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Dynamo leaves all of the engine alone; torch's own way of having it do so costs 80 µs a call."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        entered = perf_counter_ns()
        counter = self.counter
        operation: Any = _known.get(id(func))
        if operation is None or types or not counter.counts:
            operation = self._operation(func, types) if counter.counts else PASSED_ON
            if not isinstance(operation, Operation):
                return self._instead(operation, func, args, kwargs or {})
        kwargs = kwargs or {}
        if operation.is_composite:  # undone by autograd, except in inference mode
            with self._again():
                return func.decompose(*args, **kwargs)
        counter.inside += 1
        begun = perf_counter_ns()
        try:
            out = operation.run(*args, **kwargs)
        finally:
            ended = perf_counter_ns()
            counter.inside -= 1
        if counter.rehearses is not None:
            counter.rehearses()
        trace = sys.gettrace()
        if trace is not None:  # every call of ours would cost its share of it
            sys.settrace(None)
        try:
            if operation.is_work and (not out.is_meta if type(out) is Tensor else _is_real(out, args)):
                counter.ran(operation, args, kwargs, out)
        except RecursionError:
            pass  # no room to count: the lecture is about to be told the same
        except Exception as error:  # a fault of ours must not become one of the lecture
            counter.failed(error)
        finally:
            try:
                counter.excluded(entered, begun, ended)
            finally:
                if trace is not None:
                    sys.settrace(trace)
        return out

    def _operation(self, func: Any, types: Any) -> Any:
        """What is known of an operator, or what to do instead with these types of tensors."""
        try:
            if isinstance(func, HigherOrderOperator) and func.name() in CONTROLS:
                return OF_FUNCTIONS
            for cls in types:
                of_class = _class(cls)
                if of_class == WRAPPER and not torch._C._len_torch_dispatch_stack():
                    return OF_ITS_CLASS  # which runs operations that come here
                if of_class:
                    return PASSED_ON
            operation: Any = _known.get(id(func))
            if operation is None:
                operation = WholeOperation(func) if isinstance(func, HigherOrderOperator) else Operation(func)
                _known[id(func)] = operation
            return operation
        except Exception as error:  # a fault of ours must not become one of the lecture
            self.counter.failed(error)
            return PASSED_ON

    def _instead(self, operation: Any, func: Any, args: Any, kwargs: Any) -> Any:
        """What is done in place of counting a call."""
        if operation is OF_ITS_CLASS:
            return NotImplemented
        if operation is OF_FUNCTIONS:
            return func(*[self._heard(arg) if isinstance(arg, FunctionType) else arg for arg in args], **kwargs)
        return func(*args, **kwargs)

    def _heard(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """That function, with its operations coming here though we stand in one."""

        def heard(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return heard

    @contextmanager
    def _again(self) -> Iterator[None]:
        """Within: operations come here, though we stand in one."""
        torch._C._push_on_torch_dispatch_stack(self)
        try:
            yield
        finally:
            torch._C._pop_torch_dispatch_stack(None)


def _class(cls: type) -> int:
    known = _classes.get(cls)
    if known is None:
        if issubclass(cls, FakeTensor | FunctionalTensor):
            known = UNREAL
        elif cls.__torch_dispatch__ is torch._C._disabled_torch_dispatch_impl:  # type: ignore[attr-defined]
            known = PLAIN
        else:
            known = WRAPPER
        if len(_classes) < 1_000:
            _classes[cls] = known
    return known


def _is_real(out: Any, args: Any) -> bool:
    """Whether there are elements that were computed; tensors of a trace, or on the device `meta`, have none."""
    for value in (out, *args[:1]):
        first = value[0] if isinstance(value, list | tuple) and value else value
        if isinstance(first, torch.Tensor) and (first.is_meta or _class(type(first)) == UNREAL):
            return False
    return True


# ------------------------------------------------------------------------------------------------- the stack of modes


def insert(mode: CountingMode) -> None:
    """Put `mode` below the modes of this thread, where leaving them does not touch it."""
    with without_modes():
        torch._C._push_on_torch_dispatch_stack(mode)


def remove(mode: CountingMode) -> bool:
    """Take `mode` out of this thread's modes, wherever it lies. False if it is not there now, since it runs, or was taken."""
    above = []
    found = False
    while not found and torch._C._len_torch_dispatch_stack():
        top = torch._C._pop_torch_dispatch_stack(None)
        found = top is mode
        if not found:
            above.append(top)
    for other in reversed(above):
        torch._C._push_on_torch_dispatch_stack(other)
    return found


def is_among_the_modes() -> CountingMode | None:
    """The mode of ours that counts on this thread, if there is one."""
    for index in range(torch._C._len_torch_dispatch_stack()):
        mode = torch._C._get_dispatch_stack_at(index)
        if isinstance(mode, CountingMode):
            return mode
    return None


@contextmanager
def without_modes() -> Iterator[None]:
    """Within: no dispatch mode on this thread. Those there were come back above what is pushed meanwhile."""
    modes = [torch._C._pop_torch_dispatch_stack(None) for _ in range(torch._C._len_torch_dispatch_stack())]
    try:
        yield
    finally:
        for mode in reversed(modes):
            torch._C._push_on_torch_dispatch_stack(mode)
