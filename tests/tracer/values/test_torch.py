"""Torch's tensors and modules: what is shown, what is refused, and that nothing of the looking is left behind."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from tests.tracer.values.holding import seen
from tracer.format.schema import Instance, Sequence, Tensor
from tracer.format.struct import to_json
from tracer.values import Limits, picture

torch: Any = pytest.importorskip("torch")
nn = torch.nn


def tensor(value: Any, limits: Limits | None = None) -> Tensor:
    shown = picture(value, limits or Limits())
    assert isinstance(shown, Tensor)
    return shown


@pytest.mark.parametrize(
    ("dtype", "given", "elements"),
    [
        ("float32", [0.1, 1 / 3, 1.0, math.nan, math.inf], [0.1, 0.33333334, 1.0, "nan", "inf"]),
        ("float64", [0.1, 1 / 3], [0.1, 1 / 3]),
        ("float16", [0.1, 65504.0], [0.1, 65504.0]),
        ("bfloat16", [0.1, 3.0], [0.1, 3.0]),
        ("float8_e4m3fn", [0.1, 448.0], [0.1, 448.0]),
        ("float8_e5m2", [0.25, -2.0], [0.25, -2.0]),
        ("int64", [2**60, -1], ["1152921504606846976", -1]),
        ("uint8", [255], [255]),
        ("uint16", [65535], [65535]),
        ("bool", [True, False], [True, False]),
        ("complex64", [1 + 2j, 0.1j], ["1+2j", "0+0.1j"]),
    ],
)
def test_dtypes(dtype: str, given: list[Any], elements: list[Any]) -> None:
    shown = tensor(torch.tensor(given, dtype=getattr(torch, dtype)))
    assert (shown.dtype, shown.elements, shown.problem) == (dtype, elements, None)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_every_element_can_be_read_back(dtype: str) -> None:
    exact = torch.linspace(-3, 3, 250).to(getattr(torch, dtype))
    again = torch.tensor(tensor(exact).elements, dtype=torch.float64).to(exact.dtype)
    assert torch.equal(again.to(torch.float64), exact.to(torch.float64))


def test_description() -> None:
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    shown = tensor((x * 2).T)
    assert (shown.type, shown.shape, shown.strides, shown.device) == ("Tensor", [3, 2], [1, 3], "cpu")
    assert (shown.requires_grad, shown.origin) == (True, "PermuteBackward0")
    assert shown.elements == [0.0, 6.0, 2.0, 8.0, 4.0, 10.0]
    assert tensor(nn.Parameter(torch.ones(1))).type == "Parameter"
    assert tensor(torch.tensor(2.5)).shape == []
    assert tensor(torch.zeros(0, 3)).elements == []


def test_storage_links_views_and_arrays_and_outlives_no_memory() -> None:
    def storage(value: Any) -> Any:
        return tensor(value).storage

    x = torch.arange(6.0)
    assert storage(x).id == storage(x[2:]).id == storage(x.numpy()).id == storage(x[2:].numpy()).id
    assert (storage(x[2:]).offset, storage(x[2:].numpy()).offset, storage(x).bytes) == (8, 8, 24)
    array = x.double().numpy()
    assert storage(array).id == storage(torch.from_numpy(array)).id != storage(x).id
    assert storage(x.clone()).id != storage(x).id
    assert len({storage(torch.zeros(1000)).id for _ in range(50)}) == 50


def test_conjugate_and_negative_views() -> None:
    z = torch.tensor([1 + 2j])
    assert tensor(z.conj()).elements == ["1-2j"]
    assert tensor(z.conj().imag).elements == [-2.0]


class Wrapped(torch.Tensor):  # type: ignore[misc]
    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise AssertionError("a torch function of the program was called")


def test_a_subclass_is_read_past_its_torch_function() -> None:
    assert tensor(torch.ones(2).as_subclass(Wrapped)).elements == [1.0, 1.0]


def jagged() -> Any:
    return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)


def released() -> Any:
    value = torch.ones(300)
    value.untyped_storage().resize_(0)
    return value


def fake() -> Any:
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        return torch.ones(3)


def symbolic() -> Any:
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.fx.experimental.symbolic_shapes import ShapeEnv

    return FakeTensorMode(shape_env=ShapeEnv()).from_tensor(torch.ones(3, 4))


def masked() -> Any:
    return torch.masked.masked_tensor(torch.ones(3), torch.tensor([True, False, True]))


class Wrapper(torch.Tensor):  # type: ignore[misc]
    """A tensor without elements of its own, whose operations end the program."""

    @staticmethod
    def __new__(cls, inner: Any) -> Any:
        return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype)

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise SystemExit(f"{function} was called")


SUB_BYTE = [f"{sign}int{bits}" for sign in ("", "u") for bits in range(1, 8)]

HAZARDS: list[tuple[str, Callable[[], Any], str]] = [
    ("sparse", lambda: torch.eye(3).to_sparse(), "sparse_coo"),
    ("csr", lambda: torch.eye(3).to_sparse_csr(), "sparse_csr"),
    ("meta", lambda: torch.empty(3, device="meta"), "meta"),
    ("nested", lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "nested"),
    ("jagged", jagged, "parts differ in a size (-1)"),
    ("fake", fake, "FakeTensor"),
    ("uninitialised", nn.UninitializedParameter, "not initialised"),
    ("released", released, "released"),
    ("four bits", lambda: torch.zeros(300, dtype=torch.uint8).view(torch.float4_e2m1fn_x2), "no operations on it"),
    ("bsr", lambda: torch.eye(4).to_sparse_bsr((2, 2)), "sparse_bsr, 2 stored"),
    ("csc", lambda: torch.eye(4).to_sparse_csc(), "sparse_csc, 4 stored"),
    ("symbolic", symbolic, "symbolic"),
    ("uninitialised buffer", nn.UninitializedBuffer, "not initialised"),
    ("masked", masked, "MaskedTensor"),
    ("wrapper", lambda: Wrapper(torch.ones(3)), "Wrapper"),
    *((f"{name}", lambda name=name: torch.empty(3, dtype=getattr(torch, name)), "no operations") for name in SUB_BYTE),
]


@pytest.mark.parametrize(("make", "reason"), [row[1:] for row in HAZARDS], ids=[row[0] for row in HAZARDS])
def test_what_cannot_be_read_is_described_with_the_reason(make: Callable[[], Any], reason: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = make()
    shown = tensor(value)
    assert shown.problem is not None
    assert reason in shown.problem
    assert shown.elements is None
    assert shown.picture is None
    assert shown.dtype != "?"
    to_json(shown)


def test_inside_transforms() -> None:
    seen: list[Tensor] = []
    plain = torch.arange(300.0)

    def look(x: Any) -> Any:
        seen.extend([tensor(x), tensor(plain)])
        return (x * 2).sum()

    torch.vmap(look)(torch.ones(3, 2))
    torch.func.grad(look)(torch.ones(2))
    torch.func.jvp(look, (torch.ones(2),), (torch.ones(2),))
    torch.vmap(torch.func.grad(look))(torch.ones(4, 2))
    in_vmap, in_grad, in_jvp, in_both = seen[::2]
    assert (in_vmap.elements, in_both.elements) == (None, None)
    assert in_vmap.problem == "inside vmap it stands for 3 tensors at once: not read"
    assert in_both.problem == "inside vmap it stands for 4 tensors at once: not read"
    assert in_grad.elements == in_jvp.elements == [1.0, 1.0]
    assert all(shown.shape == [2] for shown in seen[::2])
    assert all(shown.stats is not None and shown.stats.max == 299 for shown in seen[1::2])


def test_under_the_modes_of_a_program() -> None:
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.overrides import TorchFunctionMode
    from torch.utils._python_dispatch import TorchDispatchMode

    called: list[Any] = []

    class Functions(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            called.append(function)
            return function(*args, **(kwargs or {}))

    class Operations(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            called.append(function)
            return function(*args, **(kwargs or {}))

    large, little = torch.arange(1000.0), torch.ones(2)
    expected = picture([large, little])
    with Functions(), Operations():
        inside = picture([large, little])
    assert inside == expected
    assert not called
    for mode in (torch.device("meta"), FakeTensorMode(), torch.inference_mode(), torch.no_grad()):
        with mode:
            assert picture([large, little]) == expected
    with torch.inference_mode():
        inference = torch.arange(300.0)
    assert tensor(inference).stats is not None


def test_the_program_does_not_notice() -> None:
    x = torch.randn(40, 40, requires_grad=True)
    y = (x * 2).sum(1)
    copy, grad_fn = x.detach().clone(), y.grad_fn
    before = (torch.random.get_rng_state(), x._version, y._version, torch.is_grad_enabled(), torch.get_default_dtype())
    picture({"x": x, "y": y, "row": x[0], "double": copy.double()})
    after = (torch.random.get_rng_state(), x._version, y._version, torch.is_grad_enabled(), torch.get_default_dtype())
    assert torch.equal(before[0], after[0])
    assert before[1:] == after[1:]
    assert x.grad is None
    assert y.grad_fn is grad_fn
    assert torch.equal(x, copy)
    y.sum().backward()
    assert torch.equal(x.grad, torch.full_like(x, 2.0))


@pytest.mark.parametrize("shape", [(64, 64), (5000,), (3, 5, 7, 11), (2, 1000, 3)])
def test_samples_name_their_elements_and_statistics_are_right(shape: tuple[int, ...]) -> None:
    value = torch.randn(shape, dtype=torch.float64).transpose(0, -1)
    shown = tensor(value)
    assert shown.picture is not None
    assert shown.stats is not None
    rows = value.reshape(-1, value.shape[-1]) if value.dim() > 1 else value.reshape(1, -1)
    expected = rows[shown.picture.row_indices][:, shown.picture.column_indices]
    assert shown.picture.cells == [float(f"{cell:.5g}") for cell in expected.reshape(-1).tolist()]
    assert shown.stats.mean == pytest.approx(value.mean().item(), rel=1e-6, abs=1e-9)
    assert shown.stats.std == pytest.approx(value.std(correction=0).item(), rel=1e-6)
    assert (shown.stats.min, shown.stats.max) == pytest.approx((value.min().item(), value.max().item()), rel=1e-8)
    assert not shown.stats.approximate


def test_statistics_count_what_is_not_finite() -> None:
    value = torch.ones(300)
    value[0], value[1], value[2], value[3] = math.nan, math.inf, -math.inf, 0.0
    stats = tensor(value).stats
    assert stats is not None
    assert (stats.min, stats.max, stats.zeros, stats.nan, stats.inf) == (0.0, 1.0, 1, 1, 2)
    nothing = tensor(torch.full((300,), math.nan)).stats
    assert nothing is not None
    assert (nothing.min, nothing.mean, nothing.nan) == (None, None, 300)


def test_a_huge_tensor_stays_small() -> None:
    value = torch.zeros(2000, 3000)
    value[:, 1::2] = 1
    shown = tensor(value)
    assert shown.stats is not None
    assert shown.stats.approximate
    assert shown.stats.mean == pytest.approx(0.5, abs=0.01)
    assert shown.stats.zeros == pytest.approx(3_000_000, rel=0.02)
    assert len(to_json(shown)) < 50_000


def test_other_things_of_torch() -> None:
    assert picture(torch.Size([2, 3])) == Sequence(type="Size", items=[2, 3], length=2)
    largest = picture(torch.tensor([3.0, 5.0]).max(dim=0))
    assert isinstance(largest, Instance)
    assert [name for name, _ in largest.fields] == ["values", "indices"]
    optimizer = picture(torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1))
    assert isinstance(optimizer, Instance)
    assert "param_groups" in dict(optimizer.fields)
    assert not any(name.startswith("_") for name, _ in optimizer.fields)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_cuda_is_read_only_when_asked() -> None:
    value = torch.arange(100_000.0, device="cuda")
    shown = tensor(value)
    assert (shown.problem, shown.stats, shown.picture) == (
        "on cuda:0: not read, to avoid a synchronisation",
        None,
        None,
    )
    assert shown.storage is not None
    read = tensor(value, Limits(synchronize=True))
    assert read.problem is None
    assert read.picture is not None
    assert read.picture.cells[0] == 0.0
    assert read.stats is not None
    assert tensor(value[:3], Limits(synchronize=True)).elements == [0.0, 1.0, 2.0]
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        total = value * 2
        captured = tensor(total, Limits(synchronize=True))
    graph.replay()
    assert captured.problem is not None
    assert "captured" in captured.problem


class Hostile(torch.Tensor):  # type: ignore[misc]
    """Redefines every question that looking at a tensor would ask."""

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise SystemExit("a torch function of the program was called")

    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(f"{name} was asked for")

    def refuse(self, *_: Any, **__: Any) -> Any:
        raise SystemExit("a method of the program was called")

    __repr__ = __len__ = __iter__ = __getitem__ = __bool__ = __float__ = __eq__ = __format__ = refuse
    __hash__ = torch.Tensor.__hash__
    shape = dtype = device = layout = grad_fn = requires_grad = is_nested = property(refuse)
    stride = numel = reshape = tolist = untyped_storage = storage_offset = element_size = size = refuse


@pytest.mark.parametrize("size", [4, 1000])
def test_a_subclass_is_read_past_whatever_it_redefines(size: int) -> None:
    plain = torch.arange(float(size))
    hostile = plain.as_subclass(Hostile)
    shown, expected = seen(hostile), seen(plain)
    assert (shown.type, shown.problem) == ("Hostile", None)
    assert (shown.shape, shown.strides, shown.storage) == (expected.shape, expected.strides, expected.storage)
    assert (shown.elements, shown.picture, shown.stats) == (expected.elements, expected.picture, expected.stats)
    assert seen([hostile, {"x": hostile}]).items[0].shape == [size]
    grown = torch.ones(2, requires_grad=True).as_subclass(Hostile)
    assert (tensor(grown).requires_grad, tensor(grown).origin) == (True, "AliasBackward0")


def test_a_wrapper_is_described_without_its_dispatch() -> None:
    shown = tensor(Wrapper(torch.ones(3)))
    assert (shown.shape, shown.dtype, shown.elements) == ([3], "float32", None)


def test_quantized_tensors_show_what_they_stand_for() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = torch.quantize_per_tensor(torch.tensor([0.5, 1.0]), 0.5, 0, torch.qint8)
        rows = torch.quantize_per_channel(torch.ones(2, 2), torch.tensor([1.0, 0.5]), torch.zeros(2), 0, torch.quint8)
        large = torch.quantize_per_tensor(torch.ones(300, 300), 0.5, 0, torch.qint8)
    assert (tensor(whole).dtype, tensor(whole).elements) == ("qint8", [0.5, 1.0])
    assert tensor(rows).elements == [1.0] * 4
    assert tensor(large).problem == "it is quantized and large: not read"


def test_memory_that_is_shared_until_written_stays_shared() -> None:
    value = torch.arange(4.0)
    lazy = torch._lazy_clone(value)
    shown = tensor(lazy)
    assert shown.elements == [0.0, 1.0, 2.0, 3.0]
    assert torch._C._is_cow_tensor(lazy)
    assert torch._C._is_cow_tensor(value)


def test_expanded_without_end() -> None:
    shown = tensor(torch.ones(1).expand(2**31, 2**31))
    assert shown.picture is not None
    assert set(shown.picture.cells) == {1.0}
    assert shown.stats is not None
    assert shown.stats.approximate


def test_a_graph_is_not_touched() -> None:
    x = torch.ones(3, requires_grad=True)
    base = x * 2
    view = base[1:]
    view.mul_(3)
    hooks: list[Any] = []
    with torch.autograd.graph.saved_tensors_hooks(hooks.append, lambda kept: kept):
        for value in (x, base, view, [x, {"v": view}]):
            seen(value)
    assert not hooks
    base.sum().backward()
    assert x.grad.tolist() == [2.0, 6.0, 6.0]


def test_inside_an_autograd_function_and_a_hook() -> None:
    seen_there: list[Tensor] = []

    class Double(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(context: Any, x: Any) -> Any:
            seen_there.append(seen(x))
            return x * 2

        @staticmethod
        def backward(context: Any, gradient: Any) -> Any:
            seen_there.append(seen(gradient))
            return gradient * 2

    x = torch.ones(2, requires_grad=True)
    x.register_hook(lambda gradient: seen_there.append(seen(gradient)))
    Double.apply(x).sum().backward()
    assert [shown.elements for shown in seen_there] == [[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]]


def test_under_settings_of_the_program() -> None:
    little, large = torch.ones(2), torch.arange(1000.0)
    expected = [seen(little), seen(large)]
    torch.use_deterministic_algorithms(True)
    torch.set_default_dtype(torch.float16)
    torch.set_default_device("meta")
    try:
        assert [seen(little), seen(large)] == expected
    finally:
        torch.set_default_device(None)
        torch.set_default_dtype(torch.float32)
        torch.use_deterministic_algorithms(False)


def test_what_compiling_and_tracing_hand_around() -> None:
    from torch.fx.experimental.proxy_tensor import make_fx

    there: list[Tensor] = []

    def work(x: Any) -> Any:
        there.append(tensor(x))
        return x * 2

    graph = make_fx(work)(torch.ones(2))
    assert [node.op for node in graph.graph.nodes] == ["placeholder", "call_function", "output"]

    def backend(module: Any, inputs: Any) -> Any:
        there.extend(map(tensor, inputs))
        return module

    torch.compile(lambda x: x * 2, backend=backend)(torch.ones(2))
    assert [shown.shape for shown in there] == [[2], [2]]


def test_packed_sequences_and_sizes_are_tuples() -> None:
    packed = seen(nn.utils.rnn.pack_sequence([torch.ones(2), torch.ones(1)]))
    assert [name for name, _ in packed.fields] == ["data", "batch_sizes", "sorted_indices", "unsorted_indices"]
    assert seen(torch.ones(3).untyped_storage()).text == "12 bytes on cpu"


def test_no_reference_to_a_tensor_is_kept() -> None:
    import weakref

    value = torch.ones(300, requires_grad=True)
    grown = (value * 2)[::2]
    references = [weakref.ref(value), weakref.ref(grown)]
    seen([value, grown])
    del value, grown
    assert [reference() for reference in references] == [None, None]


def test_many_tensors_share_one_bound() -> None:
    shown = seen([torch.ones(1).expand(1000, 1000)] * 100)
    first, last = shown.items[0], shown.items[-1]
    assert first.stats.approximate
    assert last.stats is None
    assert last.shape == [1000, 1000]
    model = nn.Sequential(*[nn.Linear(300, 300) for _ in range(60)])
    assert seen(model).length == 61
