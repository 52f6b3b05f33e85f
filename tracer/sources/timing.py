"""Which statements a lecture times itself, from its syntax: counting tensor operations around them would slow what they measure.

A timing is two readings of a clock and what runs between them, in one list of statements: `start = perf_counter()` and
`perf_counter() - start`, `t0` and `t1` and later `t1 - t0`, two `event.record()`. Where it is not plain which readings belong
together, all between the first and the last of them counts as timed. So do a call that times what it is given (`timeit`,
`do_bench`), and the body of a `with` that profiles, or whose context reads a clock.

Names are followed through the file's imports and assignments, not into other files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tracer.sources.clocks import ClockNames, Function, parts_of

__all__ = ["timed_lines"]

BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


def timed_lines(tree: ast.Module) -> dict[int, int]:
    """The first line of every statement (or header) that the lecture times; with it, the first line of the timing it is in."""
    names = ClockNames(tree)
    timed: dict[int, int] = {}
    if names.can_time:
        scopes: list[ast.AST] = [tree, *(node for node in ast.walk(tree) if isinstance(node, Function | ast.ClassDef))]
        for scope in scopes:
            _Block(names, timed).read(scope.body)  # type: ignore[attr-defined]
    return timed


@dataclass
class _Facts:
    """What one statement, with all that it holds, has to do with clocks.

    `loads` are the names it reads that hold no reading of its own; `binds` those that hold a reading when it has run.
    `loose`: it has a reading that goes somewhere else (to an attribute, into a list, to a function).
    """

    reads: bool = False
    loose: bool = False
    loads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)


class _Block:
    """One list of statements: finds its timings, and those of the lists in it, and writes them down in `timed`."""

    def __init__(self, names: ClockNames, timed: dict[int, int]) -> None:
        self._names = names
        self._timed = timed
        self._held: dict[str, int] = {}
        self._used: set[int] = set()
        self._loose: list[int] = []
        self._spans: list[tuple[int, int]] = []

    def read(self, statements: list[ast.stmt]) -> _Facts:
        """Go through `statements`; returns what is left over, for the list around them."""
        left = _Facts()
        for index, statement in enumerate(statements):
            facts = self._facts(statement)
            held = {name: self._held[name] for name in facts.loads if name in self._held}
            left.reads |= facts.reads
            left.loads |= facts.loads - held.keys()
            if held and facts.reads:
                self._close(held.values(), index)
            elif len(held) > 1:  # t1 - t0, start.elapsed_time(end)
                self._close(held.values(), max(held.values()))
            if facts.loose and not held:
                self._loose.append(index)
            for name in facts.binds:
                self._forget(name)
                self._held[name] = index
        unused = {name for name, index in self._held.items() if index not in self._used}
        left.binds = unused
        left.loose = bool(self._loose)
        apart = sorted([*self._loose, *(self._held[name] for name in unused)])
        if len(apart) > 1:
            self._close(apart, apart[-1])
            left.loose = False
        self._mark(statements)
        return left

    def _close(self, begun: Iterable[int], end: int) -> None:
        begun = list(begun)
        self._used.update([*begun, end])
        self._spans.append((min(begun), end))

    def _forget(self, name: str) -> None:
        """`name` takes another reading: one that was never looked at went somewhere that is not seen here."""
        index = self._held.pop(name, None)
        if index is not None and index not in self._used:
            self._loose.append(index)

    def _mark(self, statements: list[ast.stmt]) -> None:
        inside = {index for begin, end in self._spans for index in range(begin, end + 1)}
        first = 0
        for index, statement in enumerate(statements):
            if index in inside:
                if index - 1 not in inside:
                    first = _first_line(statement)
                self._mark_all(statement, first)

    def _mark_all(self, statement: ast.stmt, first: int) -> None:
        for node in _statements([statement]):
            self._timed[_first_line(node)] = first

    def _facts(self, statement: ast.stmt) -> _Facts:
        facts = _Facts()
        if isinstance(statement, Function | ast.ClassDef):
            return facts
        parts = list(parts_of(_header(statement)))
        recorded = [self._names.recorded(part) for part in parts]
        readings = sum(self._names.is_reading(part) for part in parts)
        receivers = {name for name in recorded if name}
        facts.reads = readings > 0
        facts.loads = {
            part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
        } - receivers
        facts.binds = {*_bound_to_reading(self._names, parts), *receivers}
        facts.loose = readings > len(facts.binds)
        if any(self._names.times(part) for part in parts):
            self._mark_all(statement, _first_line(statement))
        if isinstance(statement, ast.With | ast.AsyncWith) and any(
            self._names.times_body(item.context_expr) for item in statement.items
        ):
            self._mark_all(statement, _first_line(statement))
        for block in _blocks(statement):
            inner = _Block(self._names, self._timed).read(block)
            facts.reads |= inner.reads
            facts.loose |= inner.loose
            facts.loads |= inner.loads
            facts.binds |= inner.binds
        return facts


def _bound_to_reading(names: ClockNames, parts: list[ast.AST]) -> set[str]:
    """`t` of `t = perf_counter()`, of `a, t = 0, perf_counter()` and of `(t := perf_counter())`."""
    bound: set[str] = set()
    for part in parts:
        if isinstance(part, ast.Assign) and len(part.targets) == 1:
            target, value = part.targets[0], part.value
        elif isinstance(part, ast.AnnAssign | ast.NamedExpr) and part.value is not None:
            target, value = part.target, part.value
        else:
            continue
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            pairs = list(zip(target.elts, value.elts, strict=True))
        bound |= {to.id for to, what in pairs if isinstance(to, ast.Name) and names.is_reading(what)}
    return bound


def _header(statement: ast.stmt) -> list[ast.AST]:
    """The statement itself, or of a compound one what stands before its body."""
    if not any(getattr(statement, name, None) for name in BLOCKS):
        return [statement]
    return [
        child
        for child in ast.iter_child_nodes(statement)
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
    ]


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements in a compound one. An `elif` is an `if` in an `else`, any number of times: no recursion there."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        for name in BLOCKS:
            block = getattr(node, name, None) or []
            if name in ("handlers", "cases"):
                pending += block
            elif name == "orelse" and len(block) == 1 and isinstance(block[0], ast.If):
                pending += block
                yield [ast.copy_location(ast.Expr(block[0].test), block[0])]
            elif block:
                yield block


def _statements(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every statement in `nodes`, with the headers of `except` and `case`; of a function or class, only its header."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            pending += [child for name in BLOCKS for child in getattr(node, name, ())]


def _first_line(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    decorators = getattr(node, "decorator_list", [])
    lines: list[int] = [node.lineno, *(decorator.lineno for decorator in decorators)]  # type: ignore[attr-defined]
    return min(lines)
