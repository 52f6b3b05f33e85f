"""Arrays as memory: which memory one looks into, and whether that has been written to since.

The adapters of the libraries are imported when there is an array to look at: text alone starts sooner without them.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any
from zlib import crc32

__all__ = ["State", "is_array", "state_of", "storage_number"]

State = tuple[int, int]
"""Torch's count of writes (-1: there is none), and a checksum of the bytes (0: they are not read)."""

WHOLE = 4_096
"""Bytes up to which a checksum is of all of them; of larger arrays it is of as many, in pieces spread evenly."""

PIECES = 16

READ_ONLY = 0x100
"""Python's `PyBUF_READ`."""

_lent: Any = ctypes.PyDLL(None).PyMemoryView_FromMemory
_lent.argtypes = ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int
_lent.restype = ctypes.py_object


def is_array(value: object) -> bool:
    """Whether `value` is a plain tensor or array: one that has elements of its own and no class of the program's."""
    kind = type(value)
    torch: Any = sys.modules.get("torch")
    if torch is not None and (kind is getattr(torch, "Tensor", None) or kind is getattr(torch.nn, "Parameter", None)):
        return True
    numpy: Any = sys.modules.get("numpy")
    return numpy is not None and kind is getattr(numpy, "ndarray", None)


def storage_number(value: Any) -> int | None:
    """The `Storage.id` of the memory that an array (as `is_array` says) looks into; None if it has none to speak of."""
    try:
        if type(value).__module__ == "numpy":
            from tracer.values.numpy import storage as storage_of_array

            storage = storage_of_array(value)
        else:
            from tracer.values.torch import memory

            with sys.modules["torch"]._C.DisableTorchFunction():
                lent = memory(value)
            storage = None if lent is None else lent[1]
        return None if storage is None else storage.id
    except Exception:  # inside a transform, on the meta device, …
        return None


def state_of(value: Any) -> State | None:
    """What tells whether an array has been written to: another state, another content. None if nothing can be told.

    Of a large array a write is seen by torch's count, or where it meets a piece that is read. (What writes through `.data`
    or NumPy is not counted.) On an accelerator nothing is read.
    """
    try:
        if type(value).__module__ == "numpy":
            return -1, _array_checksum(value)
        with sys.modules["torch"]._C.DisableTorchFunction():
            return _tensor_state(value)
    except Exception:
        return None


def _tensor_state(value: Any) -> State:
    try:
        version = int(value._version)
    except RuntimeError:  # made under inference_mode
        version = -1
    if value.device.type != "cpu":
        return version, 0
    from tracer.values.torch import extent

    address, size, is_there = extent(value)
    return version, _checksum(address, size) if is_there else 0


def _array_checksum(value: Any) -> int:
    from tracer.values.numpy import extent

    address, size, is_there = extent(value)
    return _checksum(address, size) if is_there else 0


def _checksum(address: int, size: int) -> int:
    if not address or size <= 0:
        return 0
    memory = _lent(address, size, READ_ONLY)
    if size <= WHOLE:
        return crc32(memory)
    piece, found = WHOLE // PIECES, 0
    for number in range(PIECES):
        at = (size - piece) * number // (PIECES - 1)
        found = crc32(memory[at : at + piece], found)
    return found
