"""What kernels really address, written down beside the tracer: the addresses that reach the interpreter's compiled core.

A lecture imports this before it launches anything. Nothing here is the engine's: accesses are caught one level below what it
wraps, and the elements of a tensor are found by listing all of them. Written as JSON, one launch a line, to $ORACLE.
"""

from __future__ import annotations

import json
import os
from itertools import product
from typing import Any

import numpy
import torch
import triton
from triton.runtime import interpreter

LAUNCHES: list[dict[str, Any]] = []
WATCHED: list[Any] = []
DEPTH = 0


def addresses(tensor: Any, shape: Any, strides: Any) -> list[tuple[int, list[int]]]:
    """Every element of an array: its address, its index."""
    return [
        (
            tensor.data_ptr() + sum(i * int(s) for i, s in zip(index, strides, strict=True)) * tensor.element_size(),
            list(index),
        )
        for index in product(*(range(int(size)) for size in shape))
    ]


def convert(argument: Any) -> Any:
    """In place of what makes a kernel's arguments of those of a launch."""
    global DEPTH
    if DEPTH == 0 and (not LAUNCHES or "grid" in LAUNCHES[-1]):
        LAUNCHES.append({"arrays": [], "accesses": []})
    if not isinstance(argument, tuple):
        DEPTH += 1
    try:
        if DEPTH == 1:
            if isinstance(argument, triton.tools.tensor_descriptor.TensorDescriptor):
                remember(argument.base, argument.shape, argument.strides)
            elif hasattr(argument, "data_ptr"):
                remember(argument, argument.shape, argument.stride())
        return ORIGINAL(argument)
    finally:
        if not isinstance(argument, tuple):
            DEPTH -= 1


def remember(tensor: Any, shape: Any, strides: Any) -> None:
    LAUNCHES[-1]["arrays"].append(
        {
            "shape": list(map(int, shape)),
            "strides": list(map(int, strides)),
            "dtype": str(tensor.dtype).removeprefix("torch."),
            "elements": addresses(tensor, shape, strides),
        }
    )


def set_grid(builder: Any, x: int, y: int, z: int) -> None:
    LAUNCHES[-1]["grid"] = [x, y, z]
    SET_GRID(builder, x, y, z)


def catch(name: str, kind: int, pointers: int, mask: int | None) -> None:
    original = getattr(interpreter._interpreter, name)

    def caught(*arguments: Any) -> Any:
        result = original(*arguments)
        flat = numpy.asarray(arguments[pointers]).ravel().tolist()
        kept = [True] * len(flat) if mask is None else numpy.asarray(arguments[mask]).ravel().tolist()
        LAUNCHES[-1]["accesses"].append(
            {
                "kind": kind,
                "place": list(map(int, interpreter.interpreter_builder.grid_idx)),
                "addresses": [address for address, bit in zip(flat, kept, strict=True) if bit],
                "masked": kept.count(False),
            }
        )
        return result

    setattr(interpreter._interpreter, name, caught)


def write() -> None:
    with open(os.environ["ORACLE"], "w") as file:
        json.dump(LAUNCHES, file)


ORIGINAL, SET_GRID = interpreter._implicit_cvt, interpreter.InterpreterBuilder.set_grid_dim
interpreter._implicit_cvt = convert
interpreter.InterpreterBuilder.set_grid_dim = set_grid
catch("load", 0, 0, 1)
catch("store", 1, 0, 2)
catch("atomic_rmw", 2, 1, 3)
catch("atomic_cas", 2, 0, None)
torch.manual_seed(0)
