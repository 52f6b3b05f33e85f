"""Pandas's frames, series and indexes, as tables."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Cut, Opaque, Records, Value
from tracer.values import builtin
from tracer.values.arrays import shortest
from tracer.values.mapped import GONE
from tracer.values.numpy import extent
from tracer.values.objects import by_repr, printed
from tracer.values.text import clean
from tracer.values.types import derives, root, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler"]

_ROWS, _COLUMNS = 50, 20
_BITS = {"float16": 11, "float32": 24}  # precision; the other numbers of pandas are exact as Python has them


def handler(cls: type) -> Any:
    """The handler of a class of pandas's, or None."""
    pandas: Any = sys.modules.get("pandas")
    if derives(cls, pandas.DataFrame):
        return _frame
    if derives(cls, pandas.Series):
        return _series
    if derives(cls, pandas.Index):
        return _index
    if any(derives(cls, scalar) for scalar in (pandas.Timestamp, pandas.Timedelta, pandas.Period, pandas.Interval)):
        return printed
    return by_repr if root(cls) == "pandas" else None  # NaT, NA, a group, a dtype


def _frame(walker: Walker, value: Any, depth: int) -> Value:
    rows, columns = value.shape
    shown = range(min(columns, _COLUMNS))
    names = [_label(walker, name) for name in islice(value.columns, len(shown))]
    return _table(walker, value, rows, columns, names, [value.iloc[:, at] for at in shown], depth)


def _series(walker: Walker, value: Any, depth: int) -> Value:
    name = "" if value.name is None else _label(walker, value.name)
    return _table(walker, value, value.shape[0], 1, [name], [value], depth)


def _table(
    walker: Walker, value: Any, row_count: int, column_count: int, names: list[str], columns: list[Any], depth: int
) -> Value:
    """The first rows of a table. Its cells and the labels of its rows take a node each."""
    kind = type_name(type(value))
    cut = walker.stopped(value, row_count, depth, kind)
    if cut is not None:
        return cut
    if not all(map(_is_there, columns)):
        return Opaque(type=kind, problem=GONE)
    width = len(columns) + 1
    count = min(row_count, _ROWS, walker.limits.items, walker.nodes // width)
    if count == 0 and row_count:
        return Cut(reason="budget", type=kind)
    walker.nodes -= count * width
    cells = [[walker.child(item, depth) for item in _items(column, count)] for column in columns]
    return Records(
        type=kind,
        columns=names,
        rows=[list(row) for row in zip(*cells, strict=True)] if cells else [[] for _ in range(count)],
        row_count=row_count,
        column_count=column_count,
        index=[walker.child(item, depth) for item in _items(value.index, count)],
    )


def _is_there(column: Any) -> bool:
    """Whether what a column looks into can still be read, if that is an array of NumPy's."""
    numpy: Any = sys.modules["numpy"]
    values = column.values if column.dtype.kind in "biufc" else None
    return not derives(type(values), numpy.ndarray) or extent(numpy.ndarray.view(values, numpy.ndarray))[2]


def _items(column: Any, count: int) -> list[object]:
    """The first items of a column, as Python's own numbers where it holds numbers."""
    first = column.iloc[:count] if hasattr(column, "iloc") else column[:count]
    items: list[object] = first.tolist()
    bits = _BITS.get(str(first.dtype))
    return items if bits is None else [shortest(item, bits) if item == item else item for item in items]  # type: ignore[arg-type]


def _index(walker: Walker, value: Any, depth: int) -> Value:
    items = _items(value, walker.limits.items)
    return builtin.sequence(walker, value, items, value.shape[0], depth, type_name(type(value)))


def _label(walker: Walker, name: object) -> str:
    if type(name) is tuple:  # of a column with several levels
        return clean(" / ".join(_label(walker, part) for part in name[:10]), 100)
    try:
        return clean(str.__str__(walker.run(str, name)), 100)
    except KeyboardInterrupt:
        raise
    except BaseException:  # any object may be the name of a column
        return f"<{type_name(type(name))}>"
