"""Names of axes, as they are written: in a jaxtyping annotation, in an einops pattern, in the letters of an einsum.

Names are a tuple, one a known axis: "" for an axis without a name, `"..."` for any number of them, `"*name"` for any number
of one name. Axes that a pattern takes together, `(h d)`, are one, named `h·d`.
"""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["ANY", "Names", "annotated", "has_spread", "merged", "rearranged", "spread_of", "summed"]

Names = tuple[str, ...]

ANY = "..."
"""Any number of axes without a name."""

_PIECES = re.compile(r"\.\.\.|…|[()]|[^\s()]+")
_MARKED = re.compile(r"([#_?*]*)([^\s()]*)")
_GROUP = "·"


def annotated(text: str) -> Names | None:
    """`batch *heads #seq d_model=4 3 _` → names; None where the text is none of jaxtyping's.

    What stands before a name (`#`, `_`, `?`) says how it is checked; a size alone is no name.
    (The syntax: docs.kidger.site/jaxtyping/api/array.)
    """
    names: list[str] = []
    for word in text.split():
        found = _MARKED.fullmatch(word)
        if found is None:
            return None
        marks, name = found.groups()
        name, _, size = name.partition("=")  # `rows=3` documents a size
        stars = "*" in marks or size.startswith(("*", "#*"))
        if word == ANY or (stars and not name):
            names.append(ANY)
        elif stars:
            names.append(f"*{name}")
        else:
            names.append("" if name.isdigit() else name.strip("{}"))
    return None if sum(map(_spreads, names)) > 1 else tuple(names)


def rearranged(pattern: str) -> tuple[list[Names], Names] | None:
    """`b t (h d) -> b h t d`: the names of the axes of each input, and of the output; None where it is no such pattern."""
    given, arrow, made = pattern.partition("->")
    if not arrow or "->" in made:
        return None
    inputs, output = [_side(text) for text in given.split(",")], _side(made)
    if output is None or None in inputs:
        return None
    return [names for names in inputs if names is not None], output


def _side(text: str) -> Names | None:
    """One side of a pattern; None where its parentheses do not match or a word is no name."""
    names: list[str] = []
    group: list[str] | None = None
    for piece in _PIECES.findall(text):
        if piece == "(":
            if group is not None:
                return None
            group = []
        elif piece == ")":
            if group is None:
                return None
            names.append(_GROUP.join(group))
            group = None
        elif piece in (ANY, "…"):
            if group is None:
                names.append(ANY)
            else:
                group.append("…")
        elif piece.isdigit():
            if group is None:
                names.append("")
        elif not piece.isidentifier():
            return None
        elif group is None:
            names.append(piece)
        else:
            group.append(piece)
    return None if group is not None or names.count(ANY) > 1 else tuple(names)


def summed(equation: str) -> tuple[list[Names], Names] | None:
    """`bij,bjk->bik`: a name a letter. Without an arrow the output has the letters that occur once, in their order."""
    given, arrow, made = equation.replace(" ", "").partition("->")
    inputs = [_letters(text) for text in given.split(",")]
    if any(names is None for names in inputs):
        return None
    known = [names for names in inputs if names is not None]
    if arrow:
        output = _letters(made)
        return None if output is None else (known, output)
    counts = Counter(name for names in known for name in names if name != ANY)
    once = tuple(sorted(name for name, number in counts.items() if number == 1))
    return known, (ANY, *once) if any(ANY in names for names in known) else once


def _letters(text: str) -> Names | None:
    before, dots, after = text.partition(ANY)
    if not all(part == "" or (part.isascii() and part.isalpha()) for part in (before, after)):
        return None
    return (*before, *((ANY,) if dots else ()), *after)


# ------------------------------------------------------------------------------------------ what is known from elsewhere


def _spreads(name: str) -> bool:
    return name == ANY or name.startswith("*")


def has_spread(names: Names) -> bool:
    """Whether some name stands for any number of axes."""
    return any(map(_spreads, names))


def spread_of(pattern: Names, known: Names | None) -> Names | None:
    """The names that the `...` of a pattern stands for in an array whose axes have the `known` names; None if unclear."""
    if known is None or ANY not in pattern:
        return None
    lead = pattern.index(ANY)
    trail = len(pattern) - lead - 1
    if len(known) < lead + trail or has_spread(known[:lead]) or has_spread(known[len(known) - trail :]):
        return None
    return known[lead : len(known) - trail]


def merged(pattern: Names, known: Names | None) -> Names:
    """The names that a pattern gives to the axes of an array; where it gives none, those that are known stay."""
    if known is None:
        return pattern
    spread = spread_of(pattern, known)
    if spread is not None:
        at = pattern.index(ANY)
        pattern = (*pattern[:at], *spread, *pattern[at + 1 :])
    if len(pattern) != len(known) or has_spread(known) or has_spread(pattern):
        return pattern
    return tuple(name or before for name, before in zip(pattern, known, strict=True))
