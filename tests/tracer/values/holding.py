"""What must hold for the picture of any value, whatever it is."""

from __future__ import annotations

import gc
import json
import random
import sys
from typing import Any

import msgspec

from tracer.format import schema
from tracer.format.struct import to_json
from tracer.values import Limits, encoded, picture

DEFAULT = Limits()


def seen(value: Any, limits: Limits = DEFAULT) -> Any:
    """The picture of `value`, checked: valid JSON that reads back as what it was, within its bound, the same when taken
    again, and without a mark on the program.
    """
    before = marks(value)
    data = encoded(value, limits)
    shown = picture(value, limits)
    after = marks(value)
    assert after.pop("references") <= before.pop("references")  # a collection of garbage may have freed some
    for name in before:
        assert before[name] == after[name], name
    assert data == to_json(shown)
    assert len(data) <= limits.bytes
    json.loads(data, parse_constant=refuse)
    decoded = msgspec.json.decode(data, type=schema.Value, strict=True)
    assert type(decoded) is type(shown)
    assert to_json(decoded) == data
    return shown


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def marks(value: Any) -> dict[str, Any]:
    """What taking a picture may not change: random states, streams, references to the value, settings."""
    found: dict[str, Any] = {
        "random": random.getstate(),
        "streams": (sys.stdout, sys.stderr),
        "references": sys.getrefcount(value) if gc.is_tracked(value) and not issubclass(type(value), type) else 0,
        "trace": sys.gettrace(),
        "digits": sys.get_int_max_str_digits(),
    }
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None:
        found["numpy"] = [str(numpy.random.get_state()), numpy.geterr(), numpy.get_printoptions()]
    if torch is not None:
        found["torch"] = [torch.random.get_rng_state().tolist(), torch.is_grad_enabled(), torch.get_default_dtype()]
    return found


def texts(shown: Any) -> list[str]:
    """Every problem that a picture tells, however deep."""
    data = json.loads(to_json(shown))
    found: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            found.extend(str(text) for name, text in part.items() if name == "problem")
            part = list(part.values())
        if isinstance(part, list):
            for item in part:
                walk(item)

    walk(data)
    return found
