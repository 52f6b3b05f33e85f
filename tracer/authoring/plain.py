"""What authors hand over, made plain: text without lone surrogates, styles that are styles, data that is valid JSON."""

from __future__ import annotations

import math
from numbers import Number
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracer.authoring.recording import Recorder

__all__ = ["Style", "bounded", "check_style", "described", "jsonable", "plain_text", "words_of"]

Style = dict[str, str | int | float]
"""CSS properties in camelCase, for example `{"color": "firebrick", "marginTop": 20}`."""

LONGEST_TEXT = 1_000_000
MOST_ITEMS = 500_000
DEEPEST = 64
EXACT_INTEGER = 2**53


def plain_text(text: str) -> str:
    """`text` as an exact `str` that UTF-8 can carry: surrogate pairs are joined, lone ones become U+FFFD."""
    text = str.__str__(text)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def words_of(function: str, message: object) -> str:
    """The text of an argument that is to be text: a string, or a number. Raises TypeError for anything else."""
    if isinstance(message, str):
        return plain_text(message)
    if isinstance(message, Number):
        return plain_text(str(message))
    raise TypeError(f"{function}() takes a string or a number, not {described(message)}.")


def bounded(recorder: Recorder, function: str, text: str) -> str:
    """`text`, or its beginning and a notice when it is too long for a page."""
    if len(text) <= LONGEST_TEXT:
        return text
    recorder.notice(f"{function}() was given {len(text):,} characters; only the first {LONGEST_TEXT:,} are shown.")
    return text[:LONGEST_TEXT]


def described(value: object) -> str:
    """The type of a wrong argument, in words: `a list`, `an int`, `a bytes object`, `None`."""
    if value is None:
        return "None"
    name = type(value).__qualname__
    article = "an" if name[0].lower() in "aeiou" else "a"
    return f"{article} {name}" + (" object" if isinstance(value, bytes) else "")


def check_style(function: str, style: object) -> Style | None:
    """A copy of `style`, checked; None when there is none. Raises TypeError when it is not a dict of CSS properties."""
    if style is None:
        return None
    if not isinstance(style, dict):
        raise TypeError(f'{function}() takes style as a dict such as {{"color": "red"}}, not {described(style)}.')
    checked: Style = {}
    for name, value in style.items():
        if not isinstance(name, str):
            raise TypeError(f"{function}() takes CSS property names as strings in its style, not {name!r:.80}.")
        if isinstance(value, str):
            checked[plain_text(name)] = plain_text(value)
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            checked[plain_text(name)] = value
        else:
            raise TypeError(f"{function}() takes a string or a finite number as style {name!r:.80}, not {value!r:.80}.")
    return checked or None


def jsonable(function: str, value: Any, name: str) -> Any:
    """`value` as plain JSON data: dicts with string keys, lists, strings, finite numbers, booleans and None.

    NaN, infinities and missing values become None; numpy scalars and arrays, data frames and dates become what JSON has
    for them. Raises TypeError naming the place (`name.data.values[3].loss`) of anything that JSON cannot say, and
    ValueError when there is too much, or a cycle.
    """
    return _Plain(function).convert(value, name, 0)


class _Plain:
    def __init__(self, function: str) -> None:
        self.function = function
        self.items = 0

    def convert(self, value: Any, place: str, depth: int) -> Any:
        self.items += 1
        if self.items > MOST_ITEMS:
            raise ValueError(
                f"{self.function}() was given more than {MOST_ITEMS:,} values: take a sample, or summarise before drawing."
            )
        if depth > DEEPEST:
            raise ValueError(
                f"{self.function}() was given data that is nested too deeply, or contains itself: {place[:200]}."
            )
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return plain_text(value)
        if isinstance(value, int):
            return int(value) if abs(value) < EXACT_INTEGER else _float(value)
        if isinstance(value, float):
            return _float(value)
        if isinstance(value, dict):
            return self.mapping(value, place, depth)
        if isinstance(value, list | tuple):
            return [self.convert(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
        return self.foreign(value, place, depth)

    def mapping(self, value: Mapping[Any, Any], place: str, depth: int) -> dict[str, Any]:
        result = {}
        for key, item in value.items():
            text = plain_text(key) if isinstance(key, str) else self.convert(key, f"a key of {place}", depth + 1)
            if isinstance(text, list | dict):
                raise TypeError(f"{self.function}() takes strings as keys: {place} has {key!r:.80}.")
            text = text if isinstance(text, str) else str(text)
            result[text] = self.convert(item, f"{place}.{text}", depth + 1)
        return result

    def foreign(self, value: Any, place: str, depth: int) -> Any:
        """Values of libraries, known by what they can do rather than by importing the library."""
        if type(value).__name__ in ("NAType", "NaTType"):
            return None
        if hasattr(value, "isoformat"):  # date, time, datetime, Timestamp
            return plain_text(value.isoformat())
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        if kind in ("M", "m") and not hasattr(value, "iloc"):  # numpy dates: .tolist() would give integers
            dates = value.astype(str).tolist()
            return self.convert(_without_nat(dates), place, depth + 1)
        if hasattr(value, "columns") and hasattr(value, "to_dict"):  # a pandas data frame
            return self.convert(value.to_dict("records"), place, depth + 1)
        if hasattr(value, "tolist"):  # numpy and torch, arrays and scalars; pandas series
            return self.convert(value.tolist(), place, depth + 1)
        if isinstance(value, Number) and not isinstance(value, complex):  # Decimal, Fraction
            return _float(value)
        if hasattr(value, "__fspath__"):
            return plain_text(str(value))
        raise TypeError(f"{self.function}() cannot put {described(value)} into JSON: {place[:200]} has one.")


def _float(value: Any) -> float | None:
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _without_nat(dates: Any) -> Any:
    if isinstance(dates, list):
        return [_without_nat(date) for date in dates]
    return None if dates == "NaT" else dates
