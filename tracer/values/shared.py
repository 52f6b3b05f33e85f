"""Arrays as memory: which memory one looks into, and whether that has been written to since.

The adapters of the libraries are imported when there is an array to look at: text alone starts sooner without them.
"""

from __future__ import annotations

import sys
from ctypes import string_at
from typing import Any
from zlib import crc32

from tracer.values.arrays import stretch

__all__ = ["State", "is_array", "state_of", "storage_number"]

State = tuple[int, int]
"""Torch's count of writes (-1: there is none), and a checksum of the bytes (0: they are not read)."""

WHOLE = 4_096
"""Bytes up to which a checksum is of all of them; of larger arrays it is of as many, in pieces spread evenly."""

PIECES = 16


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
    item = value.element_size()
    reach = stretch(value.shape, value.stride()) * item
    held = value.untyped_storage().nbytes() - value.storage_offset() * item
    pointer = getattr(value, "const_data_ptr", value.data_ptr)  # torch before 2.13 has the second alone
    return version, _checksum(pointer(), min(reach, held))


def _array_checksum(value: Any) -> int:
    """Of the bytes between the lowest and the highest that a NumPy array reaches: its axes may run backwards."""
    if not value.size:
        return 0
    ways = [(size - 1) * stride for size, stride in zip(value.shape, value.strides, strict=True)]
    first: int = value.__array_interface__["data"][0]
    return _checksum(first + sum(min(way, 0) for way in ways), sum(map(abs, ways)) + value.itemsize)


def _checksum(address: int, size: int) -> int:
    if not address or size <= 0:
        return 0
    if size <= WHOLE:
        return crc32(string_at(address, size))
    piece, found = WHOLE // PIECES, 0
    for number in range(PIECES):
        found = crc32(string_at(address + (size - piece) * number // (PIECES - 1), piece), found)
    return found
