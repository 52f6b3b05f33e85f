"""A trace of any kind that can be read, as one of this version: foreign ones imported, older ones of ours upgraded."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec

from tracer.format import schema
from tracer.format.faults import faults
from tracer.format.foreign import import_foreign, is_foreign
from tracer.format.reader import TraceProblem, read_trace
from tracer.format.struct import to_json

__all__ = ["convert", "read_any"]


def convert(old: Path, new: Path) -> schema.Trace:
    """Write the trace in `old` to `new`, as one of this version; it appears whole or not at all. Returns the trace.

    Raises TraceProblem, whose message says what is wrong with `old`, and OSError, where `new` cannot be written.
    """
    trace = read_any(old)
    temporary = new.with_name(f".{new.name[:100]}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            names = schema.Trace.__struct_fields__
            # One member a line: the file stays compact, and a pager or a diff can still show its parts.
            members = (to_json(name) + b":" + to_json(getattr(trace, name)) for name in names)
            file.write(b"{" + b",\n".join(members) + b"}\n")
        temporary.replace(new)
    except BaseException:  # Ctrl-C, too
        temporary.unlink(missing_ok=True)
        raise
    return trace


def read_any(path: Path) -> schema.Trace:
    """The trace in a file, of whatever kind. Raises TraceProblem."""
    data = _foreign(path)
    if data is None:
        return read_trace(path)
    try:
        trace = msgspec.convert(import_foreign(data), schema.Trace)
    except RecursionError:
        raise TraceProblem(f"{path} cannot be imported: something in it is nested too deeply.") from None
    except msgspec.ValidationError as error:
        raise TraceProblem(f"{path} cannot be imported: {error}.") from None
    except ValueError as problem:  # what is wrong, as a sentence goes on
        raise TraceProblem(f"{path} cannot be imported: {problem}.") from None
    for fault in faults(trace):
        raise TraceProblem(f"{path} cannot be imported: {fault}.")
    return trace


def _foreign(path: Path) -> dict[str, object] | None:
    """The JSON of a foreign trace; None for whatever else is there, which the reader knows better to tell."""
    try:
        data: object = json.loads(path.read_bytes())  # takes NaN, which such traces write bare
    except (OSError, ValueError, RecursionError, MemoryError):
        return None
    return data if isinstance(data, dict) and is_foreign(data) else None
