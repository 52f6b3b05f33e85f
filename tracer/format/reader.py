"""Reading a trace back: decoded, validated against the schema, and judged whole."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tracer.format import schema
from tracer.format.faults import faults, shown
from tracer.format.upgrade import upgrade

__all__ = ["TraceProblem", "read_trace"]


class TraceProblem(ValueError):
    """The file is no trace that this engine can read. The message is one sentence for a person."""


class _Marker(msgspec.Struct):
    """Just enough of a file to tell what it claims to be."""

    format: str | None = None
    version: int | None = None
    steps: msgspec.Raw = msgspec.Raw(b"null")
    files: msgspec.Raw = msgspec.Raw(b"null")


def read_trace(path: Path) -> schema.Trace:
    """The trace in a file. Raises TraceProblem, whose message says what is wrong with it."""
    data = _contents(path)
    version = _version(path, data)
    try:
        trace = _decoded(data, version)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TraceProblem(f"{path} is a damaged trace: {_told(error)}.") from None
    except RecursionError:
        raise TraceProblem(f"{path} is a damaged trace: something in it is nested too deeply.") from None
    for fault in faults(trace):
        raise TraceProblem(f"{path} is a damaged trace: {fault}.")
    return trace


def _contents(path: Path) -> bytes:
    try:
        if path.is_file() or not path.exists():
            return path.read_bytes()
    except OSError as error:
        raise TraceProblem(f"{path} cannot be read: {error.strerror or error}.") from None
    except ValueError:  # a NUL in it
        raise TraceProblem(f"{str(path)!r} is no name of a file.") from None
    except MemoryError:
        raise TraceProblem(f"{path} is too large for the memory of this machine.") from None
    raise TraceProblem(f"{path} is not a file.")


def _version(path: Path, data: bytes) -> int:
    """The version of the format that a file says it follows, one that this engine reads. Raises TraceProblem."""
    if not data.strip():
        raise TraceProblem(f"{path} is empty. Make it again or copy it again.")
    try:
        marker = msgspec.json.decode(data, type=_Marker)
    except msgspec.ValidationError:
        raise TraceProblem(f"{path} is JSON but not a trace.") from None
    except RecursionError:
        raise TraceProblem(f"{path} is JSON nested too deeply to be a trace.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if "truncated" in str(error) and data.lstrip()[:1] == b"{":
            raise TraceProblem(f"{path} is cut off: its end is missing. Make it again or copy it again.") from None
        raise TraceProblem(f"{path} is not JSON: {_told(error)}.") from None
    if marker.format != schema.FORMAT:
        if bytes(marker.steps)[:1] == b"[" and bytes(marker.files)[:1] == b"{":
            raise TraceProblem(f"{path} is an edtrace trace, which the viewer opens but this command does not judge.")
        raise TraceProblem(f"{path} is JSON but not a trace: its `format` is not {schema.FORMAT!r}.")
    if marker.version is None or marker.version < 1:
        raise TraceProblem(f"{path} is JSON but not a trace: it does not say which version of the format it follows.")
    if marker.version > schema.VERSION:
        raise TraceProblem(
            f"{path} is a trace of version {shown(marker.version)}; this engine reads up to {schema.VERSION}. "
            "Update the engine."
        )
    return marker.version


def _told(error: Exception) -> str:
    """What the decoder says, without the control characters and the length of what it may quote from the file."""
    text = "".join(character if character.isprintable() else "�" for character in str(error)[:2000])
    return text if len(text) <= 300 else f"{text[:200]}…{text[-99:]}"


def _decoded(data: bytes, version: int) -> schema.Trace:
    if version == schema.VERSION:
        return msgspec.json.decode(data, type=schema.Trace)
    document = msgspec.json.decode(data)
    upgrade(document)
    return msgspec.convert(document, schema.Trace)
