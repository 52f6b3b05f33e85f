"""Whether memory that is not an array's own is still there.

What a library has allocated lives as long as its arrays do. But an array may look into somebody else's memory: a mapped file,
which may have been cut short since, a buffer that was closed or has moved. Reading that would end the process. The kernel, asked
to read it for us, only says that it cannot.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from typing import Any

__all__ = ["GONE", "is_buffer_there", "is_there", "reach"]

GONE = "its memory is not there any more"

_write: Any = ctypes.PyDLL(None).write
_write.argtypes = ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t
_write.restype = ctypes.c_ssize_t

_FULL_RO = 0x11C
"""Python's `PyBUF_FULL_RO`: any buffer will do."""


class _Buffer(ctypes.Structure):
    """The beginning of a `Py_buffer`, and room for the rest of it."""

    _fields_ = [
        ("address", ctypes.c_void_p),
        ("owner", ctypes.c_void_p),
        ("bytes", ctypes.c_ssize_t),
        ("_", 16 * ctypes.c_void_p),
    ]


_get: Any = ctypes.PyDLL(None).PyObject_GetBuffer
_get.argtypes = ctypes.py_object, ctypes.POINTER(_Buffer), ctypes.c_int
_release: Any = ctypes.PyDLL(None).PyBuffer_Release
_release.argtypes = (ctypes.POINTER(_Buffer),)
_release.restype = None


def is_there(address: int, size: int) -> bool:
    """Whether `size` bytes at `address` can be read: whether the first and the last can, since mappings go as a whole, and files
    are cut at their ends. Raises OSError when no more files can be opened."""
    if size <= 0:
        return True
    reader, writer = os.pipe()
    try:
        return all(_write(writer, at, 1) == 1 for at in (address, address + size - 1))
    finally:
        os.close(reader)
        os.close(writer)


def is_buffer_there(value: Any) -> bool:
    """The same of what has a buffer: a memoryview, a record of NumPy's. Raises what asking for it does."""
    buffer = _Buffer()
    _get(value, buffer, _FULL_RO)
    try:
        address, size = buffer.address or 0, buffer.bytes
    finally:
        _release(buffer)
    if type(value) is memoryview and size:
        below, size = reach(value.shape or (), value.strides or (), value.itemsize)
        address -= below
    return is_there(address, size)


def reach(shape: Sequence[int], strides: Sequence[int], itemsize: int) -> tuple[int, int]:
    """Of an array that is not empty: bytes that lie before its first element, since an axis may run backwards, and bytes between
    the lowest and the highest that it reaches. Strides in bytes."""
    ways = [(size - 1) * stride for size, stride in zip(shape, strides, strict=True)]
    return -sum(min(way, 0) for way in ways), sum(map(abs, ways)) + itemsize
