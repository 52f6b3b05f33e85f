"""A typed record class: msgspec's `Struct`, or a small stand-in where msgspec is not installed.

Recording must work on a machine that has little more than torch (a cluster node), reading and checking need not: so the
producers of a trace use only construction and `to_json`, which the stand-in provides too, and everything that validates
imports msgspec itself.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

__all__ = ["Struct", "prepare", "to_json"]

try:
    import msgspec
except ImportError:  # pragma: no cover - exercised in a subprocess by tests/tracer/format/test_struct.py
    msgspec = None  # type: ignore[assignment]


@dataclass_transform(kw_only_default=True)
class PlainStruct:
    """What `msgspec.Struct` does for us, in the standard library: keyword fields, a tag, defaults left out of the JSON."""

    _tag: ClassVar[tuple[str, str] | None] = None

    def __init_subclass__(cls, tag_field: str = "kind", tag: str | None = None, **_options: Any) -> None:
        super().__init_subclass__()
        cls._tag = (tag_field, tag) if tag else None
        dataclass(kw_only=True)(cls)

    def to_builtins(self) -> dict[str, Any]:
        result: dict[str, Any] = {} if self._tag is None else {self._tag[0]: self._tag[1]}
        for spec in fields(self):  # type: ignore[arg-type]
            value = getattr(self, spec.name)
            default = spec.default if spec.default_factory is MISSING else spec.default_factory()
            if default is MISSING or type(value) is not type(default) or value != default:
                result[spec.name] = value
        return result


if TYPE_CHECKING or msgspec is not None:

    class Struct(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
        """Base of every type in the record."""

    def to_json(value: Any) -> bytes:
        """The compact JSON of a record value. Floats must be finite and strings free of lone surrogates."""
        return msgspec.json.encode(value)

    def prepare(kind: type) -> None:
        """Work out how a type is read. msgspec does so on first use, and crashes when two threads are the first at once."""
        msgspec.json.Decoder(kind)

else:
    Struct = PlainStruct

    def to_json(value: Any) -> bytes:
        """The compact JSON of a record value. Floats must be finite and strings free of lone surrogates."""
        return json.dumps(
            value, default=PlainStruct.to_builtins, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()

    def prepare(kind: type) -> None:
        """Nothing is read without msgspec."""
