"""What is looked at: values that directives ask for, what calls are made with and return, arrays that are written to meanwhile.

Called by `Steps` as steps open and end, with the lock held.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from tracer.format.journal import UNAVAILABLE
from tracer.format.schema import (
    OWN_MEMORY,
    ROLE_ARGUMENT,
    ROLE_INSPECTED,
    ROLE_LOCAL,
    ROLE_RETURNED,
    ROLE_WRITTEN,
    SAME_MEMORY,
    SAME_OBJECT,
    Notice,
)
from tracer.sources.expressions import Expression, Unavailable
from tracer.values import encoded
from tracer.values.limits import UNASKED, Limits
from tracer.values.shared import State, is_array, state_of, storage_number

if TYPE_CHECKING:
    from tracer.events.activation import Activation
    from tracer.recorder import Recorder
    from tracer.sources.dimensions import Names
    from tracer.sources.files import Statement

__all__ = ["Looks", "Watched"]

LONGEST_SEEN = 64
"""Characters of a string that is remembered as the last value of a name."""
MOST_WATCHED = 32
"""Names of arrays of one call that are watched; looking after each costs a little at every step."""
MOST_SOURCES = 8
"""Arrays that one may be derived from, as far as is said."""


class Watched:
    """An array that a name of a call has been seen to hold: `number` is the value that was recorded, `state` tells of writes."""

    __slots__ = ("dimensions", "expression", "limits", "number", "reference", "state")

    def __init__(
        self,
        expression: Expression,
        value: Any,
        state: State,
        number: int,
        limits: Limits,
        dimensions: Names | None,
    ) -> None:
        self.expression = expression
        self.dimensions = dimensions
        self.reference = weakref.ref(value)
        self.state = state
        self.number = number
        self.limits = limits


class Looks:
    """Writes bindings. Of each call, the arrays it has looked at are looked after: who writes to one changes what is shown."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._rows = recorder.rows
        self._unavailable: dict[Expression, Notice] = {}
        self._seen: dict[str, tuple[object, int]] = {}
        self._names: dict[str, Expression] = {}

    def inspect(self, activation: Activation, statement: Statement, frame: FrameType, final: bool) -> None:
        """Record what the directives of `statement` ask for. `final`: it ran to its end, so its names should exist."""
        variables: Mapping[str, Any] = frame.f_locals
        step = activation.step
        row = [step, self._recorder.step_count - 1]
        for expression in statement.inspect:
            try:
                value = expression.value(frame, variables)
                row.append(self._number(expression, value, activation, statement, frame))
            except Unavailable as error:
                row.append(UNAVAILABLE)
                if final and expression not in self._unavailable:
                    self._unavailable[expression] = Notice(
                        message=f"@inspect: {error}", file=statement.file.index, line=statement.line, step=step
                    )
        if statement.inspect:
            if not statement.look:
                names = (b"%d,%%d" % self._rows.string(expression.text) for expression in statement.inspect)
                statement.look = b'["look",%d,%d,' + b",".join(names) + b"]\n"
            self._recorder.journal.add(statement.look % tuple(row))
        for name in statement.clear:
            self._bind(step, name, -1, ROLE_INSPECTED)

    def arguments(self, activation: Activation, frame: FrameType, names: tuple[str, ...]) -> None:
        """Record what a call was made with, before its first step runs."""
        if names:
            variables = frame.f_locals
            for name in names:
                if name in variables:
                    value = variables[name]
                    is_one = is_array(value)
                    axes = activation.file.dimensions(activation.code.co_firstlineno, name) if is_one else None
                    number = self._value(value, UNASKED, axes)
                    self._bind(activation.step, name, number, ROLE_ARGUMENT)
                    if is_one:
                        self._watch(activation, self._name(name), value, number, UNASKED, axes)

    def argument(self, activation: Activation, name: str, value: object) -> None:
        """Record something else that a call was made with."""
        self._bind(activation.step, name, self._value(value, UNASKED), ROLE_ARGUMENT)

    def local_variables(self, step: int, frame: FrameType, seen: dict[str, int] | None) -> dict[str, int]:
        """Record the local variables that differ from `seen`; returns what is seen now."""
        now: dict[str, int] = {}
        for name, value in dict(frame.f_locals).items():
            if not name.startswith("__"):
                index = now[name] = self._value(value, UNASKED)
                if seen is None or seen.get(name) != index:
                    self._bind(step, name, index, ROLE_LOCAL)
        for name in seen or ():
            if name not in now:
                self._bind(step, name, -1, ROLE_LOCAL)
        return now

    def returned(self, activation: Activation, value: object) -> None:
        axes = activation.file.returned_dimensions(activation.code.co_firstlineno) if is_array(value) else None
        self._bind(activation.step, "", self._value(value, UNASKED, axes), ROLE_RETURNED)

    def written(self, activation: Activation, frame: FrameType) -> None:
        """Record the arrays of a call that have been written to since they were last looked at."""
        for name, watched in list(activation.watched.items() if activation.watched else ()):
            value = watched.reference()
            state = None if value is None else state_of(value)
            if state == watched.state:
                continue
            if state is None or not self._still_holds(watched, value, frame):
                self._forget(activation, name)
                continue
            watched.state = state
            number = self._value(value, watched.limits, watched.dimensions)
            if number != watched.number:
                watched.number = number
                self._bind(activation.step, name, number, ROLE_WRITTEN)

    def unavailable(self) -> list[Notice]:
        """Of every `@inspect` that never had a value: why."""
        return [notice for expression, notice in self._unavailable.items() if not expression.available]

    # ---------------------------------------------------------------------------------------------------------- parts

    def _number(
        self, expression: Expression, value: object, activation: Activation, statement: Statement, frame: FrameType
    ) -> int:
        """The number of the value of an inspected expression. Raises Unavailable where its decoder has no value."""
        decoder = None if expression.decoder is None else expression.decoder.value(frame, frame.f_locals)
        expression.available = True
        if expression.decoder is not None:
            from tracer.values.tokens import encoded_tokens  # few lectures need it

            return self._rows.value(encoded_tokens(value, decoder))
        last = self._seen.get(expression.text)
        if last is not None and last[0] is value:  # held, so nothing else can have taken its place
            return last[1]
        is_one = is_array(value)
        axes = statement.file.dimensions(statement.line, expression.text) if is_one else None
        number = self._value(value, expression.limits, axes)
        kind = type(value)  # not its __class__, which may be a property of the lecture's
        if kind is int or kind is float or (kind is str and len(value) <= LONGEST_SEEN):  # type: ignore[arg-type]
            self._seen[expression.text] = value, number
        elif is_one:
            if expression.is_name or expression.is_attribute:
                self._watch(activation, expression, value, number, expression.limits, axes)
            if expression.is_name and expression.text in statement.assigned:
                self._derive(activation.step, expression.text, value, statement, frame)
        return number

    def _watch(
        self,
        activation: Activation,
        expression: Expression,
        value: object,
        number: int,
        limits: Limits,
        axes: Names | None,
    ) -> None:
        if self._recorder.records_locals and expression.is_name:  # every variable is looked at, at every step
            return
        state = state_of(value)
        if activation.watched is None:
            activation.watched = {}
        if state is not None and (expression.text in activation.watched or len(activation.watched) < MOST_WATCHED):
            activation.watched[expression.text] = Watched(expression, value, state, number, limits, axes)

    def _forget(self, activation: Activation, name: str) -> None:
        assert activation.watched is not None
        del activation.watched[name]
        if not activation.watched:
            activation.watched = None

    def _still_holds(self, watched: Watched, value: object, frame: FrameType) -> bool:
        try:
            return watched.expression.value(frame, frame.f_locals) is value
        except Unavailable:
            return False

    def _derive(self, step: int, name: str, value: object, statement: Statement, frame: FrameType) -> None:
        """Say of an array that a statement has given a name how it is related to those that it was made from."""
        sources = [(source, frame.f_locals.get(source)) for source in statement.read]
        arrays = [(source, array) for source, array in sources if is_array(array)][:MOST_SOURCES]
        memory = storage_number(value) if arrays else None
        for source, array in arrays:
            shares = memory is not None and storage_number(array) == memory
            relation = SAME_OBJECT if array is value else SAME_MEMORY if shares else OWN_MEMORY
            self._rows.add("derived", step, self._rows.string(name), self._rows.string(source), relation)

    def _name(self, name: str) -> Expression:
        expression = self._names.get(name)
        if expression is None:
            expression = self._names[name] = Expression(name)
        return expression

    def _bind(self, step: int, name: str, value: int, role: int) -> None:
        row = (step, self._recorder.step_count - 1, self._rows.string(name), value, role)
        self._recorder.journal.add(b'["bindings",%d,%d,%d,%d,%d]\n' % row)

    def _value(self, value: object, limits: Limits, axes: Names | None = None) -> int:
        return self._rows.value(encoded(value, limits, self._recorder.locate, axes))
