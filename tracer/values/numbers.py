"""Integers, floats and complex numbers as the record holds them."""

from __future__ import annotations

import math
from functools import lru_cache

from tracer.format.schema import Complex, Float, Int

__all__ = ["EXACT", "complex_number", "integer", "number", "real"]

EXACT = 2**53
"""Integers below this in magnitude survive JavaScript's numbers."""

_WHOLE_BITS = 1_990  # up to 599 digits: below every setting of sys.set_int_max_str_digits, and quick
_HEAD, _TAIL = 40, 20
_SETTLE_BITS = 1_000_000  # the largest number (300 000 digits) whose length is settled by an exact comparison


def integer(value: int) -> int | Int:
    """An int: bare where exact, else its digits; of a very long one the first 40, an ellipsis and the last 20."""
    if -EXACT < value < EXACT:
        return value
    if value.bit_length() <= _WHOLE_BITS:
        return Int(text=str(value))
    magnitude = -value if value < 0 else value
    head, digits = _head(magnitude)
    tail = str(magnitude % 10**_TAIL).zfill(_TAIL)
    return Int(text=f"{'-' if value < 0 else ''}{head}…{tail}", digits=digits)


def _head(magnitude: int) -> tuple[str, int]:
    """The first 40 digits and the number of digits, from the top bits alone: writing all digits takes quadratic time."""
    import decimal  # here: few lectures meet such a number, and every run would wait for the import

    shift = magnitude.bit_length() - 400
    context = decimal.Context(
        prec=100, rounding=decimal.ROUND_HALF_EVEN, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[]
    )
    estimate = context.multiply(decimal.Decimal(magnitude >> shift), context.power(decimal.Decimal(2), shift))
    # The estimate is good to some 90 digits. Only beside a power of ten does that leave the length open.
    nearest = decimal.Context(prec=60, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[]).plus(estimate)
    digits = nearest.adjusted() + 1
    text = "".join(map(str, nearest.as_tuple().digits)).ljust(_HEAD, "0")
    if text.startswith("1" + "0" * 50) and magnitude.bit_length() <= _SETTLE_BITS and magnitude < _power(digits - 1):
        return "9" * _HEAD, digits - 1
    return text[:_HEAD], digits


@lru_cache(maxsize=2)
def _power(exponent: int) -> int:
    return 10**exponent  # type: ignore[no-any-return]


def real(value: float) -> float | str:
    """A float as JSON may hold it: itself, or `nan`, `inf`, `-inf`."""
    return value if math.isfinite(value) else repr(value)


def number(value: float) -> float | Float:
    """A float: bare where plain JSON says it exactly, that is finite and not whole."""
    if value - value == 0.0 and not value.is_integer():
        return value
    return Float(value=real(value))


def complex_number(value: complex) -> Complex:
    return Complex(real=real(value.real), imag=real(value.imag))
