"""What a look at a frame's variables leaves behind, taken away again.

Before Python 3.13 `frame.f_locals` is a dictionary that the frame keeps: what a function has deleted since would live on in it,
until the next look. And a trace function that has read it makes Python 3.11 write all of it back into the variables, though
another thread may have changed shared ones meanwhile.
"""

from __future__ import annotations

import ctypes
import sys
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any

__all__ = ["let_go"]

_KEPT = sys.version_info < (3, 13)

_HOLDERS = 3
"""References to the dictionary while nobody else has it: the frame's, the variable's and the argument's below."""

_write_back: Any = None
if sys.version_info < (3, 12):
    _write_back = ctypes.PyDLL(None).PyFrame_LocalsToFast  # a handle of our own: the types set here are nobody else's
    _write_back.argtypes = ctypes.py_object, ctypes.c_int
    _write_back.restype = None


def let_go(frame: FrameType) -> None:
    """To be called when `frame.f_locals` has been read, before the program goes on.

    A class body's is the real one, and left alone; so is one that the program has got from `locals()`.
    """
    if not _KEPT or not frame.f_code.co_flags & CO_OPTIMIZED:
        return
    snapshot = frame.f_locals
    if _write_back is not None:  # what it holds just now, which changes nothing; the interpreter then does so no more
        _write_back(frame, 0)
    if sys.getrefcount(snapshot) <= _HOLDERS:
        code = frame.f_code
        for names in (code.co_varnames, code.co_cellvars, code.co_freevars):
            for name in names:  # and no others: what `exec` has given a name is kept there alone
                snapshot.pop(name, None)
