"""What the arrays of every library have in common: which elements to show, and how to write them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from tracer.format.schema import Picture, Stats
from tracer.values.numbers import EXACT, real
from tracer.values.text import clean

__all__ = [
    "BINS",
    "CHUNK",
    "FEWEST",
    "SAMPLE",
    "Cell",
    "Grid",
    "binning",
    "cells",
    "grid",
    "moments",
    "named",
    "scattered",
    "stretch",
]

Cell = float | int | bool | str | None

SAMPLE = 65_536
"""Elements of a strided sample for approximate statistics."""

SLICE = 256
"""Elements of a slice of many axes that are shown before another slice is."""

FEWEST = 1_024
"""A smaller sample tells too little."""

BINS = 32
"""Of a histogram, all equally wide."""

CHUNK = 32_768
"""Numbers binned at a time: what is computed on the way stays in the cache."""

_FEW = 64  # numbers that make no histogram
_PICTURE = "%.5g"  # a float in a sample: a picture is looked at, `elements` are read
_TEXT = 60  # characters of an element that is a string
_NAME = 60  # of the name of an axis


class Grid:
    """Which elements of an array to show: a step along each axis, and the rows and columns that this picks.

    All axes but the last make the rows. Rows and columns are even strides, so picking them is a view and copies nothing. Of
    three axes and more, a few slices of the last two are shown rather than specks of many.
    """

    def __init__(self, shape: Sequence[int], room: int, side: int) -> None:
        leading, last = tuple(shape[:-1]), shape[-1]
        side = max(1, min(side, math.isqrt(room)))
        slices = thin(shape[:-2], max(1, room // min(math.prod(shape[-2:]), SLICE)))
        count = math.prod(_counts(shape[:-2], slices))
        room, side = room // count, max(1, min(side, math.isqrt(room // count)))
        columns = min(last, side)
        rows = min(shape[-2] if leading else 1, room // columns, 8 * side)
        steps = [*slices, math.ceil(shape[-2] / rows)] if leading else []
        rows = math.ceil(shape[-2] / steps[-1]) if leading else 1
        columns = min(last, room // rows, 8 * side)
        self.steps = (*steps, math.ceil(last / columns))
        weights = [math.prod(leading[axis + 1 :]) for axis in range(len(leading))]
        picked = product(*(range(0, size, step) for size, step in zip(leading, steps, strict=True)))
        self.row_indices = [sum(at * weight for at, weight in zip(place, weights, strict=True)) for place in picked]
        self.column_indices = list(range(0, last, self.steps[-1]))

    @property
    def slices(self) -> tuple[slice, ...]:
        return tuple(slice(None, None, step) for step in self.steps)

    def picture(self, shown: list[Cell]) -> Picture:
        return Picture(
            rows=len(self.row_indices),
            columns=len(self.column_indices),
            row_indices=self.row_indices,
            column_indices=self.column_indices,
            cells=shown,
        )


def grid(shape: Sequence[int], room: int, side: int) -> Grid:
    """The picture of at most `room` elements of a non-empty array: about square, longer where an axis is short."""
    return Grid(shape or (1,), room, side)


def thin(shape: Sequence[int], most: int) -> list[int]:
    """A step along each axis so that at most `most` elements remain, taking from the longest axes first."""
    steps = [1] * len(shape)
    while math.prod(counts := _counts(shape, steps)) > most:
        axis = max(range(len(shape)), key=lambda axis: counts[axis])
        others = math.prod(counts) // counts[axis]
        if others <= most and counts[axis] <= 2 * (most // others):
            steps[axis] = math.ceil(shape[axis] / (most // others))
        else:
            steps[axis] *= 2
    return steps


def _counts(shape: Sequence[int], steps: Sequence[int]) -> list[int]:
    return [-(-size // step) for size, step in zip(shape, steps, strict=True)]


def scattered(shape: Sequence[int], most: int = SAMPLE) -> tuple[slice, ...]:
    """The slices of a sample for statistics. Odd steps: an even one may meet a pattern of the data at one phase only."""
    return tuple(slice(None, None, step if step == 1 else step | 1) for step in thin(shape, min(most, SAMPLE)))


# ------------------------------------------------------------------------------------------------------------- elements


def cells(values: Sequence[object], bits: int, sampled: bool = False) -> list[Cell]:
    """Elements as Python scalars → as the record holds them. `bits`: the precision of the dtype, the leading bit included.

    A float is written as shortly as its dtype allows: a float32 that was given as 0.1 stays 0.1.
    """
    kind = type(values[0]) if values else bool  # an array is of one kind
    if kind is float:
        return _sampled(values) if sampled else _floats(values, bits)  # type: ignore[arg-type]
    if kind is bool or (kind is int and min(values) > -EXACT and max(values) < EXACT):  # type: ignore[type-var, operator]
        return list(values)  # type: ignore[arg-type]
    return [_cell(value, bits, sampled) for value in values]


def _floats(values: Sequence[float], bits: int) -> list[Cell]:
    if bits == 24:
        return _singles(values)
    if bits < 24:
        return [_short(value, bits) if value else value for value in values]  # 0.0 and -0.0 are one key of a cache
    return list(values) if all(map(math.isfinite, values)) else [real(value) for value in values]


_short = lru_cache(maxsize=8_192)(lambda value, bits: shortest(value, bits))
"""A dtype of 16 bits has so few values that most have been met before."""


def _singles(values: Sequence[float]) -> list[Cell]:
    """What `shortest` gives for float32, at times with a digit more, for many at once: in a third of the time.

    Eight digits tell most of them. Where fewer do, as for 0.3, the seventh of eight is a 0 or a 9: 0.30000001.
    """
    texts = ("%.8g " * len(values) % tuple(values)).split()
    shown: list[Cell] = list(map(float, texts))
    for at, (text, value, again) in enumerate(zip(texts, values, array("f", shown), strict=True)):  # type: ignore[type-var]
        if again != value:
            shown[at] = real(float(f"{value:.9g}"))
        elif len(text) > 8 and (text[-2] in "09" or "e" in text):
            seven = float(f"{value:.7g}")
            if array("f", (seven,))[0] == value:
                shown[at] = seven
        elif text[-1] == "f":  # inf
            shown[at] = text
    return shown


def _sampled(values: Sequence[float]) -> list[Cell]:
    shown: list[Cell] = _written(_PICTURE, values)
    return shown if all(map(math.isfinite, values)) else [real(value) for value in shown]  # type: ignore[arg-type]


def _written(template: str, values: Sequence[float]) -> list[Any]:
    """Each float, rounded by a format: one long format is quicker than many short ones."""
    return list(map(float, (f"{template} " * len(values) % tuple(values)).split()))


def _cell(value: object, bits: int, sampled: bool) -> Cell:
    kind = type(value)
    if kind is bool or value is None:
        return value  # type: ignore[return-value]
    if kind is float:
        return _rounded(value) if sampled else shortest(value, bits)  # type: ignore[arg-type]
    if kind is int:
        return value if -EXACT < value < EXACT else str(value)  # type: ignore[operator, return-value]
    if kind is complex:
        real_part = _rounded(value.real) if sampled else shortest(value.real, bits)  # type: ignore[attr-defined]
        imaginary = _rounded(value.imag) if sampled else shortest(value.imag, bits)  # type: ignore[attr-defined]
        return f"{_bare(real_part)}{'' if str(imaginary).startswith('-') else '+'}{_bare(imaginary)}j"
    if kind is bytes:
        return repr(value[:_TEXT])[2:-1]  # type: ignore[index]
    return clean(str(value), _TEXT)


def _bare(part: float | str) -> str:
    text = str(part)
    return text.removesuffix(".0")  # -0.0 keeps its sign


def _rounded(value: float) -> float | str:
    return float(_PICTURE % value) if value - value == 0.0 else repr(value)


_TEMPLATES = {
    bits: [f"%.{digits}g" for digits in range(max(1, int((bits - 1) * 0.30103)), int(bits * 0.30103) + 3)]
    for bits in range(1, 53)
}
"""The formats worth trying for a precision: from the digits that always survive it to those that always tell it."""


def shortest(value: float, bits: int) -> float | str:
    """The decimal with the fewest digits that a dtype of `bits` precision would read as `value`.

    A dtype of powers of two alone (one bit) has no nearest one to speak of: its elements are written in full.
    """
    if bits >= 53 or bits < 2 or value == 0.0:
        return real(value)
    if not math.isfinite(value):
        return repr(value)
    if value.is_integer() and abs(value) < EXACT:
        return value
    mantissa, exponent = math.frexp(value)
    reach = math.ldexp(1.0, exponent - bits - 1)  # half the distance to the next value
    if mantissa in (0.5, -0.5):
        reach /= 2  # below a power of two the next one is nearer
    for template in _TEMPLATES[bits]:
        short = float(template % value)
        if abs(short - value) < reach:
            return short
    return value


# ----------------------------------------------------------------------------------------------------------- statistics


def binning(minimum: float | None, maximum: float | None, count: int) -> float | None:
    """Bins a unit for a histogram of so many numbers from `minimum` to `maximum`: the bin of x is `(x - minimum) * binning`.

    None where there is nothing to see: of one value, of a few, of a range beyond what floats can divide.
    """
    if count < _FEW or minimum is None or maximum is None or not minimum < maximum:
        return None
    density = BINS / (maximum - minimum)
    return density if 0.0 < density < math.inf else None


def moments(
    *,
    minimum: float | None,
    maximum: float | None,
    mean: float | None,
    std: float | None,
    zeros: int,
    nan: int,
    inf: int,
    counts: list[int] | None = None,
    scale: float = 1.0,
    approximate: bool = False,
) -> Stats:
    """The record's statistics. `scale`: the array has so many times the elements of the sample that was counted.

    `counts`: by bin, and one for what lies at the very end of the last.
    """
    if counts is not None:
        counts = [*counts[: BINS - 1], sum(counts[BINS - 1 :])]
    return Stats(
        min=_figure(minimum),
        max=_figure(maximum),
        mean=_figure(mean),
        std=_figure(std),
        zeros=round(zeros * scale),
        nan=round(nan * scale),
        inf=round(inf * scale),
        histogram=None if counts is None else [round(count * scale) for count in counts],
        approximate=approximate,
    )


def _figure(value: float | None) -> float | str | None:
    if value is None:
        return None
    return float(f"{value:.9g}") if math.isfinite(value) else repr(value)


def stretch(size: Sequence[int], strides: Sequence[int]) -> int:
    """Elements from the first to the last that an array reaches in its memory (strides not negative)."""
    return 0 if 0 in size else 1 + sum((count - 1) * step for count, step in zip(size, strides, strict=True))


def named(names: Sequence[str], axes: int) -> list[str] | None:
    """A name for each of so many axes, "" for one without; None where there are more or fewer names, or none at all.

    `"..."` stands for any number of axes without a name, `"*batch"` for any number of that name: `batch0`, `batch1`, ….
    """
    spread = next((at for at, name in enumerate(names) if name == "..." or name.startswith("*")), None)
    found = [clean(name, _NAME) for name in names]
    if spread is not None:
        count = axes - len(names) + 1
        if count < 0:
            return None
        name = found[spread][1:] if names[spread] != "..." else ""
        found[spread : spread + 1] = [f"{name}{at}" if name and count > 1 else name for at in range(count)]
    return found if len(found) == axes and any(found) else None
