"""Arrays that are looked after: writes are seen by whatever name they are made, and where an array comes from is said."""

from pathlib import Path

import pytest

from tests.tracer.recording import record
from tracer.format.schema import OWN_MEMORY, ROLE_WRITTEN, SAME_MEMORY, SAME_OBJECT, Tensor, Tokens, Trace

pytest.importorskip("numpy")
pytest.importorskip("torch")


def written(trace: Trace) -> list[tuple[int, str]]:
    """(line, name) of each array that was found changed though nothing asked for it."""
    rows = zip(trace.bindings.step, trace.bindings.name, trace.bindings.role, strict=True)
    return [(line_of(trace, step), trace.strings[name]) for step, name, role in rows if role == ROLE_WRITTEN]


def derived(trace: Trace) -> list[tuple[str, str, int]]:
    """(name, source, relation), in order."""
    rows = zip(trace.derived.name, trace.derived.source, trace.derived.relation, strict=True)
    return [(trace.strings[name], trace.strings[source], relation) for name, source, relation in rows]


def line_of(trace: Trace, step: int) -> int:
    return trace.statements.line[trace.steps.statement[step]]


def test_a_write_through_a_view_changes_what_it_is_a_view_of(tmp_path: Path) -> None:
    trace = record(
        tmp_path,
        """
        import torch
        def main():
            x = torch.arange(6.0).reshape(2, 3)  # @inspect x
            y = x.T  # @inspect y
            other = x.clone()  # @inspect other
            y[0, 1] = 7.0  # @inspect y
            quiet = x.sum()
            del x
            y.zero_()
        """,
    ).trace
    assert written(trace) == [(7, "x"), (10, "y")]


@pytest.mark.parametrize(
    "write",
    ["w.data -= 1", "w.detach().numpy()[0] = 5", "fill(w)", "with torch.no_grad(): w.mul_(2)", "held[0].zero_()"],
)
def test_a_write_is_seen_however_it_is_made(tmp_path: Path, write: str) -> None:
    trace = record(
        tmp_path,
        f"""
        import torch
        def main():
            w = torch.nn.Parameter(torch.ones(3))  # @inspect w
            held = [w.data]
            {write}
            return 0
        def fill(parameter):
            parameter.data.fill_(3)
        """,
    ).trace
    assert (6, "w") in written(trace)


def test_a_write_to_a_large_array_is_seen(tmp_path: Path) -> None:
    trace = record(
        tmp_path,
        """
        import numpy as np, torch
        def main():
            a = np.zeros((500, 500))  # @inspect a
            t = torch.zeros(500, 500)  # @inspect t
            a += 1
            t[250, 250] = 1
            a[::-1][0] = 3
        """,
    ).trace
    assert written(trace) == [(6, "a"), (7, "t"), (8, "a")]


def test_an_argument_that_is_written_to_is_shown_changed_in_the_call_and_in_its_caller(tmp_path: Path) -> None:
    trace = record(
        tmp_path,
        """
        import torch
        def main():
            x = torch.ones(2)  # @inspect x
            double(x)
        def double(values):
            values.mul_(2)
            return None
        """,
    ).trace
    assert written(trace) == [(7, "values"), (5, "x")]


def test_a_name_that_holds_something_else_is_not_looked_after(tmp_path: Path) -> None:
    trace = record(
        tmp_path,
        """
        import torch
        def main():
            x = torch.ones(2)  # @inspect x
            old = x
            x = torch.zeros(2)
            old.add_(1)
            x.add_(1)
        """,
    ).trace
    assert written(trace) == []


def test_where_an_array_comes_from(tmp_path: Path) -> None:
    trace = record(
        tmp_path,
        """
        import numpy as np, torch
        def main():
            x = torch.arange(6.0)
            y = x.view(2, 3)  # @inspect y
            z = y.T.reshape(6)  # @inspect z
            w = y.contiguous()  # @inspect w
            a = x.numpy()  # @inspect a
            total = x + z  # @inspect total
            number = len(x)  # @inspect number
            x = x + 1  # @inspect x
        """,
    ).trace
    assert derived(trace) == [
        ("y", "x", SAME_MEMORY),
        ("z", "y", OWN_MEMORY),
        ("w", "y", SAME_OBJECT),
        ("a", "x", SAME_MEMORY),
        ("total", "x", OWN_MEMORY),
        ("total", "z", OWN_MEMORY),
    ]


def test_full_keeps_every_element_up_to_a_size(tmp_path: Path) -> None:
    trace = record(
        tmp_path,
        """
        import torch
        def main():
            x = torch.arange(4096.0).reshape(64, 64)  # @full x
            y = torch.zeros(300, 300)  # @full y
        """,
    ).trace
    x, y = (trace.values[value] for value in trace.bindings.value)
    assert isinstance(x, Tensor)
    assert x.elements == [float(i) for i in range(4096)]
    assert isinstance(y, Tensor)
    assert (y.elements, y.picture is None) == (None, False)


def test_what_is_looked_at_does_not_change_what_is_computed(tmp_path: Path) -> None:
    trace = record(
        tmp_path,
        """
        import torch
        def main():
            x = torch.ones(3, requires_grad=True)  # @inspect x
            y = x * 2  # @inspect y
            y.sum().backward()
            version = x._version  # @inspect version
            grad = x.grad.tolist()  # @inspect grad
            with torch.inference_mode():
                quick = torch.ones(2)  # @inspect quick
                quick.add_(1)
        """,
    ).trace
    values = dict(zip((trace.strings[name] for name in trace.bindings.name), trace.bindings.value, strict=True))
    assert trace.values[values["version"]] == 0
    assert written(trace)[-1] == (11, "quick")


def test_axes_have_the_names_that_the_source_gives_them(tmp_path: Path) -> None:
    recording = record(
        tmp_path,
        """
        import torch
        from einops import rearrange
        from jaxtyping import Float
        from torch import Tensor
        def main():
            x = torch.randn(2, 3, 8)
            y = split(x)  # @inspect y
            y += 1
        def split(x: Float[Tensor, "batch time channel"]) -> Float[Tensor, "batch head time d"]:
            return rearrange(x, "b t (h d) -> b h t d", h=2)
        """,
    )
    names = [
        value.dimensions for name in ("x", "", "y") for value in recording.bound(name) if isinstance(value, Tensor)
    ]
    assert names == [["batch", "time", "channel"], *[["batch", "head", "time", "d"]] * 3]


def test_tokens_have_the_text_that_the_tokenizer_gives_them(tmp_path: Path) -> None:
    recording = record(
        tmp_path,
        """
        def main():
            ids = [2, 0, 1]  # @tokens ids tokenizer
            none = [9]  # @tokens none tokenizer
            tokenizer = {0: "a", 1: b"\\xff", 2: "c"}
            ids = ids[:2]  # @tokens ids, tokenizer
        """,
    )
    (shown,) = recording.bound("ids")
    assert isinstance(shown, Tokens)
    assert (shown.ids, shown.pieces) == ([2, 0], ["c", "a"])
    assert [notice.line for notice in recording.trace.notices] == [3, 4]
