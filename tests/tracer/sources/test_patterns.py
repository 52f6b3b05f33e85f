"""Names of axes as jaxtyping, einops and einsum write them."""

from __future__ import annotations

import pytest

from tracer.sources.patterns import Names, annotated, merged, rearranged, spread_of, summed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("batch seq d_model", ("batch", "seq", "d_model")),
        ("", ()),
        ("  batch   3 ", ("batch", "")),
        ("#batch 1 #1 _ _kept", ("batch", "", "", "", "kept")),
        ("*batch seq", ("*batch", "seq")),
        ("#*batch c", ("*batch", "c")),
        ("*#batch c", ("*batch", "c")),
        ("... d", ("...", "d")),
        ("rows=3 cols=4", ("rows", "cols")),
        ("?foo seq-1 {d_ff}", ("foo", "seq-1", "d_ff")),
        ("*a *b", None),
        ("... *b", None),
        ("(a b)", None),
    ],
)
def test_annotations(text: str, names: Names | None) -> None:
    assert annotated(text) == names


def test_the_names_are_those_that_jaxtyping_reads() -> None:
    jaxtyping = pytest.importorskip("jaxtyping")
    numpy = pytest.importorskip("numpy")
    for text, shape in [
        ("b t d", (2, 3, 4)),
        ("rows=3 cols=4", (3, 4)),
        ("#*b c", (2, 5, 3)),
        ("1 #1 _ _kept", (1, 1, 8, 9)),
        ("... d", (1, 2, 3)),
        ("", ()),
    ]:
        assert isinstance(numpy.zeros(shape), jaxtyping.Float[numpy.ndarray, text])
        names = annotated(text)
        assert names is not None
        fixed = [name for name in names if name != "..." and not name.startswith("*")]
        assert len(fixed) == len(shape) if len(fixed) == len(names) else len(fixed) <= len(shape)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("b t (h d) -> b h t d", ([("b", "t", "h·d")], ("b", "h", "t", "d"))),
        ("b t d, d e -> b t e", ([("b", "t", "d"), ("d", "e")], ("b", "t", "e"))),
        ("... t d -> ... d", ([("...", "t", "d")], ("...", "d"))),
        ("b 1 () (h 1) -> b h", ([("b", "", "", "h")], ("b", "h"))),
        ("(b ...) c -> c", ([("b·…", "c")], ("c",))),
        ("b h w -> ", ([("b", "h", "w")], ())),
        ("->", ([()], ())),
        ("b t", None),
        ("a -> b -> c", None),
        ("(a b -> a b", None),
        ("a) -> a", None),
        ("((a) b) -> a", None),
        ("... a ... -> a", None),
        ("a-b -> a", None),
    ],
)
def test_patterns(pattern: str, found: object) -> None:
    assert rearranged(pattern) == found


@pytest.mark.parametrize(
    ("equation", "found"),
    [
        ("bij,bjk->bik", ([("b", "i", "j"), ("b", "j", "k")], ("b", "i", "k"))),
        ("...ij, ...jk -> ...ik", ([("...", "i", "j"), ("...", "j", "k")], ("...", "i", "k"))),
        ("ij,jk", ([("i", "j"), ("j", "k")], ("i", "k"))),
        ("...ij", ([("...", "i", "j")], ("...", "i", "j"))),
        ("ii->", ([("i", "i")], ())),
        ("b1,c->d", None),
        ("a->->b", None),
    ],
)
def test_equations(equation: str, found: object) -> None:
    assert summed(equation) == found


@pytest.mark.parametrize(
    ("pattern", "known", "spread"),
    [
        (("...", "d"), ("b", "t", "e"), ("b", "t")),
        (("b", "...", "d"), ("x", "y"), ()),
        (("...", "d"), ("...", "t", "e"), ("...", "t")),
        (("...", "d"), ("a", "..."), None),
        (("...", "d", "e"), ("a",), None),
        (("b", "d"), ("b", "d"), None),
        (("...",), None, None),
    ],
)
def test_what_an_ellipsis_stands_for(pattern: Names, known: Names | None, spread: Names | None) -> None:
    assert spread_of(pattern, known) == spread


def test_a_pattern_keeps_the_names_of_what_it_leaves_open() -> None:
    assert merged(("...", "q", "d"), ("batch", "heads", "query", "")) == ("batch", "heads", "q", "d")
    assert merged(("b", "", "c"), ("batch", "time", "channel")) == ("b", "time", "c")
    assert merged(("b", "c"), ("batch", "time", "channel")) == ("b", "c")
    assert merged(("b", "c"), None) == ("b", "c")
