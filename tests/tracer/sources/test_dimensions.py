"""Names of axes that the source tells: as lectures write it."""

from __future__ import annotations

import ast
import textwrap

import pytest

from tracer.sources.dimensions import Dimensions
from tracer.sources.syntax import DTYPES

ATTENTION = textwrap.dedent(
    '''
    import torch
    from einops import einsum, rearrange, reduce, repeat
    from jaxtyping import Float, Int
    from torch import Tensor, nn


    @torch.no_grad()
    def attention(
        q: Float[Tensor, "batch heads query d_head"],
        k: Float[Tensor, "batch heads key d_head"],
        v: "Float[Tensor, 'batch heads key d_head']",
        mask: Int[Tensor, "query key"] | None = None,
    ) -> Float[Tensor, "batch heads query d_head"]:
        """Softmax of scaled scores -> values."""
        scores = einsum(q, k, "... q d, ... k d -> ... q k") / q.shape[-1] ** 0.5
        scaled = einsum(q, k, "... q d, ... k d -> ... q k") * 0.125
        if mask is not None:
            scaled = scaled.masked_fill(mask == 0, float("-inf"))
        weights = torch.softmax(scaled, dim=-1)
        same = weights
        return einsum(weights, v, "... q k, ... k d -> ... q d")


    class Block(nn.Module):
        gain: Float[Tensor, "d_model"]

        def __init__(self, d_model: int, heads: int):
            super().__init__()
            self.heads = heads
            self.weight: Float[Tensor, "d_out d_in"] = nn.Parameter(torch.empty(d_model, d_model))
            self.gain = nn.Parameter(torch.ones(d_model))

        def split(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b h t d_head"]:
            return rearrange(x, "b t (h d) -> b h t d", h=self.heads)

        def forward(self, x: Float[Tensor, "batch seq d_model"]):
            y = einsum(x, self.weight, "b t i, o i -> b t o")
            q, k, v = (rearrange(p, "b t (h d) -> b h t d", h=self.heads) for p in (y, y, y))
            h = self.split(y)
            out = attention(h, h, h)
            merged = rearrange(out, "b h t d -> b t (h d)")
            pooled, note = reduce(merged, "b t d -> b d", "mean"), "over time"
            wide = repeat(pooled, "b d -> b n d", n=4)
            wide += 1
            w = wide
            wide = wide.sum()
            return merged


    def main():
        x = torch.randn(2, 3, 4)
        y: Float[Tensor, "a b c"] = x
        z = torch.einsum("bij,bkj->bik", x, y)
        for x in range(3):
            t = z
        with open("f") as t:
            pass
        z = -z + z
        total = (s := z * 2).clone()
        del y
        model.head = rearrange(total, "b i k -> (b i) k")
        model = None
    '''
).lstrip("\n")
LINES = ATTENTION.split("\n")


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(LINES, 1) if text in line)


@pytest.fixture(scope="module")
def dimensions() -> Dimensions:
    return Dimensions(ast.parse(ATTENTION))


@pytest.mark.parametrize(
    ("line", "name", "names"),
    [
        ("@torch.no_grad", "q", "batch heads query d_head"),
        ("def attention", "v", "batch heads key d_head"),
        ("k: Float", "mask", "query key"),
        ("scores =", "scores", None),  # divided by who knows what
        ("scores =", "q", "batch heads q d"),
        ("scaled = einsum", "scaled", "batch heads q k"),
        ("scaled = scaled", "scaled", "batch heads q k"),
        ("weights = torch", "weights", "batch heads q k"),
        ("same =", "same", "batch heads q k"),
        ("return einsum", "v", "batch heads k d"),
        ("scores =", "v", "batch heads key d_head"),
        ("self.weight:", "self.weight", "d_out d_in"),
        ("self.heads = heads", "self.weight", "d_out d_in"),
        ("self.gain = nn", "self.gain", "d_model"),
        ("y = einsum", "x", "b t i"),
        ("y = einsum", "self.weight", "o i"),
        ("y = einsum", "self.gain", "d_model"),
        ("y = einsum", "y", "b t o"),
        ("q, k, v =", "q", None),
        ("h = self.split", "h", "b h t d_head"),
        ("out = attention", "out", "batch heads query d_head"),
        ("merged = ", "out", "b h t d"),
        ("merged = ", "merged", "b t h·d"),
        ("pooled, note", "pooled", "b d"),
        ("pooled, note", "note", None),
        ("pooled, note", "merged", "b t d"),
        ("wide += 1", "wide", "b n d"),
        ("w = wide", "w", "b n d"),
        ("wide = wide.sum", "wide", None),
        ("wide = wide.sum", "w", "b n d"),
        ("x = torch.randn", "x", None),
        ("y: Float", "y", "a b c"),
        ("z = torch.einsum", "x", "b i j"),
        ("z = torch.einsum", "y", "b k j"),
        ("z = torch.einsum", "z", "b i k"),
        ("for x in", "x", None),
        ("t = z", "t", "b i k"),
        ("with open", "t", None),
        ("z = -z", "z", "b i k"),
        ("total =", "s", "b i k"),
        ("total =", "total", "b i k"),
        ("total =", "y", "b k j"),
        ("del y", "y", None),
        ("model.head =", "model.head", "b·i k"),
        ("model = None", "model.head", None),
        ("model = None", "rearrange(total, 'a b c -> c b a')", "c b a"),
        ("model = None", "total * 2", "b i k"),
        ("model = None", "total[0", None),
        ("def main", "x", None),
    ],
)
def test_what_is_known_after_a_line(dimensions: Dimensions, line: str, name: str, names: str | None) -> None:
    assert dimensions.at(line_of(line), name) == (None if names is None else tuple(names.split()))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("@torch.no_grad", "batch heads query d_head"),
        ("def attention", "batch heads query d_head"),
        ("def split", "b h t d_head"),
        ("def forward", "b t d"),
        ("def main", None),
        ("import torch", None),
    ],
)
def test_what_is_returned(dimensions: Dimensions, line: str, names: str | None) -> None:
    assert dimensions.returned(line_of(line)) == (None if names is None else tuple(names.split()))


def known(source: str, line: int, name: str) -> object:
    return Dimensions(ast.parse(textwrap.dedent(source).lstrip("\n"))).at(line, name)


def test_a_function_sees_what_is_known_around_it_unless_it_hides_it() -> None:
    source = """
        x: Float[Tensor, "b t"] = make()
        def outer(y: Float[Tensor, "c"]):
            def inner():
                return x, y
            def hiding(x):
                return x
            x2 = x
        """
    assert known(source, 4, "x") == ("b", "t")
    assert known(source, 4, "y") == ("c",)
    assert known(source, 6, "x") is None
    assert known(source, 7, "x2") == ("b", "t")


def test_what_an_ellipsis_leaves_open_is_told() -> None:
    source = """
        a = rearrange(x, "... (h d) -> h ... d", h=2)
        def f(x: Float[Tensor, "*batch d"]): return x
        """
    assert known(source, 1, "a") == ("h", "...", "d")
    assert known(source, 1, "x") == ("...", "h·d")
    assert known(source, 2, "x") == ("*batch", "d")


def test_statements_that_bind_in_other_ways_forget() -> None:
    for binding in (
        "import x",
        "import x.y",
        "from m import y as x",
        "def x(): pass",
        "class x: pass",
        "try: pass\nexcept E as x: pass",
        "match v:\n  case [x, *_]: pass",
        "match v:\n  case {'a': 1, **x}: pass",
        "[x, *y] = v",
        "(a, (b, x)) = v",
        "x = y = u",
        "(x := f())",
        "if (x := f()): pass",
    ):
        source = f"x = rearrange(v, 'a b -> b a')\n{binding}\npass"
        assert Dimensions(ast.parse(source)).at(1, "x") == ("b", "a")
        assert Dimensions(ast.parse(source)).at(9, "x") is None, binding


def test_names_of_an_inner_scope_are_no_variables() -> None:
    for use in ("f([x for x in xs])", "f(lambda x: x)", "if any(x for x in xs): pass", "f(x)"):
        assert known(f"x = rearrange(v, 'a b -> b a')\n{use}", 2, "x") == ("b", "a")
    assert known("if (x := rearrange(v, 'a b -> b a')).any(): pass", 1, "x") == ("b", "a")


def test_what_is_no_pattern_is_let_be() -> None:
    for call in ("reduce(add, xs)", "repeat(x, 3)", "rearrange(x, pattern)", "rearrange(x, 'b t')", "einsum('ij')"):
        assert known(f"x: Float[T, 'a b'] = v\ny = {call}\n", 2, "y") is None, call
        assert known(f"x: Float[T, 'a b'] = v\ny = {call}\n", 2, "x") == ("a", "b")


def test_annotations_that_name_nothing() -> None:
    for annotation in (
        "Tensor",
        "list[int]",
        "Float[Tensor]",
        "Float[Tensor, names]",
        "'Float[Tensor,'",
        "Float",
        "None",
    ):
        assert known(f"x: {annotation} = v\ny: Float[Tensor, 'a'] = w", 1, "x") is None


def test_an_optional_annotation() -> None:
    for annotation in (
        "Optional[Float[T, 'a b']]",
        "None | Float[T, 'a b']",
        "typing.Final[jaxtyping.UInt8[T, 'a b']]",
    ):
        assert known(f"x: {annotation} = v", 1, "x") == ("a", "b")


def test_every_dtype_of_jaxtyping_is_known() -> None:
    jaxtyping = pytest.importorskip("jaxtyping")
    base = jaxtyping.AbstractDtype
    told = {name for name, item in vars(jaxtyping).items() if isinstance(item, type) and issubclass(item, base)}
    assert told - {"AbstractDtype"} <= DTYPES


def test_deep_and_long_source_is_read_as_far_as_it_goes() -> None:
    chain = "x = rearrange(v, 'a b -> b a')\n" + "if a: pass\n" + "elif b: pass\n" * 800
    assert known(chain + f"y = x{' + 1' * 300}\n", 900, "x") == ("b", "a")
    nested = "".join(f"{' ' * depth}def f{depth}(x: Float[T, 'a b']):\n" for depth in range(90)) + " " * 90 + "return x"
    assert known(nested, 91, "x") == ("a", "b")


def test_an_annotation_may_have_a_name() -> None:
    source = textwrap.dedent(
        """
        Batch = Float[Tensor, "batch time"]
        Perhaps = Batch | None
        def f(x: Batch, y: Perhaps) -> Batch:
            return x
        """
    )
    dimensions = Dimensions(ast.parse(source))
    assert dimensions.at(4, "x") == dimensions.at(4, "y") == dimensions.returned(4) == ("batch", "time")
