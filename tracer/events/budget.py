"""How often a statement is recorded, and what is done of the turns beyond that: they are counted, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.sources.files import ANYTHING

if TYPE_CHECKING:
    from tracer.events.activation import Activation
    from tracer.recorder import Recorder
    from tracer.sources.files import Statement

__all__ = ["TOLD_EVERY", "Budget"]

COUNTED = 10
"""Turns that are counted beyond the budget, as a multiple of it; one more says that there were more."""

TOLD_EVERY = (1 << 12) - 1
"""A mask: after so many turns the journal gets their count, for a run that is killed."""


class Budget:
    """`visits` of each statement are recorded (None or 0: no end), and up to `counted` more are counted."""

    def __init__(self, recorder: Recorder, visits: int | None) -> None:
        self.visits = visits or 1 << 62
        self.counted = COUNTED * self.visits
        self._recorder = recorder
        self._elided: list[Statement] = []

    def skip(self, activation: Activation, statement: Statement) -> None:
        """A turn beyond the budget."""
        activation.statement = statement
        activation.skipping = True
        activation.ending = ANYTHING
        if not statement.skipped:
            statement.skipped = 1
            self._elided.append(statement)
            self._recorder.elided(statement)
        elif statement.skipped <= self.counted:
            statement.skipped += 1

    def tell(self, _now: int, statement: Statement) -> None:
        """Have the count so far of a statement written."""
        self._recorder.elided(statement)

    def tell_all(self) -> None:
        for statement in self._elided:
            self._recorder.elided(statement)
