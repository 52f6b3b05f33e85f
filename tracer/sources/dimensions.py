"""Names of axes from the source: `batch seq d_model` of a jaxtyping annotation, `b t (h d)` of an einops pattern.

Read from the syntax tree alone, in the order of the text: what an assignment makes has the names of its right side, what an
einops call takes has the names of the pattern from then on, and an assignment of anything else forgets. A name may be wrong
where the program goes another way than its text; whoever has the array compares the number of axes.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Callable

from tracer.sources.patterns import ANY, Names, merged, spread_of
from tracer.sources.statements import BLOCKS
from tracer.sources.syntax import (
    aliases_of,
    annotation,
    bound,
    dotted,
    expression,
    first_line,
    inner_calls,
    last_name,
    pattern,
)

__all__ = ["Dimensions", "Names"]

_KEEPING = (
    "abs bfloat16 clamp clone contiguous cos cpu cuda detach double exp float half log log_softmax masked_fill neg relu "
    "requires_grad_ rsqrt sigmoid sin softmax sqrt square tanh to tril triu astype copy"
)
KEEPING = frozenset(_KEEPING.split())
"""Methods whose result has the axes of what they are called on; as functions of a library, of their first argument."""

LIBRARIES = frozenset({"torch", "F", "functional", "np", "numpy"})

_DEEPEST = 40  # expressions inside expressions that are looked into

Lookup = Callable[[str], Names | None]


class Dimensions:
    """What the source says about the axes of its variables.

    Names are a tuple, one an axis: "" for an axis without a name; `"..."` stands for any number of axes without, `"*name"`
    for any number of that name. `tracer.values.encoded` takes them so.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._aliases: dict[str, ast.expr] = {}
        self._scopes: list[_Scope] = []
        self._functions: dict[int, _Scope] = {}
        self._returns: dict[str, Names] = {}
        self._methods: dict[str, dict[str, Names]] = {}
        self._module = _Scope(1, 10**9, 1, None)
        try:
            self._aliases = aliases_of(tree)
            if self._aliases or _says_anything(tree):
                self._collect_returns(tree)
                self._run(tree.body, self._module, "")
        except RecursionError:  # functions nested hundreds deep: what was read stands
            pass
        self._scopes.sort(key=lambda scope: scope.start)
        self._starts = [scope.start for scope in self._scopes]

    def at(self, line: int, name: str) -> Names | None:
        """The names of the axes of `name` (a variable, or an expression such as `self.weight`) just after the statement at
        `line` has run, in the function that holds the line; on the line of a `def`, of its arguments on entry.
        """
        scope = self._scope(line)
        if scope is None:
            return None
        holder: _Scope = scope
        if name.isidentifier():
            return holder.at(line, name)
        tree = expression(name)
        return None if tree is None else self._names(tree, lambda part: holder.at(line, part), holder.owner)

    def returned(self, function_line: int) -> Names | None:
        """The names of the axes of what the function returns whose first line (of a decorator, if any) this is."""
        scope = self._functions.get(function_line)
        return None if scope is None else scope.returned()

    def _scope(self, line: int) -> _Scope | None:
        """The innermost function that holds a line; that it stands in a function's head counts for that function."""
        scope = self._module if self._scopes else None
        for candidate in self._scopes[: bisect_right(self._starts, line)]:
            if candidate.end >= line:  # sorted by their beginnings: the last one is the innermost
                scope = candidate
        return scope

    # -------------------------------------------------------------------------------------------------------- reading

    def _collect_returns(self, tree: ast.Module) -> None:
        """The annotated results of functions and methods: calls of them have these names."""
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self._collect(node, self._returns)
            elif isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.FunctionDef):
                        self._collect(item, self._methods.setdefault(node.name, {}))

    def _collect(self, node: ast.FunctionDef, into: dict[str, Names]) -> None:
        names = annotation(node.returns, self._aliases)
        if names is not None:
            into[node.name] = names

    def _run(self, body: list[ast.stmt], scope: _Scope, owner: str) -> None:
        """The statements of a scope in the order of their text; `owner` is the class whose body they are, if any."""
        self._scopes.append(scope)
        pending: list[ast.AST] = list(reversed(body))
        while pending:  # not by recursion: an `elif` nests in the `if` before it
            node = pending.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                scope.bind(first_line(node), node.name, None)
                self._function(node, scope, owner)
            elif isinstance(node, ast.ClassDef):
                scope.bind(first_line(node), node.name, None)
                self._class(node, scope)
            else:
                self._statement(node, scope)
                pending += reversed([child for name in BLOCKS for child in getattr(node, name, ())])

    def _class(self, node: ast.ClassDef, outer: _Scope) -> None:
        """Its methods know what `self` is declared to hold, in the class or in any method."""
        declared: dict[str, Names] = {}
        for part in ast.walk(node):
            if isinstance(part, ast.AnnAssign):
                target = part.target
                names = annotation(part.annotation, self._aliases)
                if names is None:
                    continue
                if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                    declared[target.attr] = names
                elif isinstance(target, ast.Name) and part in node.body:
                    declared[target.id] = names
        body = _Scope(first_line(node), node.end_lineno or node.lineno, node.body[0].lineno, outer)
        body.declared = declared
        self._run(node.body, body, node.name)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, outer: _Scope, owner: str) -> None:
        around = outer.outer if owner and outer.outer else outer  # what a class holds is no variable of its methods
        scope = _Scope(first_line(node), node.end_lineno or node.lineno, node.body[0].lineno, around)
        scope.result = annotation(node.returns, self._aliases)
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for argument in [*every, *filter(None, (arguments.vararg, arguments.kwarg))]:
            names = annotation(argument.annotation, self._aliases) if argument in every else None
            scope.bind(scope.start, argument.arg, names)
        if owner and every:
            scope.owner, scope.self_name, scope.declared = owner, every[0].arg, outer.declared
            for attribute, names in scope.declared.items():
                scope.bind(scope.start, f"{scope.self_name}.{attribute}", names)
        self._functions[scope.start] = self._functions[node.lineno] = scope
        self._run(node.body, scope, "")

    def _statement(self, node: ast.AST, scope: _Scope) -> None:
        """One statement, or the header of a compound one: what its calls tell of their arguments, then what it binds."""
        line = first_line(node)

        def lookup(name: str) -> Names | None:
            return scope.now(name)

        for part in inner_calls(node):
            if isinstance(part, ast.Call):
                self._name_arguments(part, line, scope)
            elif isinstance(part, ast.NamedExpr):
                scope.bind(line, part.target.id, self._names(part.value, lookup, scope.owner))
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value, line, scope)
        elif isinstance(node, ast.AnnAssign):
            name = dotted(node.target)
            names = annotation(node.annotation, self._aliases)
            if names is None and node.value is not None:
                names = self._names(node.value, lookup, scope.owner)
            if name is not None:
                scope.bind(line, name, names)
        elif isinstance(node, ast.Return):
            scope.results.append(None if node.value is None else self._names(node.value, lookup, scope.owner))
        elif not isinstance(node, ast.AugAssign):  # which keeps the axes of its target
            for name in bound(node):
                scope.bind(line, name, None)

    def _assign(self, target: ast.expr, value: ast.expr, line: int, scope: _Scope) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            values: list[ast.expr | None] = [None] * len(target.elts)
            paired = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            if paired and not any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts)):  # type: ignore[attr-defined]
                values = list(value.elts)  # type: ignore[attr-defined]
            found = [None if part is None else self._names(part, scope.now, scope.owner) for part in values]
            for each, names in zip(target.elts, found, strict=True):
                for part in ast.walk(each) if isinstance(each, ast.Tuple | ast.List | ast.Starred) else [each]:
                    name = dotted(part)
                    if name is not None:
                        scope.bind(line, name, names)
            return
        name = dotted(target)
        if name is not None:
            scope.bind(line, name, self._names(value, scope.now, scope.owner))

    # ----------------------------------------------------------------------------------------------------- expressions

    def _name_arguments(self, call: ast.Call, line: int, scope: _Scope) -> None:
        """An einops call names the axes of the variables it is given."""
        found = pattern(call)
        if found is None:
            return
        inputs, _, arguments = found
        for names, argument in zip(inputs, arguments, strict=False):
            name = dotted(argument)
            if name is not None:
                scope.bind(line, name, merged(names, scope.now(name)))

    def _names(self, node: ast.expr, lookup: Lookup, owner: str, depth: int = 0) -> Names | None:
        """The names of the axes of an expression's value, where its form tells."""
        if depth > _DEEPEST:
            return None
        name = dotted(node)
        if name is not None:
            return lookup(name)
        if isinstance(node, ast.NamedExpr):
            return self._names(node.value, lookup, owner, depth + 1)
        if isinstance(node, ast.UnaryOp):
            return self._names(node.operand, lookup, owner, depth + 1)
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult):
            return self._of_both(node.left, node.right, lookup, owner, depth + 1)
        if isinstance(node, ast.Call):
            return self._of_call(node, lookup, owner, depth + 1)
        return None

    def _of_both(self, left: ast.expr, right: ast.expr, lookup: Lookup, owner: str, depth: int) -> Names | None:
        """Of `x * 2`, and of `x + y` where both have the same axes: broadcasting may make more of others."""
        if _is_number(right):
            return self._names(left, lookup, owner, depth)
        if _is_number(left):
            return self._names(right, lookup, owner, depth)
        names = self._names(left, lookup, owner, depth)
        return names if names is not None and names == self._names(right, lookup, owner, depth) else None

    def _of_call(self, call: ast.Call, lookup: Lookup, owner: str, depth: int) -> Names | None:
        found = pattern(call)
        if found is not None:
            inputs, output, arguments = found
            if ANY in output:
                for names, argument in zip(inputs, arguments, strict=False):
                    spread = spread_of(names, self._names(argument, lookup, owner, depth))
                    if spread is not None:
                        at = output.index(ANY)
                        return (*output[:at], *spread, *output[at + 1 :])
            return output
        function = call.func
        if isinstance(function, ast.Name):
            return self._returns.get(function.id)
        if isinstance(function, ast.Attribute):
            if isinstance(function.value, ast.Name) and function.value.id == "self" and owner:
                result = self._methods.get(owner, {}).get(function.attr)
                if result is not None:
                    return result
            if function.attr in KEEPING:
                whole = call.args[:1] if last_name(function.value) in LIBRARIES else [function.value]
                return self._names(whole[0], lookup, owner, depth) if whole else None
        return None


class _Scope:
    """A function, a class or the module: what is known of its variables, line by line."""

    def __init__(self, start: int, end: int, body: int, outer: _Scope | None) -> None:
        self.start = start
        self.end = end
        self.body = body
        self.outer = outer
        self.owner = ""
        self.self_name = ""
        self.declared: dict[str, Names] = {}
        self.result: Names | None = None
        self.results: list[Names | None] = []
        self._lines: dict[str, list[int]] = {}
        self._known: dict[str, list[Names | None]] = {}
        self._attributes: dict[str, set[str]] = {}
        self._from_outside = {} if outer is None else outer.everything()

    def everything(self) -> dict[str, Names | None]:
        """All names and what is known of them at the end of what has been read."""
        return self._from_outside | {name: known[-1] for name, known in self._known.items()}

    def now(self, name: str) -> Names | None:
        known = self._known.get(name)
        return known[-1] if known else self._from_outside.get(name)

    def bind(self, line: int, name: str, names: Names | None) -> None:
        """From the end of the statement at `line` on, `name` is an array with these axes, or what nothing is known of."""
        if names is None and self.self_name and name.startswith(f"{self.self_name}."):
            names = self.declared.get(name[len(self.self_name) + 1 :])  # an attribute keeps what it was declared to be
        self._lines.setdefault(name, []).append(line)
        self._known.setdefault(name, []).append(names)
        root, dot, _ = name.partition(".")
        if dot:
            self._attributes.setdefault(root, set()).add(name)
        else:
            for attribute in self._attributes.pop(root, ()):
                self._lines[attribute].append(line)
                self._known[attribute].append(None)

    def at(self, line: int, name: str) -> Names | None:
        if line < self.body and name not in self._known and self.outer is not None:
            return self.outer.at(line, name)
        lines = self._lines.get(name)
        place = bisect_right(lines, line) if lines else 0
        return self._known[name][place - 1] if place else self._from_outside.get(name)

    def returned(self) -> Names | None:
        """As annotated, else what all its `return`s agree on."""
        if self.result is not None or not self.results:
            return self.result
        first = self.results[0]
        return first if all(names == first for names in self.results) else None


def _says_anything(tree: ast.Module) -> bool:
    """Whether any of the source can name an axis: most has neither an annotation of jaxtyping's nor a pattern."""
    return any(
        (isinstance(node, ast.Call) and pattern(node) is not None)
        or (isinstance(node, ast.arg | ast.AnnAssign) and annotation(node.annotation) is not None)
        or (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and annotation(node.returns) is not None)
        for node in ast.walk(tree)
    )


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex)
