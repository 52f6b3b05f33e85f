"""Modules: their fields, their parameters by name, and totals that count every tensor once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tracer.values.holding import seen
from tracer.format.schema import Cut, Instance, Module, Sequence, Tensor
from tracer.values import Limits, encoded
from tracer.values.limits import FULL

torch: Any = pytest.importorskip("torch")
nn = torch.nn


def module(value: Any, limits: Limits | None = None) -> Module:
    shown = seen(value, limits or Limits())
    assert isinstance(shown, Module)
    return shown


def totals(shown: Module) -> tuple[int, int, int, int]:
    return shown.parameter_count, shown.trainable_count, shown.parameter_bytes, shown.buffer_bytes


def counted(value: Any) -> tuple[int, int, int, int]:
    """The same, asked of torch."""
    parameters = list(value.parameters())
    return (
        sum(p.numel() for p in parameters),
        sum(p.numel() for p in parameters if p.requires_grad),
        sum(p.numel() * p.element_size() for p in parameters),
        sum(b.numel() * b.element_size() for b in value.buffers()),
    )


class Model(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.width = 300
        self.first = nn.Linear(2, 300)
        self.second = nn.Linear(300, 1)
        self.register_buffer("mask", torch.ones(2, dtype=torch.bool))


class LanguageModel(nn.Module):  # type: ignore[misc]
    def __init__(self, layers: int = 2) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 8)
        self.blocks = nn.ModuleList(nn.TransformerEncoderLayer(8, 2, 16) for _ in range(layers))
        self.norm = nn.BatchNorm1d(8)
        self.head = nn.Linear(8, 50, bias=False)
        self.head.weight = self.embed.weight
        self.embed.weight.requires_grad_(False)
        self.none = None
        self.register_parameter("bias", None)


def test_a_module_shows_its_fields() -> None:
    shown = module(Model())
    fields = dict(shown.fields)
    assert list(fields) == ["mask", "first", "second", "training", "width"]
    assert shown.length == 5
    first = fields["first"]
    assert isinstance(first, Module)
    assert (first.type, first.parameters, totals(first)) == ("Linear", [], (900, 900, 3_600, 0))
    weight = dict(first.fields)["weight"]
    assert isinstance(weight, Tensor)
    assert (weight.shape, weight.elements, weight.stats) == ([300, 2], None, None)
    assert weight.problem == "too large to be shown inside its module: look at it by itself"
    mask = fields["mask"]
    assert isinstance(mask, Tensor)
    assert mask.elements == [True, True]


def test_parameters_are_named_and_counted_once() -> None:
    model = LanguageModel()
    shown = module(model)
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    assert [row.name for row in shown.parameters] == names
    assert shown.row_count == len(names)
    assert totals(shown) == counted(model)
    rows = {row.name: row for row in shown.parameters}
    assert (rows["embed.weight"].same_as, rows["head.weight"].same_as) == (None, "embed.weight")
    assert (rows["embed.weight"].shape, rows["embed.weight"].dtype, rows["embed.weight"].count) == (
        [50, 8],
        "float32",
        400,
    )
    assert [row.name for row in shown.parameters if not row.trainable] == ["embed.weight", "head.weight"]


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float8_e4m3fn"])
def test_bytes_are_those_of_the_dtype(dtype: str) -> None:
    shown = module(nn.Linear(10, 10).to(getattr(torch, dtype)))
    assert shown.parameter_bytes == 110 * getattr(torch, dtype).itemsize
    assert shown.parameters[0].dtype == dtype


def test_many_parameters_show_their_first() -> None:
    shown = module(nn.Sequential(*(nn.Linear(3, 4) for _ in range(300))))
    assert (len(shown.parameters), shown.row_count, shown.parameter_count) == (200, 600, 4_800)
    assert shown.parameters[0].name == "0.weight"


def test_what_has_no_numbers_yet() -> None:
    lazy = module(nn.Sequential(nn.LazyLinear(4), nn.Linear(4, 2)))
    assert (lazy.parameters[0].shape, lazy.parameters[0].count, lazy.parameter_count) == ([], 0, 10)
    meta = nn.Linear(1_000, 1_000, device="meta")
    assert totals(module(meta)) == counted(meta)


def test_a_module_with_several_places_is_counted_once() -> None:
    layer = nn.Linear(3, 3)
    shared = nn.Sequential(layer, nn.ReLU(), layer)
    shown = module(shared)
    assert totals(shown) == counted(shared)
    assert [(row.name, row.same_as) for row in shown.parameters] == [
        ("0.weight", None),
        ("0.bias", None),
        ("2.weight", "0.weight"),
        ("2.bias", "0.bias"),
    ]


def test_a_buffer_that_is_a_parameter_is_no_buffer() -> None:
    layer = nn.Linear(3, 3)
    layer.register_buffer("seen", layer.weight)
    layer.register_buffer("twice", torch.zeros(5))
    layer.register_buffer("again", layer.twice)
    assert module(layer).buffer_bytes == 20


def test_modules_in_circles_and_in_each_other() -> None:
    outer = nn.Linear(2, 2)
    outer._modules["itself"] = outer
    shown = module(outer)
    assert (shown.parameter_count, shown.row_count) == (6, 2)
    assert isinstance(dict(shown.fields)["itself"], Cut)
    doubled: Any = nn.Linear(2, 2)
    for _ in range(60):  # 2**60 ways to the same layer
        doubled = nn.Sequential(doubled, doubled)
    shown = module(doubled)
    assert (shown.parameter_count, shown.row_count) == (6, 2**53)
    assert len(shown.parameters) >= 50
    assert shown.parameters[2].same_as == shown.parameters[0].name
    deep: Any = nn.Linear(2, 2)
    for _ in range(3_000):
        deep = nn.Sequential(deep)
    assert module(deep).parameter_count == 6


def test_inside_a_container_it_is_short() -> None:
    shown = seen([LanguageModel(), {"model": Model()}])
    assert isinstance(shown, Sequence)
    inner = shown.items[0]
    assert isinstance(inner, Module)
    assert (inner.parameters, inner.row_count) == (
        [],
        len(list(LanguageModel().named_parameters(remove_duplicate=False))),
    )
    assert inner.parameter_count == counted(LanguageModel())[0]


def test_nothing_of_its_class_is_run() -> None:
    class Hostile(nn.Module):  # type: ignore[misc]
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

        parameters = named_parameters = named_modules = children = buffers = state_dict = property(__getattr__)  # type: ignore[arg-type, assignment]
        __repr__ = __len__ = __iter__ = __eq__ = __hash__ = __getattr__  # type: ignore[assignment]

    hostile = Hostile()
    hostile.__dict__["_parameters"]["weight"] = nn.Parameter(torch.zeros(3))
    assert b'"parameter_count":3' in encoded(hostile)

    broken = nn.Linear(2, 2)
    broken.__dict__["_modules"] = 3
    broken.__dict__["_parameters"] = {1: 2, "odd": "text"}
    assert module(broken).parameter_count == 0
    assert isinstance(seen(object.__new__(nn.Linear)), Module | Instance)


def test_it_stays_within_its_bytes() -> None:
    deep = nn.Sequential(*(LanguageModel(4) for _ in range(40)))
    for limits in (Limits(), Limits(bytes=3_000), FULL):
        shown = module(deep, limits)
        assert totals(shown) == counted(deep)
