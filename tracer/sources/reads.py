"""What a statement gives names to and what it reads for that, from its text."""

from __future__ import annotations

import ast
from textwrap import dedent

from tracer.sources.text import without_warnings

__all__ = ["assigned_and_read"]


def assigned_and_read(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The variables that a simple statement assigns, and the others that it reads, in order; of any other, nothing."""
    try:
        with without_warnings():
            (statement,) = ast.parse(dedent(text)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the header of a compound one, several on a line
        return frozenset(), ()
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return frozenset(), ()
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    assigned = frozenset(name.id for name in names if isinstance(name.ctx, ast.Store))
    read = dict.fromkeys(name.id for name in names if isinstance(name.ctx, ast.Load))
    return assigned, tuple(name for name in read if name not in assigned)
