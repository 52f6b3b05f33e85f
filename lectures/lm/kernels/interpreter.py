"""Triton's interpreter as these kernels want it, whichever NumPy stands beside it."""

from __future__ import annotations

import triton

__all__ = ["mend_loops"]


def mend_loops() -> None:
    """Lets kernels loop over an argument, `range(0, count, BLOCK)`, where Triton is older than 3.7 and NumPy is 2.4 or later.

    To the interpreter every number is an array of one. `range` asks for an int, and NumPy no longer makes one of such an array.
    Triton 3.7 takes the number out of it first; so do we. To be called where TRITON_INTERPRET is 1; once is enough.
    """
    if tuple(map(int, triton.__version__.split(".")[:2])) >= (3, 7):
        return
    from triton.runtime import interpreter

    patch = interpreter._patch_lang_tensor
    if patch.__module__ == __name__:
        return
    # What makes `tl.tensor` fit for the interpreter before each launch. Lambdas, of which a traced lecture shows no steps.
    interpreter._patch_lang_tensor = lambda tensor, *scope: (
        patch(tensor, *scope),
        setattr(tensor, "__index__", lambda number: int(number.handle.data.item())),  # type: ignore[func-returns-value]
    )
