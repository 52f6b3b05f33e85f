"""The product of two tiles, on a GPU and in the interpreter alike."""

from __future__ import annotations

import triton
import triton.language as tl

from lectures.lm.kernels.launch import INTERPRETED

__all__ = ["product"]

WIDEN = tl.constexpr(INTERPRETED)
"""The interpreter keeps bfloat16 as bare bits, and would multiply those (Triton 3.7)."""


@triton.jit
def product(a, b, total=None):
    """a (m, k) · b (k, n) + total, summed in float32. Of float32, three products of halves, nearly as exact as one of it."""
    if WIDEN:
        a = a.to(tl.float32)
        b = b.to(tl.float32)
    return tl.dot(a, b, total, input_precision="tf32x3")
