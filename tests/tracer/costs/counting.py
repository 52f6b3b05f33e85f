"""Count what a test runs, without a lecture around it: the steps are whatever the test says they are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from tracer.costs.accountant import Accountant


@dataclass(frozen=True)
class Row:
    step: int
    name: str
    formula: str
    phase: int
    kind: int
    count: int
    flops: int
    bytes: int


class Bench:
    """Stands for `Steps`, its recorder and the rows of that. `step` is the number of the step that is open."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.excluded = 0
        self._strings: list[str] = []
        self._rows: list[tuple[Any, ...]] = []
        rows = SimpleNamespace(lock=threading.RLock(), add=self._add, string=self._string)
        self.recorder = SimpleNamespace(
            rows=rows, closed=False, notice=self._notice, fail=self._fail, step_count=0, _steps=self
        )
        self.stacks: dict[int, list[Any]] = {}
        self.accountant = Accountant(self)  # type: ignore[arg-type]

    def _add(self, table: str, *columns: int) -> None:
        if table == "operations":
            self._rows.append(columns)

    def _string(self, text: str) -> int:
        if text not in self._strings:
            self._strings.append(text)
        return self._strings.index(text)

    def _notice(self, message: str, once: bool = False) -> None:
        self.notices.append(message)

    def _fail(self, error: Exception) -> None:
        raise error

    # What the accountant asks of `Steps`.

    def stack(self, ident: int | None = None) -> list[Any]:
        return self.stacks.setdefault(ident or threading.get_ident(), [])

    def current(self, ident: int | None = None) -> Any:
        stack = self.stack(ident)
        return stack[-1] if stack else None

    def exclude(self, nanoseconds: int) -> None:
        self.excluded += nanoseconds

    def look_closely(self) -> None: ...

    # What tests do.

    @contextmanager
    def step(self, number: int) -> Iterator[None]:
        """Within: this step is the innermost open one of this thread."""
        activation = SimpleNamespace(
            step=number, muted=False, skipping=False, statement=None, peaks=None, counted_from=None, before=None
        )
        stack = self.stack()
        stack.append(activation)
        if self.accountant.counts:
            self.accountant.opened(activation)  # type: ignore[arg-type]
        try:
            yield
        finally:
            if self.accountant.counts:
                self.accountant.closed(activation)  # type: ignore[arg-type]
            stack.pop()

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Within: everything is counted, in step 0 where there is no other."""
        with self.step(0):
            self.accountant.start()
            try:
                yield
            finally:
                self.accountant.stop()

    @property
    def rows(self) -> list[Row]:
        return [
            Row(step, self._strings[name], self._strings[formula], *rest) for step, name, formula, *rest in self._rows
        ]

    @property
    def flops(self) -> int:
        return sum(row.flops for row in self.rows)


def evaluated(formula: str) -> int:
    """What the numbers of a formula come to."""
    return int(eval(formula.rpartition(" = ")[2].replace("·", "*")))
