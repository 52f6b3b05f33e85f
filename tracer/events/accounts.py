"""What steps cost, as far as `Steps` has to do with it: whoever counts is told when they open and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tracer.sources.files import ANYTHING, TIMED

if TYPE_CHECKING:
    from tracer.events.activation import Activation
    from tracer.sources.files import Statement

__all__ = ["Accountant", "begin", "settle"]


class Accountant(Protocol):
    """Counts what steps cost. While `counts`, it is told of every step that opens and, before that is recorded, ends.

    `begin` and `end` enclose a statement that asks for an account: COUNTED or TIMED (see `sources.files`).
    """

    counts: bool

    def opened(self, activation: Activation) -> None: ...
    def closed(self, activation: Activation) -> None: ...
    def begin(self, account: int) -> None: ...
    def end(self, account: int) -> None: ...


def begin(accountant: Accountant, activation: Activation, statement: Statement) -> None:
    """A step of `statement` has opened."""
    if statement.account:
        activation.accounted = statement.account
        accountant.begin(statement.account)
    if accountant.counts and statement.account != TIMED:
        activation.ending = ANYTHING
        accountant.opened(activation)


def settle(accountant: Accountant, activation: Activation) -> None:
    """The open step ends now."""
    if accountant.counts:
        accountant.closed(activation)
    if activation.accounted:
        account, activation.accounted = activation.accounted, 0
        accountant.end(account)
