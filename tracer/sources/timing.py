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

__all__ = ["timed_lines"]

CLOCKS = frozenset(
    [
        *(
            f"time.{name}{unit}"
            for name in ("perf_counter", "time", "monotonic", "process_time", "thread_time")
            for unit in ("", "_ns")
        ),
        "time.clock_gettime",
        "time.clock_gettime_ns",
        "timeit.default_timer",
    ]
)
TIMERS = frozenset(
    [
        "timeit.timeit",
        "timeit.repeat",
        "timeit.Timer",
        "torch.utils.benchmark.Timer",
        "triton.testing.do_bench",
        "triton.testing.do_bench_cudagraph",
        "cProfile.run",
        "cProfile.runctx",
    ]
)
"""These time what they are given, all by themselves."""
PROFILERS = frozenset(
    [
        "torch.profiler.profile",
        "torch.autograd.profiler.profile",
        "torch.autograd.profiler.emit_nvtx",
        "torch.cuda.profiler.profile",
        "cProfile.Profile",
    ]
)
"""These time the body of a `with`, or what lies between their `start()` and `stop()`."""
EVENTS = frozenset(["torch.cuda.Event", "torch.Event", "torch.xpu.Event"])

SWITCHES = frozenset(["start", "stop", "enable", "disable"])
TIMING_METHODS = frozenset(["timeit", "repeat", "autorange", "blocked_autorange", "adaptive_autorange"])
"""Of a Timer: these run what it times."""
BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def timed_lines(tree: ast.Module) -> dict[int, int]:
    """The first line of every statement (or header) that the lecture times; with it, the first line of the timing it is in."""
    names = _Names(tree)
    timed: dict[int, int] = {}
    if names.can_time:
        scopes: list[ast.AST] = [tree, *(node for node in ast.walk(tree) if isinstance(node, Function | ast.ClassDef))]
        for scope in scopes:
            _Block(names, timed).read(scope.body)  # type: ignore[attr-defined]
    return timed


class _Names:
    """What the names of a file stand for: `clock` for `time.perf_counter`, `now` for a function that returns a reading.

    Without regard to scopes: one name that means two things in one file is rare, and at worst too much is left uncounted.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._imported: dict[str, str] = {}
        self._helpers: set[str] = set()
        self._contexts: set[str] = set()
        self._made: dict[str, set[str]] = {"event": set(), "timer": set(), "profiler": set()}
        nodes = list(ast.walk(tree))
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)
        self.can_time = bool(self._imported)
        if self.can_time:
            for node in nodes:
                self._assigned(node)
            for node in nodes:
                if isinstance(node, Function | ast.ClassDef):
                    self._defined(node)

    def is_reading(self, node: ast.AST) -> bool:
        """Whether this node alone reads a clock: a call of one, or of a function of the file that only returns one."""
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Name) and node.func.id in self._helpers:
            return True
        return self._path(node.func) in CLOCKS or self.recorded(node) is not None or self._switches(node)

    def recorded(self, node: ast.AST) -> str | None:
        """The name of the event that `node` records; "" if it is in a list or an attribute; None if it records none."""
        if self._made["event"] and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr != "record" or _base(node.func.value) in ("", None):
                return None
            return node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        return None

    def times(self, node: ast.AST) -> bool:
        """Whether this node alone times something: `timeit(…)`, `do_bench(…)`, `timer.blocked_autorange()`."""
        if not isinstance(node, ast.Call):
            return False
        if self._path(node.func) in TIMERS:
            return True
        is_method = isinstance(node.func, ast.Attribute) and node.func.attr in TIMING_METHODS
        return is_method and _base(node.func) in self._made["timer"]

    def times_body(self, node: ast.AST) -> bool:
        """Whether the body of the `with` that enters this is timed."""
        if isinstance(node, ast.Name):
            return node.id in self._made["profiler"]
        if not isinstance(node, ast.Call):
            return False
        return self._path(node.func) in PROFILERS or (
            isinstance(node.func, ast.Name) and node.func.id in self._contexts
        )

    def _switches(self, node: ast.Call) -> bool:
        function = node.func
        is_switch = isinstance(function, ast.Attribute) and function.attr in SWITCHES
        return is_switch and _base(function) in self._made["profiler"]

    def _path(self, node: ast.AST) -> str:
        """What an expression names in full: `torch.cuda.Event` of `cuda.Event`; "" of what was not imported."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._imported:
            return ""
        return ".".join([self._imported[node.id], *reversed(parts)])

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                self._imported[alias.asname or top] = alias.name if alias.asname else top
        elif node.module is not None and not node.level:
            for alias in node.names:
                if alias.name == "*":
                    known = (path for path in CLOCKS | TIMERS if path.rpartition(".")[0] == node.module)
                    self._imported |= {path.rpartition(".")[2]: path for path in known}
                else:
                    self._imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def _assigned(self, node: ast.AST) -> None:
        """`clock = perf_counter`, `starts = [Event() for …]`, `def bench(f, clock=perf_counter)`."""
        if isinstance(node, Function):
            positional = [*node.args.posonlyargs, *node.args.args]
            defaults = node.args.defaults
            pairs = [
                *zip(positional[len(positional) - len(defaults) :], defaults, strict=True),
                *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
            ]
            for argument, default in pairs:
                if default is not None and self._path(default) in CLOCKS:
                    self._imported[argument.arg] = self._path(default)
            return
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            targets, value = [node.optional_vars], node.context_expr
        if value is None:
            return
        names = {name for target in targets for name in _stored(target)}
        if self._path(value) in CLOCKS:
            self._imported |= dict.fromkeys(names, self._path(value))
        if isinstance(value, ast.Lambda) and any(self.is_reading(part) for part in ast.walk(value.body)):
            self._helpers |= names
        for part in ast.walk(value):
            if isinstance(part, ast.Call) and (path := self._path(part.func)):
                kind = (
                    "event"
                    if path in EVENTS
                    else "timer"
                    if path in TIMERS
                    else "profiler"
                    if path in PROFILERS
                    else ""
                )
                if kind:
                    self._made[kind] |= names

    def _defined(self, node: Function | ast.ClassDef) -> None:
        """A function of one reading, which it returns, is as good as the clock; one that yields between two is a context."""
        if isinstance(node, ast.ClassDef):
            entering = [
                part for part in node.body if isinstance(part, Function) and part.name in ("__enter__", "__aenter__")
            ]
            if any(self.is_reading(part) for method in entering for part in ast.walk(method)):
                self._contexts.add(node.name)
            return
        parts = list(_parts(node.body))
        count = sum(self.is_reading(part) for part in parts)
        returned = (part.value for part in parts if isinstance(part, ast.Return) and part.value is not None)
        if any(isinstance(part, ast.Yield) for part in parts):
            if count > 1:
                self._contexts.add(node.name)
        elif count == 1 and any(self.is_reading(part) for value in returned for part in ast.walk(value)):
            self._helpers.add(node.name)


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

    def __init__(self, names: _Names, timed: dict[int, int]) -> None:
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
        if len(self._loose) > 0 and len(apart) > 1:
            self._close(apart, apart[-1])
            left.loose, left.binds = False, set()
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
        parts = list(_parts(_header(statement)))
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


def _bound_to_reading(names: _Names, parts: list[ast.AST]) -> set[str]:
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


def _parts(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All that lies in `nodes`, but for what is run elsewhere: the insides of functions, classes and lambdas."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        yield node
        pending += ast.iter_child_nodes(node)


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
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])  # type: ignore[attr-defined]


def _base(node: ast.AST) -> str | None:
    """The name at the root of `name`, `name.attribute`, `name[index]`; "" if there is another thing at the root."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _stored(target: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
