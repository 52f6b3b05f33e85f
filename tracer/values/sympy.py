"""SymPy's expressions, as formulas."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Formula, Opaque, Value
from tracer.values.guard import run_quietly
from tracer.values.text import clean
from tracer.values.types import derives, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler"]

_PARTS = 1_000  # of an expression; writing out a larger one takes too long, and half a formula is none


def handler(cls: type) -> Any:
    """The handler of a class of SymPy's, or None."""
    sympy: Any = sys.modules.get("sympy")
    return _formula if derives(cls, sympy.Basic) or derives(cls, sympy.MatrixBase) else None


def _formula(walker: Walker, value: Any, depth: int) -> Value:
    sympy: Any = sys.modules["sympy"]
    name = type_name(type(value))
    walked = sympy.preorder_traversal(value) if derives(type(value), sympy.Basic) else value.flat()
    parts = sum(1 for _ in islice(walked, _PARTS + 1))
    if parts <= _PARTS:
        latex, text = run_quietly(sympy.latex, value), run_quietly(str, value)
        if len(latex) + len(text) <= 4 * walker.limits.characters:
            walker.characters -= len(latex) + len(text)
            return Formula(type=name, latex=clean(latex), text=clean(text))
    return Opaque(type=name, cut=True, problem="too long a formula to be written out")
