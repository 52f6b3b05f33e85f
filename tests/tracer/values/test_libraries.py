"""Pandas, SymPy, Matplotlib, PIL."""

from __future__ import annotations

from typing import Any

import pytest

from tracer.format.schema import Definition, Float, Formula, Opaque, Records, Sequence
from tracer.values import picture


def test_pandas() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {"n": [1, 2], "x": [0.5, None], "when": pd.to_datetime(["2026-01-02", None])}, index=["a", "b"]
    )
    assert picture(frame) == Records(
        type="DataFrame",
        columns=["n", "x", "when"],
        rows=[
            [1, 0.5, Opaque(type="Timestamp", text="2026-01-02 00:00:00")],
            [2, Float(value="nan"), Opaque(type="NaTType", text="NaT")],
        ],
        row_count=2,
        column_count=3,
        index=["a", "b"],
    )
    assert picture(frame["n"]) == Records(
        type="Series", columns=["n"], rows=[[1], [2]], row_count=2, column_count=1, index=["a", "b"]
    )
    assert picture(frame.index) == Sequence(type="Index", items=["a", "b"], length=2)
    long = picture(pd.DataFrame({("a", column): range(1000) for column in range(100)}))
    assert isinstance(long, Records)
    assert (long.row_count, long.column_count, long.columns[:2]) == (1000, 100, ["a / 0", "a / 1"])
    assert len(long.rows) * len(long.columns) <= 400
    own: Any = pd.DataFrame({"a": [None]}, dtype=object)
    own.iat[0, 0] = own
    assert isinstance(picture(own), Records)


def test_sympy() -> None:
    sympy = pytest.importorskip("sympy")
    x, y = sympy.symbols("x y")
    assert picture(x**2 / y) == Formula(type="Mul", latex=r"\frac{x^{2}}{y}", text="x**2/y")
    assert picture(sympy.Integer(3)) == Formula(type="Integer", latex="3", text="3")
    matrix = picture(sympy.Matrix([[x, 1]]))
    assert isinstance(matrix, Formula)
    assert matrix.text == "Matrix([[x, 1]])"
    assert picture(sympy.expand((x + y + 1) ** 50)) == Opaque(
        type="Add", cut=True, problem="too long a formula to be written out"
    )
    assert picture(sympy.Symbol) == Definition(type="class", name="Symbol")


def test_figures_and_images() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure(figsize=(4, 3))
    figure.subplots(1, 2)
    assert picture(figure) == Opaque(type="Figure", text="4 × 3 inches, 2 axes")
    image = pytest.importorskip("PIL.Image").new("RGB", (4, 3))
    assert picture(image) == Opaque(type="Image", text="4 × 3 pixels, mode RGB")
