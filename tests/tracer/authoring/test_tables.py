from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import torch

from tests.tracer.authoring.keeping import Keeping
from tracer import table
from tracer.format import schema


class Row(NamedTuple):
    name: str
    size: int


@pytest.mark.parametrize(
    ("rows", "columns", "names", "body"),
    [
        ([["a", 1], ["b", 2]], ["name", "size"], ["name", "size"], [["a", 1], ["b", 2]]),
        ([("a", 1), ("b", 2)], None, [], [["a", 1], ["b", 2]]),
        ([["a", 1], ["b"]], None, [], [["a", 1], ["b", ""]]),
        ([{"name": "a"}, {"size": 2, "name": "b"}], None, ["name", "size"], [["a", ""], ["b", 2]]),
        ([{"name": "a", "size": 1}], ["size"], ["size"], [[1]]),
        ([Row("a", 1)], None, ["name", "size"], [["a", 1]]),
        ({"name": ["a", "b"], "size": (1, 2)}, None, ["name", "size"], [["a", 1], ["b", 2]]),
        ({"n": range(2), "x": np.array([5, 6])}, ["x", "n"], ["x", "n"], [[5, 0], [6, 1]]),
        ({"vocabulary": 256, "special": True}, None, ["name", "value"], [["vocabulary", 256], ["special", True]]),
        (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), None, ["a", "b"], [[1, "x"], [2, "y"]]),
        (pd.DataFrame({"a": [1], "b": [2]}), ["b"], ["b"], [[2]]),
        (pd.DataFrame({"a": [1]}, index=pd.Index(["r"], name="row")), None, ["row", "a"], [["r", 1]]),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), None, ["a", "a"], [[1, 2]]),
        (np.array([[1, 2], [3, 4]]), None, [], [[1, 2], [3, 4]]),
        (torch.tensor([1, 2]), ["x"], ["x"], [[1], [2]]),
        ([[np.int64(1), torch.tensor(2)]], None, [], [[1, 2]]),
        ([np.array([1, 2])], None, [], [[1, 2]]),
        ([], ["a"], ["a"], []),
        ({}, None, [], []),
    ],
)
def test_every_form(
    kept: Keeping, rows: Any, columns: list[str] | None, names: list[str], body: list[list[Any]]
) -> None:
    table(rows, columns, caption="A caption")
    assert kept.only(schema.Table) == schema.Table(columns=names, rows=body, row_count=len(body), caption="A caption")


def test_cells_are_pictures_of_values(kept: Keeping) -> None:
    table([[[1, 2], float("nan"), np.zeros(3), None, "a\ud800"]])
    cells = kept.only(schema.Table).rows[0]
    assert isinstance(cells[0], schema.Sequence)
    assert cells[1] == schema.Float(value="nan")
    assert isinstance(cells[2], schema.Tensor)
    assert cells[3] is None


@pytest.mark.parametrize(
    "rows",
    [
        [[n] for n in range(1000)],
        [{"n": n} for n in range(1000)],
        {"n": range(1000)},
        pd.DataFrame({"n": range(1000)}),
        np.arange(1000),
    ],
)
def test_long_tables_keep_their_first_rows_and_their_count(kept: Keeping, rows: Any) -> None:
    table(rows)
    table(rows, max_rows=3)
    long, short = (output for output in kept.shown if isinstance(output, schema.Table))
    assert (len(long.rows), long.row_count) == (200, 1000)
    assert (short.rows, short.row_count) == ([[0], [1], [2]], 1000)


def test_wide_tables_are_cut_and_the_author_told(kept: Keeping) -> None:
    table([list(range(150))])
    assert len(kept.only(schema.Table).rows[0]) == 100
    assert kept.said == ["table() was given 150 columns; the first 100 are shown."]


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"rows": 3}, "takes a list of rows .* not an int"),
        ({"rows": "text"}, "takes a list of rows .* not a str"),
        ({"rows": (n for n in [1])}, "not a generator"),
        ({"rows": [1, 2]}, "row 0 is an int"),
        ({"rows": [{"a": 1}, [2]]}, "row 1 is a list among dicts"),
        ({"rows": {"a": [1], "b": [1, 2]}}, r"of one length, not of several \(a: 1, b: 2\)"),
        ({"rows": {"a": [1], "b": 2}}, "'b' is an int"),
        ({"rows": [[1, 2]], "columns": ["a"]}, "1 names for 2 columns"),
        ({"rows": [{"a": 1}], "columns": ["b"]}, "no column 'b'; it has a"),
        ({"rows": pd.DataFrame({"a": [1]}), "columns": ["b"]}, "no column 'b'; it has a"),
        ({"rows": [[1]], "columns": "a"}, "columns as a list"),
        ({"rows": [[1]], "caption": 3}, "caption as a string"),
        ({"rows": [[1]], "max_rows": 0}, "max_rows as a number"),
    ],
)
def test_tables_that_are_none(how: dict[str, Any], sentence: str) -> None:
    with pytest.raises((TypeError, ValueError), match=sentence):
        table(**how)
