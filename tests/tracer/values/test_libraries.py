"""Pandas, SymPy, Matplotlib, PIL, pydantic, attrs."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.tracer.values.holding import seen
from tracer.format.schema import Definition, Float, Formula, Instance, Opaque, Records, Sequence
from tracer.format.struct import to_json
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


def test_pandas_says_a_float32_as_briefly_as_one_does() -> None:
    pd = pytest.importorskip("pandas")
    shown = seen(
        pd.DataFrame({"half": pd.Series([0.1, None], dtype="float32"), "whole": pd.Series([1, 2], dtype="int8")})
    )
    assert shown.rows == [[0.1, 1], [Float(value="nan"), 2]]


def test_frames_of_every_kind() -> None:
    pd = pytest.importorskip("pandas")
    twice = seen(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    assert (twice.columns, twice.rows) == (["a", "a"], [[1, 2]])
    levels = seen(pd.DataFrame({("x", "y"): [1]}, index=pd.MultiIndex.from_tuples([("a", 1)])))
    assert levels.columns == ["x / y"]
    assert levels.index == [Sequence(type="tuple", items=["a", 1], length=2)]
    assert seen(pd.Series(["a", None], dtype="category")).rows == [["a"], [Float(value="nan")]]
    assert seen(pd.DataFrame()).row_count == 0
    assert seen(pd.Series([1, None], dtype="Int64")).rows[1] == [Opaque(type="NAType", text="<NA>")]
    long = pd.DataFrame({"n": range(10**6), "s": ["\1" * 1_000] * 10**6})
    assert seen(long).row_count == 10**6
    index = pd.MultiIndex.from_product([range(1_000), range(1_000)])
    assert seen(index).length == 10**6
    assert seen(pd.RangeIndex(10**12)).length == 10**12


class Unnamed:
    def __str__(self) -> str:
        raise SystemExit

    __repr__ = __str__


def test_a_column_named_by_an_object_that_will_not_say_its_name() -> None:
    pd = pytest.importorskip("pandas")
    assert seen(pd.DataFrame({Unnamed(): [1]})).columns == ["<Unnamed>"]
    assert seen(pd.Series([1], name=Unnamed())).columns == ["<Unnamed>"]


def test_sympy_is_bounded() -> None:
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x")
    deep = x
    for _ in range(300):
        deep = sympy.sin(deep)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)  # torch's compiler raises it, and may have run in this process
    try:
        assert seen(deep).problem == "too deep a formula to be written out"
    finally:
        sys.setrecursionlimit(limit)
    assert seen(sympy.Integer(10**100_000)).text == "1" + "0" * 39 + "…" + "0" * 20
    assert seen(sympy.Rational(10**5_000, 3)).text.endswith("/3")
    assert isinstance(seen(x + sympy.Integer(10**100_000)), Opaque)
    assert isinstance(seen(sympy.Float(0.1, 10_000)), Opaque)
    assert isinstance(seen(sympy.zeros(300, 300)), Opaque)
    assert isinstance(seen(sympy.Matrix(19, 19, lambda row, column: x**row + column)), Opaque)
    assert isinstance(seen(sympy.SparseMatrix(10**5, 10**5, {(0, 0): 1})), Opaque)
    shared = x
    for _ in range(60):  # as a tree, 2**60 parts
        shared = sympy.Mul(sympy.Add(shared, shared**2, evaluate=False), shared, evaluate=False)
    assert isinstance(seen(shared), Opaque)
    many = seen([sympy.expand((x + 1) ** 20)] * 100)
    assert isinstance(many.items[0], Formula)
    assert isinstance(many.items[-1], Opaque)


def test_pydantic() -> None:
    pydantic = pytest.importorskip("pydantic")

    class Model(pydantic.BaseModel):  # type: ignore[name-defined, misc]
        model_config = {"extra": "allow"}  # noqa: RUF012
        layers: int
        key: pydantic.SecretStr = pydantic.SecretStr("open sesame")
        _seen: int = pydantic.PrivateAttr(0)

        @pydantic.computed_field  # type: ignore[untyped-decorator]
        @property
        def width(self) -> int:
            raise SystemExit("a property was called")

    secret = Opaque(type="SecretStr", text="SecretStr('**********')")
    assert seen(Model(layers=2, more=3)) == Instance(
        type="Model", fields=[("layers", 2), ("key", secret), ("more", 3), ("_seen", 0)], length=4
    )
    assert seen(object.__new__(Model)) == Instance(type="Model", fields=[], length=0)
    cyclic = Model(layers=1)
    cyclic.more = cyclic
    assert to_json(seen(cyclic)).count(b'"reason":"cycle"') == 1
    with pytest.raises(pydantic.ValidationError) as raised:
        Model(layers="many")
    assert seen(raised.value).text.startswith("1 validation error for Model")
    assert seen(Model) == Definition(type="class", name="Model")


def test_attrs() -> None:
    attrs = pytest.importorskip("attrs")

    @attrs.define
    class Config:
        layers: int
        names: list[str] = attrs.field(factory=list, repr=False)

        @property
        def width(self) -> int:
            raise SystemExit("a property was called")

    names = Sequence(type="list", items=[], length=0)
    assert seen(Config(2)) == Instance(type="Config", fields=[("layers", 2), ("names", names)], length=2)
    assert seen(attrs.frozen(type("Fixed", (), {"__annotations__": {"a": int}}))(1)) == Instance(
        type="Fixed", fields=[("a", 1)], length=1
    )
    assert seen(object.__new__(Config)) == Instance(type="Config", fields=[], length=0)
