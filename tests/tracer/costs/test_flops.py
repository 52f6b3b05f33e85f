"""FLOPs equal torch's own counter, operation by operation and over models; every formula comes to its FLOPs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.tracer.costs.counting import Bench, evaluated
from tracer.format.schema import PHASE_BACKWARD, PHASE_FORWARD

torch: Any = pytest.importorskip("torch")
F, nn = torch.nn.functional, torch.nn
from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from tracer.costs.formulas import FORGOTTEN  # noqa: E402


def forgotten() -> dict[Any, Any]:
    """What the library counts nothing for, as formulas that it takes."""

    def formula(name: str) -> Callable[..., int]:
        def flops(*args: Any, out_shape: Any, **kwargs: Any) -> int:
            return FORGOTTEN[name](*args, out=out_shape, **kwargs)[0]

        return flops

    return {getattr(torch.ops.aten, name): formula(name) for name in FORGOTTEN}


def compare(run: Callable[[], object], exactly: bool = True) -> Bench:
    """Count a run, and the same run by the library; `exactly`: with none but the library's own formulas."""
    with FlopCounterMode(display=False, custom_mapping=None if exactly else forgotten()) as library:
        run()
    bench = Bench()
    with bench.counting():
        run()
    assert bench.notices == []
    assert bench.flops == library.get_total_flops() > 0
    for row in bench.rows:
        assert (row.formula != "") == (row.flops != 0), row
        if row.formula:
            assert evaluated(row.formula) * row.count == row.flops, row
            assert not row.formula.startswith("torch."), row
    return bench


class Block(nn.Module):  # type: ignore[misc, name-defined]
    def __init__(self, width: int = 16, heads: int = 2) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mixes, self.joins = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.grows, self.shrinks = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Any) -> Any:
        batch, length, width = x.shape
        parts = self.mixes(self.before(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(*parts, is_causal=True)
        x = x + self.joins(mixed.transpose(1, 2).reshape(batch, length, width))
        return x + self.shrinks(F.gelu(self.grows(self.after(x))))


def trained(model: Any, *shape: int) -> Callable[[], object]:
    x = torch.randn(*shape, requires_grad=True)

    def run() -> None:
        out = model(x)
        (out[0] if isinstance(out, tuple) else out).pow(2).mean().backward()

    return run


def math_only(run: Callable[[], object]) -> Callable[[], object]:
    def inside() -> None:
        with sdpa_kernel(SDPBackend.MATH):
            run()

    return inside


ATTEND = nn.MultiheadAttention(8, 2, batch_first=True)
MODELS = {
    "MLP": trained(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)), 5, 8),
    "convolutions": trained(
        nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1)),
        *(2, 3, 12, 12),
    ),
    "grouped convolution": trained(nn.Conv2d(8, 12, 3, groups=4), 2, 8, 7, 7),
    "transposed convolution": trained(nn.ConvTranspose2d(3, 8, 3, stride=2), 2, 3, 6, 6),
    "1-d convolution": trained(nn.Conv1d(3, 8, 3), 2, 3, 9),
    "3-d convolution": trained(nn.Conv3d(3, 8, 2), 2, 3, 5, 5, 5),
    "transformer block": math_only(trained(Block(), 2, 6, 16)),
    "batched products": trained(lambda x: (x @ x.transpose(1, 2)) @ x, 3, 4, 5),
    "einsum": trained(lambda x: torch.einsum("bik,bjk,kl->bijl", x, x, torch.ones(5, 2)), 3, 4, 5),
    "attention of its own": math_only(trained(lambda x: ATTEND(x, x, x), 2, 6, 8)),
}


@pytest.mark.parametrize("name", MODELS)
def test_models_come_to_what_the_library_counts(name: str) -> None:
    bench = compare(MODELS[name])
    flops = {phase: sum(row.flops for row in bench.rows if row.phase == phase) for phase in (0, 1)}
    assert flops[PHASE_BACKWARD] >= flops[PHASE_FORWARD]


FURTHER = {
    "fused attention of the CPU": trained(Block(), 2, 6, 16),
    "queries and keys of other sizes": trained(
        lambda x: F.scaled_dot_product_attention(x, x[:, :, :4], x[:, :, :4]), 2, 3, 6, 8
    ),
    "LSTM": trained(nn.LSTM(5, 7, num_layers=2, bidirectional=True), 6, 3, 5),
    "GRU": trained(nn.GRU(5, 7), 6, 3, 5),
    "a matrix by a vector": lambda: torch.ones(3, 4) @ torch.ones(4),
    "a vector by a vector": lambda: torch.ones(4) @ torch.ones(4),
    "added in place": lambda: torch.ones(3, 5).addmm_(torch.ones(3, 4), torch.ones(4, 5)),
}


@pytest.mark.parametrize("name", FURTHER)
def test_what_the_library_forgets_is_counted_in_its_way(name: str) -> None:
    compare(FURTHER[name], exactly=False)


def test_recurrent_layers_count_the_same_on_every_device() -> None:
    """One layer in one direction, T = 6, B = 3, 5 inputs, 7 states, 4·7 gates."""
    of_input, of_state, bias = (28, 5), (28, 7), (28,)
    on_cpu = FORGOTTEN["mkldnn_rnn_layer"]((6, 3, 5), of_input, of_state, bias, bias)
    on_gpu = FORGOTTEN["_cudnn_rnn"]((6, 3, 5), (of_input, of_state, bias, bias), 4)
    assert on_cpu[0] == on_gpu[0] == 2 * 6 * 3 * 28 * (5 + 7)
    assert FORGOTTEN["_cudnn_rnn_backward"]((6, 3, 5), (of_input, of_state, bias, bias), 4)[0] == 2 * on_gpu[0]


def test_a_matrix_product_is_two_m_n_k() -> None:
    bench = compare(lambda: torch.ones(64, 16) @ torch.ones(16, 32))
    [row] = [row for row in bench.rows if row.flops]
    assert (row.formula, row.flops) == ("2·M·N·K = 2·64·32·16", 2 * 64 * 32 * 16)


def test_formulas_that_others_register_count() -> None:
    with torch.library._scoped_library("flops_test", "FRAGMENT") as library:
        library.define("thrice(Tensor x) -> Tensor")
        library.impl("thrice", lambda x: x * 3, "CPU")
        packet = torch.ops.flops_test.thrice
        torch.utils.flop_counter.register_flop_formula(packet)(lambda shape, **_: 3 * shape[0])
        try:
            bench = Bench()
            with bench.counting():
                packet(torch.ones(5))
        finally:
            del torch.utils.flop_counter.flop_registry[packet]
    [row] = bench.rows[-1:]
    assert (row.name, row.flops, row.formula) == ("flops_test.thrice", 15, "torch.utils.flop_counter = 15")


BLOCK = Block()
INFERRED = {
    "linear": lambda: F.linear(torch.ones(3, 4), torch.ones(5, 4), torch.ones(5)),
    "matmul": lambda: torch.matmul(torch.ones(2, 3, 4), torch.ones(2, 4, 5)),
    "convolution": lambda: F.conv2d(torch.ones(1, 2, 5, 5), torch.ones(3, 2, 3, 3)),
    "einsum": lambda: torch.einsum("ik,kj->ij", torch.ones(3, 4), torch.ones(4, 5)),
    "block": lambda: BLOCK(torch.ones(2, 6, 16)),
}


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("name", INFERRED)
def test_inference_counts_what_learning_does_forward(name: str, mode: Callable[[], Any]) -> None:
    learning = Bench()
    with learning.counting():
        INFERRED[name]()

    def run() -> None:
        with mode():
            INFERRED[name]()

    bench = compare(run, exactly=False)
    assert bench.flops == learning.flops
    counted = [(row.name, row.count, row.flops, row.bytes) for row in bench.rows if row.flops]
    assert counted == [(row.name, row.count, row.flops, row.bytes) for row in learning.rows if row.flops]
