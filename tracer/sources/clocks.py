"""What the names of a file stand for, as far as clocks are concerned: `clock` for `time.perf_counter`, say."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

__all__ = ["ClockNames", "Function", "parts_of"]

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

Function = ast.FunctionDef | ast.AsyncFunctionDef


class ClockNames:
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
        parts = list(parts_of(node.body))
        count = sum(self.is_reading(part) for part in parts)
        returned = (part.value for part in parts if isinstance(part, ast.Return) and part.value is not None)
        if any(isinstance(part, ast.Yield) for part in parts):
            if count > 1:
                self._contexts.add(node.name)
        elif count == 1 and any(self.is_reading(part) for value in returned for part in ast.walk(value)):
            self._helpers.add(node.name)


def parts_of(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All that lies in `nodes`, but for what is run elsewhere: the insides of functions, classes and lambdas."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        yield node
        pending += ast.iter_child_nodes(node)


def _base(node: ast.AST) -> str | None:
    """The name at the root of `name`, `name.attribute`, `name[index]`; "" if there is another thing at the root."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _stored(target: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
