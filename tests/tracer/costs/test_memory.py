"""Live tensor memory by role, against counts made by hand."""

from __future__ import annotations

import gc
import threading
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

from tests.tracer.costs.bookkeeping import ROLES, Counting  # noqa: E402

IN, WIDTH, OUT, BATCH = 32, 64, 8, 16
COUNT = IN * WIDTH + WIDTH + WIDTH * OUT + OUT  # parameters of the model
TENSORS = 4


def mlp() -> Any:
    return nn.Sequential(nn.Linear(IN, WIDTH), nn.ReLU(), nn.Linear(WIDTH, OUT))


class FromScratch(torch.optim.Optimizer):  # type: ignore[misc]
    """AdamW as a lecture would write it."""

    def __init__(self, parameters: Any, lr: float = 1e-3) -> None:
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["m"], state["v"], state["t"] = torch.zeros_like(p), torch.zeros_like(p), 0
                state["t"] += 1
                state["m"].lerp_(p.grad, 0.1)
                state["v"].lerp_(p.grad.square(), 0.01)
                p.mul_(1 - 0.01 * group["lr"]).sub_(state["m"] / (state["v"].sqrt() + 1e-8), alpha=group["lr"])


class InDict:
    """Keeps its state in a dict of its own, of which torch knows nothing."""

    def __init__(self, parameters: Any) -> None:
        self.moments = {p: torch.zeros_like(p) for p in parameters}

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self) -> None:
        for p, moment in self.moments.items():
            moment.lerp_(p.grad, 0.1)
            p.sub_(moment, alpha=0.1)


# name, optimizer, bytes a parameter of optimizer state, and a parameter tensor: AdamW and Adagrad count steps in a float32 for
# each, which is state like any other. In float32, parameter, gradient and state make 8, 12 and 16 bytes a parameter.
OPTIMIZERS = [
    pytest.param(lambda p: torch.optim.SGD(p, lr=0.1), 0, 0, id="SGD"),
    pytest.param(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), 4, 0, id="momentum"),
    pytest.param(lambda p: torch.optim.Adagrad(p, lr=0.1), 4, 4, id="Adagrad"),
    pytest.param(lambda p: torch.optim.AdamW(p, lr=0.1), 8, 4, id="AdamW"),
    pytest.param(lambda p: torch.optim.AdamW(p, lr=0.1, foreach=False), 8, 4, id="AdamW, one by one"),
    pytest.param(FromScratch, 8, 0, id="from scratch"),
]


@pytest.mark.parametrize(("optimizer", "each", "scalar"), OPTIMIZERS)
def test_a_training_step_takes_what_a_hand_count_says(optimizer: Callable[[Any], Any], each: int, scalar: int) -> None:
    with Counting() as counting:
        model = mlp()
        assert counting.now() == {"parameters": 4 * COUNT}
        optimizer = optimizer(model.parameters())
        x = torch.randn(BATCH, IN)
        state = {"optimizer": each * COUNT + scalar * TENSORS} if each else {}
        for turn in range(3):
            loss = model(x).square().mean()
            # What autograd saves: the output of ReLU, the last layer's, for the square; and what has a name, the mean.
            saved = 4 * (BATCH * WIDTH + BATCH * OUT + 1)
            now = counting.now()
            assert now["activations"] == saved
            loss.backward()
            del loss
            now = counting.now()
            assert now["gradients"] == 4 * COUNT
            assert "activations" not in now
            optimizer.step()
            assert counting.now() == {
                "parameters": 4 * COUNT,
                "gradients": 4 * COUNT,
                **state,
                "other": 4 * BATCH * IN,
            }, turn
            optimizer.zero_grad(set_to_none=True)
            assert counting.now() == {"parameters": 4 * COUNT, **state, "other": 4 * BATCH * IN}
        del model, optimizer, x
        gc.collect()
        assert counting.now() == {}


def test_gradients_that_are_set_to_zero_stay() -> None:
    with Counting() as counting:
        model = mlp()
        model(torch.ones(BATCH, IN)).sum().backward()
        model.zero_grad(set_to_none=False)
        assert counting.now() == {"parameters": 4 * COUNT, "gradients": 4 * COUNT}


def test_state_that_torch_does_not_know_of_is_other() -> None:
    with Counting() as counting:
        model = mlp()
        optimizer = InDict(model.parameters())
        model(torch.ones(BATCH, IN)).sum().backward()
        optimizer.step()
        assert counting.now() == {"parameters": 4 * COUNT, "gradients": 4 * COUNT, "other": 4 * COUNT}


def test_state_is_known_while_the_first_step_makes_it() -> None:
    """A step of a lecture's own optimizer shows line by line what it does."""
    seen = []

    class Slow(FromScratch):
        def step(self) -> None:  # type: ignore[override]
            super().step()
            seen.append(counting.now()["optimizer"])

    with Counting() as counting:
        model = nn.Linear(IN, OUT, bias=False)
        optimizer = Slow(model.parameters())
        model(torch.ones(BATCH, IN)).sum().backward()
        optimizer.step()
    assert seen == [8 * IN * OUT]


def test_bfloat16_parameters_with_float32_state() -> None:
    """Two bytes each for parameter and gradient; a master copy and two moments in the optimizer, twelve."""

    class Master(torch.optim.Optimizer):  # type: ignore[misc]
        def __init__(self, parameters: Any) -> None:
            super().__init__(parameters, {})

        @torch.no_grad()  # type: ignore[untyped-decorator]
        def step(self) -> None:  # type: ignore[override]
            for p in self.param_groups[0]["params"]:
                state = self.state[p]
                if not state:
                    state["copy"] = p.float()
                    state["moments"] = [torch.zeros_like(state["copy"]), torch.zeros_like(state["copy"])]
                state["copy"].sub_(p.grad.float(), alpha=0.1)
                p.copy_(state["copy"])

    with Counting() as counting:
        model = mlp().to(torch.bfloat16)
        assert counting.now() == {"parameters": 2 * COUNT}
        optimizer = Master(model.parameters())
        model(torch.ones(BATCH, IN, dtype=torch.bfloat16)).sum().backward()
        optimizer.step()
        assert counting.now() == {"parameters": 2 * COUNT, "gradients": 2 * COUNT, "optimizer": 12 * COUNT}


def test_autocast_keeps_its_copies_of_the_weights_as_activations() -> None:
    with Counting() as counting:
        model = nn.Linear(IN, OUT, bias=False)
        x = torch.ones(BATCH, IN)
        with torch.autocast("cpu", torch.bfloat16):
            y = model(x)
        # Of the product, the input in bfloat16 is saved for the weight's gradient; the weight's copy is not: x asks for none.
        assert counting.now() == {
            "parameters": 4 * IN * OUT,
            "activations": 2 * BATCH * OUT,
            "other": 4 * BATCH * IN + 2 * BATCH * IN,
        }
        del y


def test_tied_parameters_are_there_once() -> None:
    with Counting() as counting:
        embedding = nn.Embedding(100, IN)
        head = nn.Linear(IN, 100, bias=False)
        assert counting.now() == {"parameters": 2 * 4 * 100 * IN}
        head.weight = embedding.weight
        assert counting.now() == {"parameters": 4 * 100 * IN}
        head(embedding(torch.tensor([1, 2]))).sum().backward()
        now = counting.now()
        assert (now["parameters"], now["gradients"]) == (4 * 100 * IN, 4 * 100 * IN)


def test_activations_of_a_forward_pass_are_what_autograd_saves() -> None:
    """Tanh saves its output, which is what the next layer saves as its input; what a layer makes is gone once tanh has it."""
    depth = 8

    def model() -> Any:
        return nn.Sequential(*[part for _ in range(depth) for part in (nn.Linear(WIDTH, WIDTH), nn.Tanh())])

    with Counting() as counting:
        layers, x = model(), torch.ones(BATCH, WIDTH)
        y = layers(x).sum()
        whole = counting.now()["activations"]
        assert whole == 4 * (depth * BATCH * WIDTH + 1)
        y.backward()
        del y
        assert "activations" not in counting.now()

        for reentrant in (False, True):
            x = torch.ones(BATCH, WIDTH, requires_grad=reentrant)
            h = x
            for start in range(0, 2 * depth, 4):  # two layers at a time
                h = checkpoint(layers[start : start + 4], h, use_reentrant=reentrant)
            y = h.sum()
            del h
            inputs = depth // 2 - 1  # of the later parts; that of the first is x
            assert counting.now()["activations"] == 4 * (inputs * BATCH * WIDTH + 1) < whole
            layers.zero_grad()
            y.backward()
            del y
            now = counting.now()
            assert "activations" not in now
            # x is a leaf that requires grad, and so a parameter, in the second turn.
            assert now["parameters"] - 4 * reentrant * BATCH * WIDTH == 4 * depth * (WIDTH * WIDTH + WIDTH)


def test_no_grad_and_inference_mode_make_no_activations() -> None:
    with Counting() as counting:
        model, x = mlp(), torch.ones(BATCH, IN)
        for context in (torch.no_grad, torch.inference_mode):
            with context():
                y = model(x)
                assert counting.now() == {
                    "parameters": 4 * COUNT,
                    "other": 4 * BATCH * IN + 4 * BATCH * OUT,
                }
                del y


def test_a_custom_function_makes_activations() -> None:
    class Square(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            (x,) = ctx.saved_tensors
            return 2 * x * gradient

    with Counting() as counting:
        w = torch.ones(10, requires_grad=True)
        assert counting.now() == {"parameters": 40}
        y = Square.apply(w)
        assert counting.now() == {"parameters": 40, "activations": 40}
        y.sum().backward()
        assert counting.now() == {"parameters": 40, "gradients": 40, "activations": 40}
        del y
        assert counting.now() == {"parameters": 40, "gradients": 40}


def test_weights_without_a_module() -> None:
    with Counting() as counting:
        w = (torch.ones(10) / 2).requires_grad_()
        b = torch.zeros(5, requires_grad=True)
        assert counting.now() == {"parameters": 60}
        zeros = torch.zeros_like(w)
        assert counting.now() == {"parameters": 60, "other": 40}
        w.grad = zeros
        del zeros
        (w.sum() + b.sum()).backward()
        assert counting.now() == {"parameters": 60, "gradients": 60}
        w = (w - 0.1 * w.grad).detach().requires_grad_()
        _ = w + 1
        assert counting.now()["parameters"] == 60


def test_a_gradient_that_is_taken_away_is_none() -> None:
    with Counting() as counting:
        w = torch.ones(10, requires_grad=True)
        w.sum().backward()
        assert counting.now() == {"parameters": 40, "gradients": 40}
        kept, w.grad = w.grad, None
        kept.mul_(2)
        (w * 2).sum().backward()
        assert counting.now() == {"parameters": 40, "gradients": 40, "other": 40}


def test_views_cost_nothing_and_storages_are_those_that_torch_tells() -> None:
    with Counting() as counting:
        x = torch.arange(100.0)
        views = [x[10:], x.view(10, 10).T, x[::2].view(5, 10), x.detach(), x.expand(3, 100)]
        assert counting.now() == {"other": 400}
        del x
        assert counting.now() == {"other": 400}
        others = [torch.ones(7), torch.ones(3, dtype=torch.float16)[1:], torch.ones(9).bool()]
        storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in views + others}
        assert counting.now() == {"other": sum(storages.values())} == {"other": 400 + 28 + 6 + 9}
        del views
        assert counting.now() == {"other": 28 + 6 + 9}


def test_what_was_there_before_is_known_from_its_first_use() -> None:
    model, x = mlp(), torch.ones(BATCH, IN)
    optimizer = torch.optim.AdamW(model.parameters())
    model(x).sum().backward()
    optimizer.step()
    column = model[0].weight[:, 0]
    with Counting() as counting:
        assert counting.now() == {}
        torch.neg(column)  # a view of a weight, before the weight itself
        assert counting.now() == {"parameters": 4 * IN * WIDTH, "gradients": 4 * IN * WIDTH}
        model(x)
        optimizer.step()
        assert counting.now() == {
            "parameters": 4 * COUNT,
            "gradients": 4 * COUNT,
            "optimizer": 8 * COUNT + 4 * TENSORS,
            "other": 4 * BATCH * IN,
        }


def test_a_storage_that_is_resized() -> None:
    with Counting() as counting:
        x = torch.ones(10)
        assert counting.now() == {"other": 40}
        x.resize_(1000)
        assert counting.now() == {"other": 4000}
        x.untyped_storage().resize_(0)
        _ = x[:0]
        assert counting.now() == {}
        x.untyped_storage().resize_(400)
        _ = x[:0]
        assert counting.now() == {"other": 400}


def test_a_model_that_is_moved_is_still_parameters() -> None:
    with Counting() as counting:
        model = mlp()
        model(torch.ones(BATCH, IN)).sum().backward()
        model.double()
        assert counting.now() == {"parameters": 8 * COUNT, "gradients": 8 * COUNT}


def test_frozen_parameters_and_buffers() -> None:
    with Counting() as counting:
        model = nn.BatchNorm1d(IN)
        model.requires_grad_(False)
        # weight and bias; running mean and variance, and how many batches it has seen.
        assert counting.now() == {"parameters": 2 * 4 * IN, "other": 2 * 4 * IN + 8}


def test_memory_is_not_kept() -> None:
    with Counting() as counting:
        x = torch.ones(1000)
        reference = weakref.ref(x)
        optimizer = torch.optim.SGD([nn.Parameter(x)], lr=0.1)
        optimizer.step()
        counting.now()
        del x, optimizer
        gc.collect()
        assert reference() is None
        assert counting.ledger.live == {"cpu": 0}


def test_memory_freed_on_another_thread() -> None:
    with Counting() as counting:
        held = [torch.ones(1000)]
        thread = threading.Thread(target=held.clear)
        thread.start()
        thread.join()
        assert counting.now() == {}


def test_peaks_are_those_of_a_step_with_all_it_called() -> None:
    with Counting() as counting:
        kept = torch.ones(100)
        outer = counting.open(1)
        inner = counting.open(2)
        big = torch.ones(1000)
        del big
        counting.close(inner)
        inner = counting.open(3)
        small = torch.ones(10)
        counting.close(inner)
        inner = counting.open(4)
        counting.close(inner)
        del small
        counting.close(outer)
        after = counting.open(5)
        counting.close(after)
        rows = {row["step"]: (row["other"], row["peak"]) for row in counting.rows}
    assert rows == {2: (400, 4400), 3: (440, 440), 1: (400, 4400)}
    assert {row["allocated"] for row in counting.rows} == {-1}
    del kept


def test_a_watch_sees_the_most_that_was_alive_beyond_what_was_at_first() -> None:
    with Counting() as counting:
        kept = torch.ones(100)
        outer = counting.ledger.watch()
        inner = counting.ledger.watch()
        x = torch.ones(10)
        y = torch.ones(20)
        del x
        counting.ledger.unwatch(inner)
        z = torch.ones(1000)
        del z
        counting.ledger.unwatch(outer)
        _ = torch.ones(5000)
        assert (inner.bytes, outer.bytes) == (120, 4080)
        del kept, y


def test_what_turns_up_later_was_there_at_first_too() -> None:
    old = torch.ones(1000)
    with Counting() as counting:
        outer = counting.open(1)
        watch = counting.ledger.watch()
        torch.ones(300).sum()
        new = old + 1  # at its most, less than before, had `old` not been there
        del new
        counting.ledger.unwatch(watch)
        inner = counting.open(2)
        torch.neg(old)
        counting.close(inner)
        counting.close(outer)
        assert (watch.start, watch.bytes) == (4000, 4000)
        assert {row["step"]: row["peak"] for row in counting.rows} == {2: 8000, 1: 8000}
        assert counting.ledger.found == 4000
    young = torch.ones(100)
    with Counting() as counting:
        step = counting.open(1)
        watch = counting.ledger.watch()
        big = torch.ones(1000)
        del big
        torch.neg(young)
        counting.ledger.unwatch(watch)
        counting.close(step)
        assert (watch.start, watch.bytes) == (400, 4000)
        assert [row["peak"] for row in counting.rows] == [4400]


class Wrapped(torch.Tensor):  # type: ignore[misc]
    """Has no elements of its own."""

    @staticmethod
    def __new__(cls, inner: Any) -> Any:
        return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype)

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return cls(function(*[a.inner if isinstance(a, cls) else a for a in args], **(kwargs or {})))


class Named(torch.Tensor):  # type: ignore[misc]
    """A subclass with elements like any other tensor's."""


def test_what_has_no_memory_of_its_own_is_left_out() -> None:
    from torch._subclasses.fake_tensor import FakeTensorMode

    with warnings.catch_warnings(), Counting() as counting:
        warnings.simplefilter("ignore")  # what torch says of sparse and nested tensors
        meta = torch.ones(10, device="meta") * 2
        sparse = torch.sparse_coo_tensor(torch.tensor([[1, 2]]), torch.ones(2), (10,))
        double = sparse * 2
        assert counting.now()["other"] <= 4 * (16 + 8)  # indices and values, twice; not the tensors around them
        del sparse, double
        lazy = nn.LazyLinear(3)
        wrapped = Wrapped(torch.ones(10)) + 1
        nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged) * 2
        with FakeTensorMode():
            fake = torch.ones(1000) * 2
        empty = torch.ones(0) * 2
        counting.now()
        del wrapped, nested, meta, fake, lazy, empty
        assert counting.now() == {}
        named = torch.ones(10).as_subclass(Named)
        assert counting.now() == {"other": 40}
        del named


def test_embedding_with_sparse_gradients_is_quiet() -> None:
    with Counting() as counting:
        embedding = nn.Embedding(100, 4, sparse=True)
        embedding(torch.tensor([1, 2])).sum().backward()
        assert counting.now()["parameters"] == 1600


def test_a_mode_of_the_lecture_hears_nothing_of_it() -> None:
    heard = []

    class Listening(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            heard.append(function)
            return function(*args, **(kwargs or {}))

    def work(counting: Counting | None) -> list[Any]:
        with Listening():
            heard.clear()
            w = torch.ones(3, requires_grad=True)
            (w * 2).sum().backward()
            if counting is not None:
                counting.now()
            return list(heard)

    plain = work(None)
    with Counting() as counting:
        counted = work(counting)
    assert counted == plain


def test_nothing_of_ours_is_left_in_torch() -> None:
    from torch.nn.modules import module

    optimizers = __import__("sys").modules["torch.optim.optimizer"]
    tables = (
        module._global_parameter_registration_hooks,
        optimizers._global_optimizer_pre_hooks,
        optimizers._global_optimizer_post_hooks,
    )
    before = [len(table) for table in tables]
    with Counting() as counting:
        counting.ledger.start()
        assert [len(table) for table in tables] == [count + 1 for count in before]
    assert [len(table) for table in tables] == before


def test_it_counts_again_after_it_stopped() -> None:
    counting = Counting()
    with counting:
        x, y = torch.ones(10), torch.ones(20)
    z = torch.ones(30)
    del x
    with counting:
        assert counting.now() == {"other": 80}
        _ = y + z[:20]
        assert counting.now() == {"other": 80 + 120 + 80}


LECTURE = """
import torch
from torch import nn

def train(model, optimizer, x):
    loss = model(x).square().mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()

def main():
    model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 8))
    optimizer = torch.optim.AdamW(model.parameters())
    x = torch.randn(16, 32)
    train(model, optimizer, x)
    note = 1
    del model
    del optimizer
    del x
"""


def test_the_memory_of_a_lecture_that_trains(count: Callable[..., Any]) -> None:
    trace = count(LECTURE).trace
    lines = trace.files[0].text.splitlines()
    table = trace.memory
    rows = {}
    for index, step in enumerate(table.step):
        line = lines[trace.statements.line[trace.steps.statement[step]] - 1].strip()
        assert trace.strings[table.device[index]] == "cpu"
        rows[line] = tuple(getattr(table, column)[index] for column in (*ROLES, "peak"))
    p, x, loss = 4 * COUNT, 4 * BATCH * IN, 4
    saved = 4 * (BATCH * WIDTH + BATCH * OUT)
    state = 2 * p + 4 * TENSORS
    forward = p + x + 2 * 4 * BATCH * WIDTH  # at its most: the first layer's output, and that of ReLU
    stepping = rows["optimizer.step()"][-1]
    assert rows == {
        "model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 8))": (p, 0, 0, 0, 0, p),
        "x = torch.randn(16, 32)": (p, 0, 0, 0, x, p + x),
        "loss = model(x).square().mean()": (p, 0, 0, saved + loss, x, forward),
        "loss.backward()": (p, p, 0, loss, x, rows["loss.backward()"][-1]),
        "optimizer.step()": (p, p, state, loss, x, stepping),
        "optimizer.zero_grad()": (p, 0, state, loss, x, 2 * p + state + loss + x),
        "train(model, optimizer, x)": (p, 0, state, 0, x, stepping),
        "del optimizer": (0, 0, 0, 0, x, p + state + x),
        "del x": (0, 0, 0, 0, 0, x),
    }
    assert rows["loss.backward()"][-1] > 2 * p + x + loss
    assert stepping > 2 * p + state + x + loss  # it has temporaries of its own


def test_memory_is_written_only_where_it_is_counted(count: Callable[..., Any]) -> None:
    trace = count(LECTURE, costs=False).trace
    assert trace.memory.step == []
    trace = count(LECTURE.replace("x)\n    note", "x)  # @costs\n    note"), costs=False).trace
    lines = trace.files[0].text.splitlines()
    counted = {lines[trace.statements.line[trace.steps.statement[step]] - 1].strip() for step in trace.memory.step}
    assert "train(model, optimizer, x)  # @costs" in counted
    assert "del x" not in counted
