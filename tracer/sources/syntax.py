"""What of the syntax tree tells of axes: annotations and patterns, and the names that a statement binds."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from tracer.sources.patterns import Names, annotated, rearranged, summed
from tracer.sources.statements import BLOCKS
from tracer.sources.text import without_warnings

__all__ = [
    "DTYPES",
    "aliases_of",
    "annotation",
    "bound",
    "dotted",
    "expression",
    "first_line",
    "inner_calls",
    "last_name",
    "pattern",
]

NO_ALIASES: Mapping[str, ast.expr] = {}

_DTYPES = (
    "Shaped Bool Key Num Inexact Real Float Complex Integer Int UInt BFloat16 Float8e4m3b11fnuz Float8e4m3fn "
    "Float8e4m3fnuz Float8e5m2 Float8e5m2fnuz Float8e3m4 Float8e4m3 Float8e8m0fnu Float4e2m1fn Float16 Float32 Float64 "
    "Complex64 Complex128 Int2 Int4 Int8 Int16 Int32 Int64 UInt2 UInt4 UInt8 UInt16 UInt32 UInt64"
)
DTYPES = frozenset(_DTYPES.split())
"""The names of jaxtyping's dtypes (docs.kidger.site/jaxtyping/api/array)."""

_PATTERNED = frozenset({"rearrange", "reduce", "repeat"})  # of einops: an array and its pattern


def first_line(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    lines: list[int] = [node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))]  # type: ignore[attr-defined]
    return min(lines)


def last_name(node: ast.expr) -> str:
    """`jaxtyping.Float` and `Float` are `Float`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def dotted(node: ast.AST) -> str | None:
    """`x`, `self.weight`, `self.layer.weight`; None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def annotation(node: ast.expr | None, aliases: Mapping[str, ast.expr] = NO_ALIASES) -> Names | None:
    """`Float[Tensor, "b t"]`, also in quotes, as `Optional[…]`, as `… | None`, and by a name that stands for one of these."""
    for _ in range(6):
        if isinstance(node, ast.Name) and node.id in aliases:
            node = aliases[node.id]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = expression(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            node = node.left if isinstance(node.right, ast.Constant) and node.right.value is None else node.right
        elif isinstance(node, ast.Subscript) and last_name(node.value) in ("Optional", "Final", "Annotated"):
            node = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        else:
            break
    if not (isinstance(node, ast.Subscript) and last_name(node.value) in DTYPES and isinstance(node.slice, ast.Tuple)):
        return None
    parts = node.slice.elts
    text = parts[1] if len(parts) == 2 else None
    return annotated(text.value) if isinstance(text, ast.Constant) and isinstance(text.value, str) else None


def aliases_of(tree: ast.Module) -> dict[str, ast.expr]:
    """The annotations that a module gives a name: `Batch = Float[Tensor, "b t"]`."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        target = (
            node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "name", None)
        )  # of a `type` statement
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.expr) and annotation(value, found) is not None:
            found[target.id] = value
    return found


@lru_cache(maxsize=256)
def expression(text: str) -> ast.expr | None:
    try:
        with without_warnings():
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def pattern(call: ast.Call) -> tuple[list[Names], Names, list[ast.expr]] | None:
    """The names that an einops call, or an einsum, gives its inputs and its output, and the inputs themselves."""
    function, arguments = last_name(call.func), call.args
    read: Callable[[str], tuple[list[Names], Names] | None] = rearranged
    if function in _PATTERNED:
        if len(arguments) < 2:
            return None
        text, arguments = arguments[1], arguments[:1]
    elif function == "einsum" and len(arguments) > 1:
        if isinstance(arguments[0], ast.Constant):
            text, arguments, read = arguments[0], arguments[1:], summed
        else:
            text, arguments = arguments[-1], arguments[:-1]
    else:
        return None
    if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
        return None
    found = read(text.value)
    return None if found is None else (*found, arguments)


def inner_calls(node: ast.AST) -> Iterator[ast.AST]:
    """The calls and `:=` of a statement or header, inner ones first; what a comprehension or a lambda holds is its own."""
    pending: list[ast.AST] = []
    for name, part in ast.iter_fields(node):
        if name not in BLOCKS:
            pending += [item for item in (part if isinstance(part, list) else [part]) if isinstance(item, ast.AST)]
    found: list[ast.AST] = []
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            continue
        if isinstance(part, ast.Call | ast.NamedExpr):
            found.append(part)
        pending += ast.iter_child_nodes(part)
    return reversed(found)


def bound(node: ast.AST) -> Iterator[str]:
    """What a statement that assigns nothing binds or deletes: the targets of a loop, names after `as`, imports."""
    targets: list[ast.AST] = []
    if isinstance(node, ast.For | ast.AsyncFor):
        targets = [node.target]
    elif isinstance(node, ast.With | ast.AsyncWith):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    elif isinstance(node, ast.Delete):
        targets = [*node.targets]
    elif isinstance(node, ast.match_case):
        targets = [node.pattern]
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((item.asname or item.name).partition(".")[0] for item in node.names)
    for part in (part for target in targets for part in ast.walk(target)):
        if isinstance(part, ast.Name | ast.Attribute) and not isinstance(part.ctx, ast.Load):
            name = dotted(part)
            if name is not None:
                yield name
        elif isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
            yield part.name
        elif isinstance(part, ast.MatchMapping) and part.rest:
            yield part.rest
