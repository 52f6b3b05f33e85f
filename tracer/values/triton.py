"""Tensors inside a Triton kernel that runs in Triton's interpreter: NumPy arrays behind a handle.

They exist for as long as one program runs. A kernel that is compiled has none that could be looked at.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Tensor, Value
from tracer.values.numpy import array
from tracer.values.objects import instance
from tracer.values.types import derives

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler"]


def handler(cls: type) -> Any:
    """The handler of a class of Triton's, or None."""
    language: Any = sys.modules.get("triton.language.core")
    return _tensor if language is not None and derives(cls, language.tensor) else None


def _tensor(walker: Walker, value: Any, depth: int) -> Value:
    """By its block's shape and Triton's name for its dtype (`fp32`, `pointer<fp32>`); pointers are addresses."""
    data: Any = getattr(getattr(value, "handle", None), "data", None)
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or type(data) is not numpy.ndarray:
        return instance(walker, value, depth)
    kind = value.type
    shape = [int(size) for size in getattr(kind, "shape", ())]
    shown = array(walker, data.reshape(shape) if data.size == math.prod(shape) else data, depth)
    if isinstance(shown, Tensor):
        shown.type = "tl.tensor"
        shown.dtype = str(getattr(kind, "scalar", kind))
        shown.storage = None  # every operation makes a new array
    return shown
