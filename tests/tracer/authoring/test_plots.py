from __future__ import annotations

import datetime
import decimal
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.tracer.authoring.keeping import Keeping
from tracer import plot
from tracer.authoring import plain
from tracer.authoring.plain import jsonable
from tracer.format import schema


def _spec(**values: Any) -> dict[str, Any]:
    return {"data": {"values": [values]}, "mark": "bar", "encoding": {"x": {"field": "n"}, "y": {"field": "loss"}}}


def test_a_specification_is_passed_on(kept: Keeping) -> None:
    plot(_spec(n=1, loss=0.5))
    shown = kept.only(schema.Plot)
    assert shown.spec == _spec(n=1, loss=0.5)
    assert shown.alt == "loss against n"


@pytest.mark.parametrize(
    ("value", "json_value"),
    [
        (float("nan"), None),
        (float("-inf"), None),
        (np.float32(0.5), 0.5),
        (np.float64("nan"), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (2**53, float(2**53)),
        (10**400, None),
        (np.array([1.0, np.inf]), [1.0, None]),
        (torch.tensor([[1, 2]]), [[1, 2]]),
        (datetime.date(2024, 5, 6), "2024-05-06"),
        (datetime.datetime(2024, 5, 6, 7, 8), "2024-05-06T07:08:00"),
        (pd.Timestamp("2024-05-06"), "2024-05-06T00:00:00"),
        (pd.NaT, None),
        (pd.NA, None),
        (np.datetime64("2024-05-06"), "2024-05-06"),
        (np.array(["2024-05-06", "NaT"], "datetime64[ns]"), ["2024-05-06T00:00:00.000000000", None]),
        (pd.Series([1.5, None]), [1.5, None]),
        (pd.DataFrame({"a": [1, 2]}), [{"a": 1}, {"a": 2}]),
        (decimal.Decimal("0.25"), 0.25),
        (Path("a/b"), "a/b"),
        ("a\ud800", "a�"),
        ({1: 2, np.int64(3): 4, "True": 5}, {"1": 2, "True": 5, "3": 4}),
        ((1, [2]), [1, [2]]),
    ],
)
def test_what_libraries_hold_becomes_plain_json(kept: Keeping, value: Any, json_value: Any) -> None:
    plot(_spec(n=value))
    assert kept.only(schema.Plot).spec["data"]["values"][0]["n"] == json_value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=10,
    )
)
def test_any_data_becomes_valid_json(value: Any) -> None:
    result = jsonable("plot", value, "spec")
    assert json.loads(json.dumps(result, allow_nan=False).encode()) == result


class Chart:
    """What Altair's charts are to us."""

    def __init__(self, spec: Any) -> None:
        self.spec = spec

    def to_dict(self) -> Any:
        if isinstance(self.spec, Exception):
            raise self.spec
        return self.spec


def test_what_has_to_dict(kept: Keeping) -> None:
    plot(Chart({"layer": [], "title": {"text": ["Two", "lines"]}}))
    plot(Chart({"layer": [], "description": "Words", "title": "T"}), alt="Mine")
    assert [output.alt for output in kept.shown if isinstance(output, schema.Plot)] == ["Two lines", "Mine"]


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (Chart(RuntimeError("no data")), "RuntimeError: no data"),
        (Chart([1]), "plot() was given no Vega-Lite specification"),
        (pd.DataFrame({"a": [1]}), "plot() was given no Vega-Lite specification"),
        (_spec(n=object()), "plot() cannot put an object into JSON: spec.data.values[0].n has one."),
        (_spec(n={1, 2}), "plot() cannot put a set into JSON: spec.data.values[0].n has one."),
        (_spec(n={(1, 2): 3}), "plot() takes strings as keys: spec.data.values[0].n has (1, 2)."),
        (_spec(n=1j), "plot() cannot put a complex into JSON"),
    ],
)
def test_a_chart_that_cannot_be_read_leaves_a_placeholder(kept: Keeping, spec: Any, sentence: str) -> None:
    plot(spec)
    placeholder = kept.only(schema.Placeholder)
    assert placeholder.of == "plot"
    assert placeholder.reason.startswith(sentence)
    assert len(kept.said) == 1


def test_data_that_contains_itself_or_is_endless(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    loop: list[Any] = []
    loop.append(loop)
    plot(_spec(n=loop))
    assert "contains itself" in kept.last(schema.Placeholder).reason
    monkeypatch.setattr(plain, "MOST_ITEMS", 100)
    plot(_spec(n=[0] * 101))
    assert "more than 100 values" in kept.last(schema.Placeholder).reason


def test_data_elsewhere_is_warned_of(kept: Keeping) -> None:
    plot({"hconcat": [{"mark": "bar", "data": {"url": "https://example.org/cars.json"}}]})
    assert isinstance(kept.shown[0], schema.Plot)
    assert "https://example.org/cars.json" in kept.said[0]
    plot({"mark": "bar", "data": {"values": [{"data": {"url": "a"}}]}})
    assert len(kept.said) == 1


@pytest.mark.usefixtures("either_way")
def test_what_is_no_chart_is_refused() -> None:
    for wrong in (None, "bar", 3, [1, 2]):
        with pytest.raises(TypeError, match=r"plot\(\) takes a Vega-Lite specification .* not "):
            plot(wrong)
    with pytest.raises(ValueError, match="no Vega-Lite specification"):
        plot({"data": {"values": []}})
    with pytest.raises(TypeError, match="alt as a string"):
        plot({"mark": "bar"}, alt=3)  # type: ignore[arg-type]
