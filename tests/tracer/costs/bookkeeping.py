"""A ledger that counts what runs within a `with`, and says at any moment what it would write into the record."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tracer.costs.memory import Ledger
from tracer.rows import Rows

ROLES = ("parameters", "gradients", "optimizer", "activations", "other")


class Journal:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, line: bytes) -> None:
        self.lines.append(line.decode())

    def row(self, table: str, content: object) -> None:
        self.lines.append(f"{table} {content}")


class Recorder:
    def __init__(self) -> None:
        self.journal = Journal()
        self.rows = Rows(self.journal)  # type: ignore[arg-type]

    def fail(self, error: Exception) -> None:
        raise error


class Counting(TorchDispatchMode):
    """Tells a ledger of every operation. `rows`: those of the table `memory` written so far, as dicts."""

    def __init__(self) -> None:
        super().__init__()
        self.recorder = Recorder()
        self.ledger = Ledger(self.recorder)  # type: ignore[arg-type]
        self._step = SimpleNamespace(step=0, peaks=None)

    def __enter__(self) -> Counting:
        self.ledger.start()
        self.ledger.opened(self._step)  # type: ignore[arg-type]
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self.ledger.stop()

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        backward = torch._C._current_autograd_node() is not None
        self.ledger.ran(tensors(result), tensors((args, kwargs or {})), backward)
        return result

    def open(self, step: int) -> Any:
        activation = SimpleNamespace(step=step, peaks=None)
        self.ledger.opened(activation)  # type: ignore[arg-type]
        return activation

    def close(self, activation: Any) -> None:
        self.ledger.closed(activation)

    @property
    def rows(self) -> list[dict[str, Any]]:
        strings = [line.split(" ", 1)[1] for line in self.recorder.journal.lines if line.startswith("strings ")]
        columns = ("step", "device", *ROLES, "peak", "allocated")
        rows = [
            dict(zip(columns, map(int, line.strip()[len('["memory",') : -1].split(",")), strict=True))
            for line in self.recorder.journal.lines
            if line.startswith('["memory",')
        ]
        return [{**row, "device": strings[row["device"]]} for row in rows]

    def now(self) -> dict[str, int]:
        """What is alive now on the CPU, by role; what is 0 is left out."""
        self.ledger.closed(self._step)  # type: ignore[arg-type]
        self.ledger.opened(self._step)  # type: ignore[arg-type]
        rows = [row for row in self.rows if row["device"] == "cpu"]
        return {role: rows[-1][role] for role in ROLES if rows[-1][role]} if rows else {}


def tensors(value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [tensor for part in parts for tensor in tensors(part)]
