"""Which step made a node of the autograd graph, so that what the node does in the backward pass is charged to that step.

Autograd numbers the nodes of a thread as they are made. So it is enough to look at the number from time to time: the nodes
made since the last look belong to the step that ran meanwhile. Nothing is put into the graph, and no function is wrapped.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable

__all__ = ["NOBODY", "Origins"]

NOBODY = -1


class Origins:
    """The steps that made the nodes of one thread. `next_number()` is the number that its next node will get."""

    __slots__ = ("_firsts", "_next_number", "_owners", "_upto")

    def __init__(self, next_number: Callable[[], int]) -> None:
        self._next_number = next_number
        self._upto = next_number()
        self._firsts = array("q")
        self._owners = array("q")

    def claim(self, step: int) -> None:
        """Nodes made since the last look were made by `step`."""
        number = self._next_number()
        if number > self._upto:
            owners = self._owners
            if not owners or owners[-1] != step:
                self._firsts.append(self._upto)
                owners.append(step)
            self._upto = number

    def step(self, number: int) -> int:
        """The step that made the node of that number, or NOBODY."""
        if number >= self._upto or not self._firsts or number < self._firsts[0]:
            return NOBODY
        return self._owners[bisect_right(self._firsts, number) - 1]
