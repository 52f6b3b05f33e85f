"""SymPy's expressions, as formulas."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Formula, Opaque, Value
from tracer.values.objects import opaque, ratio
from tracer.values.text import clean
from tracer.values.types import derives, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler"]

_BITS = 2_000  # of a number in an expression, about 600 digits; more take long to write out, or Python refuses


def handler(cls: type) -> Any:
    """The handler of a class of SymPy's, or None."""
    sympy: Any = sys.modules.get("sympy")
    return _formula if derives(cls, sympy.Basic) or derives(cls, sympy.MatrixBase) else None


def _formula(walker: Walker, value: Any, depth: int) -> Value:
    """An expression that is not too large: half a formula is none, and SymPy takes some 30 µs to write each part."""
    sympy: Any = sys.modules["sympy"]
    cls = type(value)
    name = type_name(cls)
    if derives(cls, sympy.Rational) and not _is_short(sympy, value):
        return opaque(walker, value, ratio(int(value.p), int(value.q)), depth)
    room = walker.parts // 2 if depth < walker.limits.depth else walker.parts
    try:
        parts = walker.run(_parts, sympy, value, room)
        walker.parts -= min(parts, room)
        if parts <= room:
            latex, text = walker.run(sympy.latex, value), walker.run(str, value)
            if len(latex) + len(text) <= 4 * walker.limits.characters:
                walker.characters -= len(latex) + len(text)
                return Formula(type=name, latex=clean(latex), text=clean(text))
    except RecursionError:
        return Opaque(type=name, cut=True, problem="too deep a formula to be written out")
    return Opaque(type=name, cut=True, problem="too long a formula to be written out")


def _parts(sympy: Any, value: Any, most: int) -> int:
    """How many parts an expression has, counted to one more than `most`; as many too if it has an endless number."""
    left = [value]
    if derives(type(value), sympy.MatrixBase):
        if value.rows * value.cols > most:
            return most + 1
        left = list(value.flat())
    count = 0
    while left:
        part = left.pop()
        count += 1
        if count > most or not _is_short(sympy, part):
            return most + 1
        left += getattr(part, "args", ())  # not `preorder_traversal`: it ends in a cycle, and keeps the expression
    return count


def _is_short(sympy: Any, part: Any) -> bool:
    """Whether an expression is not a number of very many digits."""
    if derives(type(part), sympy.Rational):
        return part.p.bit_length() <= _BITS and part.q.bit_length() <= _BITS  # type: ignore[no-any-return]
    return not derives(type(part), sympy.Float) or part._prec <= _BITS
