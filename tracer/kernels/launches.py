"""One launch of a kernel: its place in the program, and the arrays that its arguments point into."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from inspect import getcallargs
from types import CodeType
from typing import Any, NamedTuple
from weakref import ref

from tracer.events.activation import Activation
from tracer.kernels.regions import Memory

__all__ = ["Array", "Given", "Launch", "given"]


class Array(NamedTuple):
    """An array of a launch. `number` is its row in the table `arrays`."""

    number: int
    memory: Memory


class Given(NamedTuple):
    """An array as an argument gives it: `path` leads to it from the parameter `name`, through tuples.

    `tensor` is a weak reference, to what the interpreter made of the tensor for the host.
    """

    name: str
    path: tuple[int, ...]
    memory: Memory
    dtype: str
    tensor: ref[Any]

    @property
    def label(self) -> str:
        return self.name + "".join(f"[{index}]" for index in self.path)


class Launch:
    """The kernel `code` runs, its programs each `depth` activations deep, launched by `step`.

    `row` is the launch's own (-1: no program of it was recorded yet), `program` the one that runs, if it is recorded. Pointers
    are known by their type, an object that is made anew for every argument and handed on by arithmetic with it.
    """

    def __init__(self, code: CodeType, depth: int, step: int, given: list[Given]) -> None:
        self.code = code
        self.depth = depth
        self.step = step
        self.given = given
        self.row = -1
        self.program: Activation | None = None
        self.arrays: list[Array] = []
        self._pointers: dict[int, tuple[Any, Array | None]] = {}  # the type is kept, so that its id stays its own

    def point(self, pointer: Any, array: Array | None) -> None:
        """Pointers of this type lead into `array` (None: nobody knows)."""
        self._pointers[id(pointer)] = pointer, array

    def array_of(self, pointer: Any) -> Array | None:
        """Which array pointers of this type lead into, if it is known."""
        return self._pointers.get(id(pointer), (None, None))[1]

    def take(self, array: Array, argument: Any, path: Sequence[int]) -> None:
        """The kernel got `array` as this argument, one of the interpreter's: a pointer, a descriptor, or a tuple of these."""
        self.arrays.append(array)
        for index in path:
            argument = argument[index]
        handle = getattr(argument, "handle", None)
        pointer = getattr(getattr(handle, "base", handle), "dtype", None)
        if pointer is not None:
            self.point(pointer, array)


def given(function: Any, arguments: Sequence[Any], options: Mapping[str, Any]) -> list[Given]:
    """The arrays that a kernel is given, by its parameters, in their order."""
    with sys.modules["torch"]._C.DisableTorchFunction():
        return [
            found
            for name, argument in getcallargs(function, *arguments, **options).items()
            for found in _arrays(name, (), argument)
        ]


def _arrays(name: str, path: tuple[int, ...], argument: Any) -> Iterator[Given]:
    if isinstance(argument, tuple):
        for index, item in enumerate(argument):
            yield from _arrays(name, (*path, index), item)
        return
    described = hasattr(argument, "block_shape")  # a descriptor has a shape and strides of its own
    source = argument.base if described else argument
    if hasattr(source, "data_ptr"):
        strides = argument.strides if described else source.stride()
        memory = Memory(
            source.data_ptr(), tuple(map(int, argument.shape)), tuple(map(int, strides)), source.element_size()
        )
        tensor = getattr(source, "base", source)  # Triton's wrapper calls its tensor's numbers by another dtype
        yield Given(name, path, memory, str(source.dtype).removeprefix("torch."), ref(tensor))
