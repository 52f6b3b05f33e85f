"""What Triton's interpreter ran: launches, programs, and the memory that each line of a program touched."""

from __future__ import annotations

from tracer.format.struct import Struct


class Launches(Struct):
    """Table: the launches of kernels. `step` launched it (-1: not known), `function` is the kernel, `x`, `y` and `z` the size of
    its grid."""

    step: list[int]
    function: list[int]
    x: list[int]
    y: list[int]
    z: list[int]


class KernelArray(Struct):
    """An array that a kernel was given at a launch: memory that its programs may load from and store to.

    `name` is the kernel's parameter through which it came: a pointer, or a descriptor of tiles. `strides` count elements.
    `value` is its picture as it was when the kernel was launched.
    """

    launch: int
    name: str
    shape: list[int]
    strides: list[int]
    dtype: str
    item_bytes: int
    value: int | None = None


class Programs(Struct):
    """Table: the programs that were recorded. `call` is the kernel's activation, `x`, `y` and `z` its place in the grid of the
    launch."""

    call: list[int]
    launch: list[int]
    x: list[int]
    y: list[int]
    z: list[int]


ACCESS_LOAD, ACCESS_STORE, ACCESS_ATOMIC = range(3)
"""What an access does: it reads, writes, or does both at once."""


class Accesses(Struct):
    """Table: what the steps of programs did to memory, in the order in which it happened; one row for each array touched.

    `kind`: 0 loads, 1 stores, 2 is an atomic. `array` is a row of `arrays` (-1: memory that no argument names, such as what
    lies behind an address that was itself loaded). `region` is the smallest box around what was touched (-1: nothing inside the
    array was). `elements` counts what was addressed inside the array, each as often as it was, `distinct` the different ones: a
    full box has as many as its volume, a gather fewer. `masked` were left out by the mask. `beyond` were addressed through this
    argument, not masked and outside its array, which is a bug of the kernel.
    """

    step: list[int]
    kind: list[int]
    array: list[int]
    region: list[int]
    elements: list[int]
    masked: list[int]
    distinct: list[int]
    beyond: list[int]
