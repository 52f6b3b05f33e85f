"""`table`: rows and columns of any values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.authoring.plain import described, plain_text
from tracer.authoring.recording import active

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["table"]

MOST_ROWS = 200
MOST_COLUMNS = 100


class _Grid(NamedTuple):
    columns: list[str]
    rows: list[list[Any]]
    row_count: int


def table(rows: Any, columns: Sequence[Any] | None = None, caption: str = "", max_rows: int = MOST_ROWS) -> None:
    """Show a table. `rows` is one of:

    * a list of rows, each a list or tuple (name them with `columns`);
    * a list of dicts or of named tuples: keys are columns, in the order in which they first appear;
    * a dict of columns, each a list; or a dict of single values, shown as two columns;
    * a pandas data frame, or an array of one or two axes.

    `columns` chooses and orders the columns of those that have names. Only the first `max_rows` rows are kept; the table
    says how many there are. Raises TypeError or ValueError for anything else.
    """
    if not isinstance(caption, str):
        raise TypeError(f"table() takes its caption as a string, not {described(caption)}.")
    if not isinstance(max_rows, int) or max_rows < 1:
        raise ValueError(f"table() takes max_rows as a number from 1 up, not {max_rows!r:.40}.")
    if columns is not None and (isinstance(columns, str) or not isinstance(columns, list | tuple)):
        raise TypeError(f"table() takes columns as a list of names, not {described(columns)}.")
    grid = _grid(rows, None if columns is None else list(columns), max_rows)
    if (recorder := active()) is None:
        return
    from tracer.format.schema import Table

    names, body = grid.columns, grid.rows
    if (count := max([len(names), *map(len, body)])) > MOST_COLUMNS:
        recorder.notice(f"table() was given {count:,} columns; the first {MOST_COLUMNS} are shown.")
        names, body = names[:MOST_COLUMNS], [row[:MOST_COLUMNS] for row in body]
    recorder.emit(
        Table(
            columns=[plain_text(name) for name in names],
            rows=[[recorder.picture(_scalar(cell)) for cell in row] for row in body],
            row_count=grid.row_count,
            caption=plain_text(caption),
        )
    )


def _grid(rows: Any, columns: list[Any] | None, limit: int) -> _Grid:
    if hasattr(rows, "columns") and callable(getattr(rows, "itertuples", None)):
        return _frame(rows, columns, limit)
    if isinstance(rows, dict):
        return _mapping(rows, columns, limit)
    if hasattr(rows, "tolist") and len(getattr(rows, "shape", ())) in (1, 2):  # an array; with one axis, a column
        count = int(rows.shape[0])
        rows = rows[:limit].tolist()
        rows = rows if all(isinstance(row, list) for row in rows) else [[row] for row in rows]
        return _Grid(_names(columns, rows), rows, count)
    if not isinstance(rows, list | tuple):
        raise TypeError(
            "table() takes a list of rows (lists, tuples or dicts), a dict of columns, a data frame or an array, "
            f"not {described(rows)}."
        )
    if any(isinstance(row, dict) for row in rows):
        return _records(rows, columns, limit)
    if rows and all(hasattr(row, "_fields") for row in rows):
        return _records([row._asdict() for row in rows], columns, limit)
    for number, row in enumerate(rows):
        if not isinstance(row, list | tuple) and not hasattr(row, "tolist"):
            raise TypeError(f"table() takes rows as lists, tuples or dicts; row {number} is {described(row)}.")
    body = [list(row) for row in rows[:limit]]
    return _Grid(_names(columns, body), _even(body, columns), len(rows))


def _records(rows: Sequence[Any], columns: list[Any] | None, limit: int) -> _Grid:
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise TypeError(f"table() takes rows of one kind; row {number} is {described(row)} among dicts.")
    known = list(dict.fromkeys(key for row in rows for key in row))
    keys = _chosen(known, columns)
    return _Grid([str(key) for key in keys], [[row.get(key, "") for key in keys] for row in rows[:limit]], len(rows))


def _mapping(rows: dict[Any, Any], columns: list[Any] | None, limit: int) -> _Grid:
    """A dict of columns; or, when none of its values is a column, of names and values."""
    is_column = {key: isinstance(value, list | tuple | range) or _has_length(value) for key, value in rows.items()}
    if rows and not any(is_column.values()):
        body: list[list[Any]] = [[key, value] for key, value in rows.items()]
        return _Grid(_names(columns or ["name", "value"], body), body[:limit], len(body))
    keys = _chosen(list(rows), columns)
    for key in keys:
        if not is_column[key]:
            raise TypeError(f"table() takes columns as lists; {key!r:.80} is {described(rows[key])}.")
    lengths = {str(key): len(rows[key]) for key in keys}
    if len(set(lengths.values())) > 1:
        given = ", ".join(f"{name[:40]}: {length}" for name, length in list(lengths.items())[:10])
        raise ValueError(f"table() takes columns of one length, not of several ({given}).")
    count = next(iter(lengths.values()), 0)
    parts = [_listed(rows[key][:limit]) for key in keys]
    return _Grid([str(key) for key in keys], [list(row) for row in zip(*parts, strict=True)], count)


def _frame(frame: Any, columns: list[Any] | None, limit: int) -> _Grid:
    """A pandas data frame; its index is shown when it says more than the number of the row."""
    known = list(frame.columns)
    keys = _chosen(known, columns)
    head = frame.head(limit)
    positions = range(len(known)) if columns is None else [known.index(key) for key in keys]  # names may repeat
    body = [[row[at] for at in positions] for row in head.itertuples(index=False, name=None)]
    names = [str(key) for key in keys]
    if type(frame.index).__name__ != "RangeIndex":
        names = [str(frame.index.name or ""), *names]
        body = [[label, *row] for label, row in zip(head.index.tolist(), body, strict=True)]
    return _Grid(names, body, len(frame))


def _chosen(known: list[Any], columns: list[Any] | None) -> list[Any]:
    if columns is None:
        return known
    for name in columns:
        if name not in known:
            raise ValueError(f"table() has no column {name!r:.80}; it has {', '.join(str(key) for key in known[:20])}.")
    return columns


def _names(columns: list[Any] | None, rows: list[list[Any]]) -> list[str]:
    widest = max(map(len, rows), default=0)
    if columns is not None and rows and len(columns) != widest:
        raise ValueError(f"table() was given {len(columns)} names for {widest} columns.")
    return [str(name) for name in columns or []]


def _even(rows: list[list[Any]], columns: list[Any] | None) -> list[list[Any]]:
    """Rows of one length: short ones end in empty cells."""
    widest = max([len(columns or []), *map(len, rows)])
    return [row + [""] * (widest - len(row)) for row in rows]


def _has_length(value: Any) -> bool:
    return hasattr(value, "tolist") and len(getattr(value, "shape", ())) >= 1


def _listed(column: Iterable[Any]) -> list[Any]:
    tolist = getattr(column, "tolist", None)
    return list(tolist()) if callable(tolist) else list(column)


def _scalar(cell: Any) -> Any:
    """A numpy or torch scalar as the number that it is; anything else as it was."""
    if getattr(cell, "shape", None) == () and callable(getattr(cell, "item", None)):
        try:
            return cell.item()
        except Exception:  # a tensor without data has no number to give
            return cell
    return cell
