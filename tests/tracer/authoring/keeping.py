"""A real recorder that keeps what it is shown, after a round through JSON and the schema, as a reader of the trace has it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from tracer.format import schema
from tracer.format.struct import to_json
from tracer.recorder import Recorder

Kind = TypeVar("Kind")


class Keeping(Recorder):
    def __init__(self, folder: Path) -> None:
        (folder / "traces").mkdir()
        super().__init__("lecture", folder / "traces", folder, folder)
        self.shown: list[schema.Output] = []

    def emit(self, output: schema.Output) -> None:
        self.shown.append(msgspec.json.decode(to_json(output), type=schema.Output))

    @property
    def said(self) -> list[str]:
        """The notices, as the author reads them."""
        return [notice.message for notice in self.notices]

    def only(self, kind: type[Kind]) -> Kind:
        """The one output there is, which is of that kind."""
        (output,) = self.shown
        assert isinstance(output, kind), output
        return output

    def last(self, kind: type[Kind]) -> Kind:
        assert isinstance(self.shown[-1], kind), self.shown[-1]
        return self.shown[-1]

    def bytes_of(self, source: str) -> bytes:
        return (self.output / source).read_bytes()
